// Reference tensors under tests/reference and comparison of tensors.
#pragma once
#include <ATen/ATen.h>

#include "io/safetensors.h"
#include "support.h"

namespace arcuate::test {

class Fixture {
 public:
  /// A file under tests/reference, or an absolute path.
  explicit Fixture(const fs::path& path) : file_(source_path("reference") / path) {}
  at::Tensor operator[](const std::string& name) const { return file_.tensor(name); }

 private:
  SafetensorsFile file_;
};

/// Largest absolute difference; two NaNs at the same place are equal, one NaN or another shape is infinitely far.
inline double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (a.sizes() != b.sizes()) return infinity;
  const auto x = a.to(at::kDouble), y = b.to(at::kDouble);
  if (!at::equal(at::isnan(x), at::isnan(y))) return infinity;
  return a.numel() == 0 ? 0 : at::nan_to_num(x - y).abs().max().item<double>();
}

}  // namespace arcuate::test
