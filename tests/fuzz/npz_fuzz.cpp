// Any bytes as a .npz file: an Error, or arrays of the types and shapes that were promised, and that are the same after
// they were written and read again.
#include <ATen/core/ivalue.h>  // first: clang, in C++20, wants it complete in the headers of libtorch 1.13

#include <ATen/ATen.h>

#include <cstring>

#include "io/npz.h"
#include "one_file.h"
#include "only_errors.h"

using namespace arcuate;

static void check_round_trip(const std::vector<std::pair<std::string, at::Tensor>>& arrays) {
  const auto path = std::filesystem::temp_directory_path() / ("npz_fuzz." + std::to_string(getpid()) + ".npz");
  if (!fuzz::only_errors([&] { write_npz(path, arrays); })) return;  // types that are only read
  const NpzFile again(path);
  for (const auto& [name, tensor] : arrays) {
    const auto found = again.tensor(name);
    if (found.sizes() != tensor.sizes() || found.scalar_type() != tensor.scalar_type() ||
        (tensor.numel() > 0 && std::memcmp(found.data_ptr(), tensor.data_ptr(), tensor.nbytes()) != 0))
      std::abort();
  }
  std::filesystem::remove(path);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto path = fuzz::file_of(fuzz::text_of(data, size));
  std::vector<std::pair<std::string, at::Tensor>> arrays;
  fuzz::only_errors([&] {
    const NpzFile file(path);
    for (const auto& name : file.names()) {
      if (!file.contains(name)) std::abort();
      fuzz::only_errors([&] {
        const auto tensor = file.tensor(name);
        // Zeros pack best (1032 to 1), and an unsigned integer of two bytes becomes eight.
        if (tensor.nbytes() > 4 * 1032 * size || !tensor.is_contiguous()) std::abort();
        if (tensor.sizes() != file.shape(name) || tensor.scalar_type() != file.scalar_type(name)) std::abort();
        arrays.emplace_back(name, tensor);
      });
    }
  });
  if (!arrays.empty()) check_round_trip(arrays);
  return 0;
}
