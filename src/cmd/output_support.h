// What commands do before they write: nothing that exists is replaced unless asked for, and the folder is there.
#pragma once
#include <filesystem>

namespace arcuate {

/// Errors: usage, when `path` exists and `force` is off; the message says how to go on.
void refuse_to_replace(const std::filesystem::path& path, bool force);

/// A folder for results that are yet to be computed: made at once, so that work is not lost to a folder that cannot be
/// written; removed again where nothing came into it. Errors: as ensure_writable_folder.
class ResultFolder {
 public:
  explicit ResultFolder(std::filesystem::path path);
  ~ResultFolder();
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

 private:
  std::filesystem::path path_;
  bool made_;
};

}  // namespace arcuate
