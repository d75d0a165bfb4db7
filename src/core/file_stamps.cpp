#include "core/file_stamps.h"

#include "core/error.h"

namespace arcuate {

namespace fs = std::filesystem;

FileStamps::FileStamps(const std::vector<fs::path>& paths) {
  for (const auto& path : paths) {
    if (fs::is_regular_file(path)) stamps_[path] = stamp(path);
    if (!fs::is_directory(path)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file()) stamps_[entry.path()] = stamp(entry.path());
  }
}

FileStamps::Stamp FileStamps::stamp(const fs::path& file) {
  std::error_code ignored;
  Stamp stamp{.bytes = fs::file_size(file, ignored)};
  stamp.time = fs::last_write_time(file, ignored);
  return stamp;
}

void FileStamps::check_unchanged() const {
  Problems problems(
      "files changed while they were worked with; what was computed belongs to what they held before. Run again");
  for (const auto& [file, before] : stamps_)
    if (stamp(file) != before) problems.add("'{}'", file.string());
  problems.raise();
}

}  // namespace arcuate
