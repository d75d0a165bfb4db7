// A matrix of float32 in a .npy file, written some columns at a time: it need not be in memory.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>

namespace arcuate {

class NpyColumnWriter {
 public:
  /// Errors: failed, naming the file and the reason.
  NpyColumnWriter(const std::filesystem::path& path, int64_t rows, int64_t columns);
  ~NpyColumnWriter();  ///< Without finish(), nothing is left behind.
  NpyColumnWriter(const NpyColumnWriter&) = delete;
  NpyColumnWriter& operator=(const NpyColumnWriter&) = delete;

  /// rows x b, float32: the columns from `first` on. Several threads may write columns of their own. Errors: failed, on
  /// a full disk.
  void write(int64_t first, const at::Tensor& values);
  /// The file appears, with the bytes that write_npy gives it.
  void finish();

 private:
  void put(int64_t offset, const void* bytes, size_t count) const;

  std::filesystem::path path_, temporary_;
  int64_t rows_, columns_, start_ = 0;
  int file_ = -1;
};

}  // namespace arcuate
