#include "io/nifti.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/tensor.h"
#include "io/byte_stream.h"
#include "io/nifti_header.h"

namespace arcuate {
namespace {

constexpr std::array spaces{"unknown", "scanner", "aligned", "Talairach", "MNI", "template"};

struct Intent {
  int code;
  const char* label;
};
constexpr std::array intents{Intent{2, "correlation"},
                             Intent{3, "t test"},
                             Intent{4, "F test"},
                             Intent{5, "z score"},
                             Intent{6, "chi squared"},
                             Intent{22, "p value"},
                             Intent{23, "-ln p"},
                             Intent{24, "-log10 p"},
                             Intent{1001, "estimate"},
                             Intent{1002, "label"},
                             Intent{1003, "neuro names"},
                             Intent{1005, "symmetric matrix"},
                             Intent{1006, "displacement"},
                             Intent{1007, "vector"},
                             Intent{1008, "points"},
                             Intent{1011, "dimensionless"},
                             Intent{2001, "time series"},
                             Intent{2002, "node index"},
                             Intent{2005, "shape"},
                             Intent{3001, "CIFTI dense connectivity"},
                             Intent{3002, "CIFTI dense series"},
                             Intent{3003, "CIFTI parcellated connectivity"},
                             Intent{3004, "CIFTI parcellated series"},
                             Intent{3006, "CIFTI dense scalars"},
                             Intent{3007, "CIFTI dense labels"},
                             Intent{3008, "CIFTI parcellated scalars"}};

std::vector<int64_t> reversed(std::vector<int64_t> sizes) {
  std::reverse(sizes.begin(), sizes.end());
  return sizes;
}

// Where the voxels of the mask lie in a volume of the file, in the order of numpy's data[mask].
at::Tensor places_in_file(const at::Tensor& mask) {
  const auto places = at::arange(mask.numel(), at::kLong).reshape(reversed(mask.sizes().vec())).permute({2, 1, 0});
  return places.masked_select(mask);
}

void check_mask_itself(const at::Tensor& mask) {
  if (mask.dim() != 3 || mask.scalar_type() != at::kBool)
    fail(Fault::failed, "a mask of x, y and z in bool expected, not {} of {}", shape_text(mask),
         c10::toString(mask.scalar_type()));
}

void check_mask(const at::Tensor& mask, const NiftiHeader& header, const std::string& source) {
  check_mask_itself(mask);
  const auto& shape = header.shape;
  const auto size = [&](size_t i) { return i < shape.size() ? shape[i] : 1; };
  if (std::any_of(shape.begin() + std::min<ptrdiff_t>(4, std::ssize(shape)), shape.end(), [](auto n) { return n > 1; }))
    bad_input("'{}' has {} dimensions; a series has x, y, z and time", source, shape.size());
  if (mask.size(0) != size(0) || mask.size(1) != size(1) || mask.size(2) != size(2))
    bad_input("'{}' has volumes of {} x {} x {} voxels, but the mask has {}: bring both to one grid", source, size(0),
              size(1), size(2), shape_text(mask));
  if (!mask.any().item<bool>()) bad_input("the mask for '{}' has no voxel", source);
}

}  // namespace

NiftiHeader read_nifti_header(const std::filesystem::path& path) {
  ByteStream stream(path);
  return read_nifti_start(stream).header;
}

Nifti read_nifti(const std::filesystem::path& path) {
  ByteStream stream(path);
  auto start = read_nifti_start(stream);
  const auto stored = empty_in_large_pages(reversed(start.header.shape), start.numbers.result());
  read_nifti_numbers(stream, start.numbers, stored);
  expect_end(stream);
  std::vector<int64_t> order(start.header.shape.size());
  std::iota(order.rbegin(), order.rend(), 0);
  return {std::move(start.header), stored.permute(order)};
}

at::Tensor read_nifti_series(const std::filesystem::path& path, const at::Tensor& mask) {
  ByteStream stream(path);
  const auto start = read_nifti_start(stream);
  check_mask(mask, start.header, stream.source());
  const auto places = places_in_file(mask);
  const auto volume = at::empty({mask.numel()}, at::kFloat);
  auto series = empty_in_large_pages({start.count / mask.numel(), places.numel()}, at::kFloat);
  for (int64_t t = 0; t < series.size(0); ++t) {
    read_nifti_numbers(stream, start.numbers, volume);
    auto row = series.select(0, t);
    at::index_select_out(row, volume, 0, places);
  }
  expect_end(stream);
  return series;
}

at::Tensor volumes_of_series(const at::Tensor& series, const at::Tensor& mask, double outside) {
  check_mask_itself(mask);
  const auto places = places_in_file(mask);
  if (series.dim() != 2 || series.size(1) != places.numel())
    fail(Fault::failed, "T x {} numbers expected for the voxels of the mask, not {}", places.numel(),
         shape_text(series));
  auto sizes = reversed(mask.sizes().vec());
  sizes.insert(sizes.begin(), series.size(0));
  auto volumes = at::full(sizes, outside, series.options());
  volumes.view({series.size(0), mask.numel()}).index_copy_(1, places, series);
  return volumes.permute({3, 2, 1, 0});
}

const char* nifti_space_name(int code) {
  return code >= 0 && code < std::ssize(spaces) ? spaces[static_cast<size_t>(code)] : spaces[0];
}

const char* nifti_intent_label(int code) {
  for (const auto& intent : intents)
    if (intent.code == code) return intent.label;
  return "";
}

}  // namespace arcuate
