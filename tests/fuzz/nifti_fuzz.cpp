// Any bytes as a NIfTI file: an Error, or values that are not more than the file accounts for, that are the same when
// they are read as a series, and the same after they were written and read again.
#include <ATen/core/ivalue.h>  // first: clang, in C++20, wants it complete in the headers of libtorch 1.13

#include <ATen/ATen.h>

#include <cstring>

#include "io/nifti.h"
#include "one_file.h"
#include "only_errors.h"

using namespace arcuate;

static bool same_bytes(const at::Tensor& a, const at::Tensor& b) {
  const auto x = a.contiguous(), y = b.contiguous();
  return x.sizes() == y.sizes() && x.scalar_type() == y.scalar_type() &&
         std::memcmp(x.data_ptr(), y.data_ptr(), x.nbytes()) == 0;
}

// Zeros pack best (1032 to 1), and an integer of one byte becomes four.
static void check_values(const Nifti& nifti, size_t size) {
  if (nifti.values.sizes() != nifti.header.shape || nifti.values.numel() == 0) std::abort();
  if (nifti.values.nbytes() > 4 * 1032 * size) std::abort();
  if (orientation(nifti.header.affine).find('?') != std::string::npos) std::abort();
}

static void check_series(const Nifti& nifti, const std::string& path) {
  if (nifti.header.shape.size() < 3 || nifti.header.shape.size() > 4) return;
  const auto& shape = nifti.header.shape;
  at::Tensor series;
  const auto mask = at::ones({shape[0], shape[1], shape[2]}, at::kBool);
  if (!fuzz::only_errors([&] { series = read_nifti_series(path, mask); })) return;  // too large for float32
  if (nifti.values.scalar_type() != at::kFloat) return;
  const auto flat = nifti.values.reshape({mask.numel(), -1}).t();
  if (!same_bytes(series, flat)) std::abort();
}

static void check_round_trip(const Nifti& nifti) {
  const auto path = std::filesystem::temp_directory_path() / ("nifti_fuzz." + std::to_string(getpid()) + ".nii");
  if (!fuzz::only_errors([&] { write_nifti(path, nifti); })) return;  // types and codes that are only read
  const auto again = read_nifti(path);
  std::filesystem::remove(path);
  if (!same_bytes(again.values, nifti.values) || again.header.description != nifti.header.description ||
      again.header.intent_name != nifti.header.intent_name)
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto path = fuzz::file_of(fuzz::text_of(data, size));
  Nifti nifti;
  if (!fuzz::only_errors([&] { nifti = read_nifti(path); })) return 0;
  check_values(nifti, size);
  check_series(nifti, path);
  check_round_trip(nifti);
  return 0;
}
