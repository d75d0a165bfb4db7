// Sizes and times of files, to notice that one was changed while a program worked with what it had read.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

namespace arcuate {

class FileStamps {
 public:
  FileStamps() = default;
  /// A folder stands for the files in it.
  explicit FileStamps(const std::vector<std::filesystem::path>& paths);
  /// Errors: input, naming every file that is not what it was.
  void check_unchanged() const;

 private:
  struct Stamp {
    std::uintmax_t bytes = 0;
    std::filesystem::file_time_type time{};
    bool operator==(const Stamp&) const = default;
  };
  static Stamp stamp(const std::filesystem::path& file);

  std::map<std::filesystem::path, Stamp> stamps_{};
};

}  // namespace arcuate
