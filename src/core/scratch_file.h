// A file for what does not fit in memory. It has no name: it goes when the process does, however that ends.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace arcuate {

class ScratchFile {
 public:
  /// On the disk of `folder`, which is made if it is absent. Errors: failed, naming the folder and the reason.
  explicit ScratchFile(const std::filesystem::path& folder);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  /// Bytes at an offset. Several threads may read and write at once. Errors: failed (a full disk, a read beyond what
  /// was written).
  void write(int64_t offset, const void* bytes, size_t count);
  void read(int64_t offset, void* bytes, size_t count) const;

 private:
  std::filesystem::path folder_;
  int file_ = -1;
};

}  // namespace arcuate
