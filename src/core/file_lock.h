// An exclusive lock of a file, for processes that work in one folder. It belongs to an open file, so the system gives
// it back however its holder ends: a lock that was left behind is only a file, and no lock.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace arcuate {

class FileLock {
 public:
  /// The lock, or nothing while another process holds it. `holder` is written into the file, for whoever waits. Where
  /// the file system knows no locks, every process gets one that does not guard. Errors: failed, when the file cannot
  /// be made.
  static std::optional<FileLock> try_take(const std::filesystem::path& path, const std::string& holder);
  /// What the holder wrote; empty when there is none.
  static std::string holder(const std::filesystem::path& path);

  /// False where the file system knows no locks: another process may have this one at the same time.
  bool guards() const { return guards_; }

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();  ///< Removes the file.

 private:
  FileLock(std::filesystem::path path, int handle, bool guards)
      : path_(std::move(path)), handle_(handle), guards_(guards) {}

  std::filesystem::path path_;
  int handle_ = -1;
  bool guards_ = true;
};

}  // namespace arcuate
