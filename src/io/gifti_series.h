// Functional data of a surface in a GIfTI file: T arrays of V values each, one a volume.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace arcuate {

class GiftiSeries {
 public:
  /// What the arrays say of themselves is read; the numbers are not. Errors: input, naming every array that is no row
  /// of such a series.
  explicit GiftiSeries(const std::filesystem::path& path);
  ~GiftiSeries();
  GiftiSeries(GiftiSeries&&) noexcept;

  int64_t volumes() const;
  int64_t vertices() const;
  /// Fills T x V numbers of a floating type; rows may lie apart, so that two hemispheres can share a matrix. Beside it
  /// one array is in memory at a time, and the text of a file that gzip packed as a whole. Errors: input, all at once.
  void read(const at::Tensor& to) const;

 private:
  struct Source;
  std::unique_ptr<Source> source_;
};

/// T x V float32. Errors: input.
at::Tensor read_gifti_series(const std::filesystem::path& path);

}  // namespace arcuate
