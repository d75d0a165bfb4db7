// Any bytes as a GIfTI file: an Error, or arrays that are not larger than the file accounts for, and that are the same
// after they were written and read again.
#include <ATen/core/ivalue.h>  // first: clang, in C++20, wants it complete in the headers of libtorch 1.13

#include <ATen/ATen.h>
#include <unistd.h>

#include <cstring>

#include "core/error.h"
#include "core/text.h"
#include "io/gifti.h"

// Zeros pack best (1032 to 1), and an integer of one byte becomes four.
static void check_sizes(const arcuate::Gifti& gifti, size_t size) {
  constexpr size_t most = 4 * 1032;
  size_t total = 0;
  for (const auto& array : gifti.arrays) {
    if (!array.values.is_contiguous() || array.values.numel() == 0) std::abort();
    total += array.values.nbytes();
  }
  if (total > most * size) std::abort();
}

static bool same_bytes(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() &&
         std::memcmp(a.data_ptr(), b.data_ptr(), a.nbytes()) == 0;
}

static void check_round_trip(const arcuate::Gifti& gifti) {
  const auto path = std::filesystem::temp_directory_path() / ("gifti_fuzz." + std::to_string(getpid()) + ".gii");
  try {
    arcuate::write_gifti(path, gifti);
  } catch (const arcuate::Error&) {  // control characters, which pugixml lets pass
    return;
  }
  const auto again = arcuate::read_gifti(path);
  std::filesystem::remove(path);
  if (again.metadata != gifti.metadata || again.arrays.size() != gifti.arrays.size()) std::abort();
  for (size_t i = 0; i < gifti.arrays.size(); ++i) {
    const auto &a = again.arrays[i], &b = gifti.arrays[i];
    if (a.intent != b.intent || a.metadata != b.metadata || !same_bytes(a.values, b.values)) std::abort();
  }
  if (again.labels.size() != gifti.labels.size()) std::abort();
  for (size_t i = 0; i < gifti.labels.size(); ++i) {
    const auto &a = again.labels[i], &b = gifti.labels[i];
    if (a.key != b.key || a.name != b.name || a.rgba != b.rgba) std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  arcuate::Gifti gifti;
  try {
    gifti = arcuate::parse_gifti({reinterpret_cast<const char*>(data), size}, "fuzz");
    check_sizes(gifti, size);
  } catch (const arcuate::Error& error) {
    // A message must be text that a terminal can show.
    if (arcuate::invalid_utf8(error.what())) std::abort();
    return 0;
  }
  check_round_trip(gifti);  // outside: what was read must be writable
  return 0;
}
