// For readers of several files: a folder of this process, and bytes that hold the files one after another.
#pragma once
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"

namespace arcuate::fuzz {

/// A folder of the target's own, removed when the program ends.
class Folder {
 public:
  explicit Folder(const std::string& target)
      : path_(fs::temp_directory_path() / (target + "-fuzz-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// The parts of `bytes` between lines that are "---"; exactly `count` of them, the last ones empty if need be.
inline std::vector<std::string_view> parts_of(std::string_view bytes, size_t count) {
  constexpr std::string_view line = "\n---\n";
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count) {
    const size_t end = bytes.find(line);
    parts.push_back(bytes.substr(0, end));
    bytes = end == bytes.npos ? std::string_view() : bytes.substr(end + line.size());
  }
  parts.push_back(bytes);
  return parts;
}

}  // namespace arcuate::fuzz
