// Memory, disk and processor, from /proc and the control groups.
#include "cli/machine.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/text.h"

namespace arcuate::cli {

namespace fs = std::filesystem;

constexpr int64_t unlimited = std::numeric_limits<int64_t>::max();

static int64_t number_in(const fs::path& path, int64_t otherwise) {
  std::string word;
  std::ifstream(path) >> word;
  const auto value = to_integer(word);
  return value ? *value : otherwise;
}

// The number after `key` in a file of "key value" lines.
static int64_t keyed_number(const fs::path& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    int64_t value = 0;
    if (words >> name >> value && name == key) return value;
  }
  return 0;
}

// Room below one group's limit. Pages of the file cache count as used there although they can be dropped.
static int64_t room_in(const fs::path& group, const char* limit_file, const char* usage_file, const char* cache_key) {
  const int64_t limit = number_in(group / limit_file, unlimited);
  if (limit == unlimited) return unlimited;
  const int64_t used = number_in(group / usage_file, 0) - keyed_number(group / "memory.stat", cache_key);
  return std::max<int64_t>(limit - std::max<int64_t>(used, 0), 0);
}

// The smallest room on the way from the process's group up to the root; v2 lines of /proc/self/cgroup are "0::/path".
static int64_t control_group_room() {
  int64_t room = unlimited;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto fields = split_fields(line, ':');
    const bool second = fields.size() == 3 && fields[1].empty();
    if (fields.size() != 3 || (!second && fields[1] != "memory")) continue;
    const fs::path root = second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    for (fs::path group = fields[2];; group = group.parent_path()) {
      const auto folder = root / group.relative_path();
      room = std::min(
          room, second ? room_in(folder, "memory.max", "memory.current", "inactive_file")
                       : room_in(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"));
      if (group.relative_path().empty()) break;
    }
  }
  return room;
}

Bytes available_memory() {
  const int64_t free = keyed_number("/proc/meminfo", "MemAvailable:") * 1024;
  return {std::min(free > 0 ? free : unlimited, control_group_room())};
}

Bytes free_disk(const fs::path& folder) {
  std::error_code code;
  const auto space = fs::space(folder, code);
  return {code ? 0 : static_cast<int64_t>(space.available)};
}

// The text after the colon of the first line of /proc/cpuinfo that begins with `key`.
static std::string processor_line(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key) && line.find(':') != line.npos) return std::string(trim(line.substr(line.find(':') + 1)));
  return "";
}

std::string processor_name() {
  const auto name = processor_line("model name");
  return name.empty() ? "unknown" : name;
}

bool processor_has(const std::string& flag) {
  const auto flags = split_fields(processor_line("flags"), ' ');
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

}  // namespace arcuate::cli
