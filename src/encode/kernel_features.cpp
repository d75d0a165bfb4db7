#include "encode/kernel_features.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

// Of the largest entry or eigenvalue: what rounding leaves in a kernel of the type.
double rounding(at::ScalarType type) { return type == at::kDouble ? 1e-9 : 1e-5; }
constexpr double least_share = 1e-13;  // of the largest eigenvalue: directions below hold rounding alone

void check_symmetric(const Tensor& kernel, double tolerance) {
  const auto apart = (kernel - kernel.t()).abs();
  if (apart.max().item<double>() <= tolerance * kernel.abs().max().item<double>()) return;
  const auto place = apart.argmax().item<int64_t>(), row = place / kernel.size(0), column = place % kernel.size(0);
  bad_input("a kernel must be symmetric: its entry ({}, {}) is {} and ({}, {}) is {} (counted from 0)", row, column,
            kernel[row][column].item<double>(), column, row, kernel[column][row].item<double>());
}

}  // namespace

KernelFeatures kernel_features(const Tensor& kernel, const Tensor& across) {
  if (kernel.dim() != 2 || kernel.size(0) != kernel.size(1))
    bad_input("a kernel has one row and one column for each training row, found {}", shape_text(kernel));
  if (across.defined() && (across.dim() != 2 || across.size(1) != kernel.size(0)))
    bad_input("a test kernel has a column for each training row, of which there are {}, found {}", kernel.size(0),
              shape_text(across));
  const double tolerance = rounding(kernel.scalar_type());
  const auto k = kernel.to(at::kDouble);
  check_symmetric(k, tolerance);
  const auto [values, vectors] = at::linalg_eigh((k + k.t()) / 2, "L");
  const double least = values[0].item<double>(), largest = values[-1].item<double>();
  if (!(largest > 0)) bad_input("a kernel of zeros explains nothing");
  if (least < -tolerance * largest)
    bad_input("a kernel must be positive semidefinite: its smallest eigenvalue is {:.3g}, its largest {:.3g}", least,
              largest);
  const auto kept = values.gt(least_share * largest).nonzero().squeeze(1);
  const auto roots = values.index_select(0, kept).sqrt();
  const auto directions = vectors.index_select(1, kept);
  KernelFeatures features{.train = directions * roots, .test = {}};
  if (across.defined()) features.test = across.to(at::kDouble).mm(directions / roots);
  return features;
}

}  // namespace arcuate
