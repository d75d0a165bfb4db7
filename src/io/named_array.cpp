#include "io/named_array.h"

#include <ATen/ATen.h>

#include <numeric>

#include "core/error.h"
#include "core/text.h"
#include "io/hdf5.h"
#include "io/hdf5_columns.h"
#include "io/mat.h"
#include "io/npy.h"
#include "io/npy_columns.h"
#include "io/npz.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

struct ArrayName {
  fs::path file{};
  std::string array{};
};

bool is_hdf5(const fs::path& file) { return file.extension() == ".h5" || file.extension() == ".hdf5"; }
bool holds_several(const fs::path& file) {
  return is_hdf5(file) || file.extension() == ".npz" || file.extension() == ".mat";
}

ArrayName split_name(const std::string& name) {
  for (size_t colon = name.find(':'); colon != name.npos; colon = name.find(':', colon + 1))
    if (const fs::path file = name.substr(0, colon); holds_several(file)) return {file, name.substr(colon + 1)};
  return {name, ""};
}

at::Tensor read_hdf5(const ArrayName& name) {
  const Hdf5Reader file(name.file);
  if (file.contains(name.array)) return file.read(name.array);
  const auto known = file.datasets();
  if (name.array.empty())
    bad_input("'{}' is an HDF5 file: name one of its datasets as '{}:DATASET'; it has: {}", name.file.string(),
              name.file.string(), join(known, ", "));
  bad_input("'{}' has no dataset '{}'{}", name.file.string(), name.array, suggestion(name.array, known));
}

at::Tensor read_one_of(const TensorFile& file, const ArrayName& name) {
  if (name.array.empty())
    bad_input("'{}' holds arrays by name: name one of them as '{}:NAME'; it has: {}", name.file.string(),
              name.file.string(), join(file.names(), ", "));
  return file.tensor(name.array);
}

// HDF5 has the dimensions of such a file from last to first.
at::Tensor read_mat_of_hdf5(const ArrayName& name) {
  const auto array = read_hdf5(name);
  std::vector<int64_t> order(static_cast<size_t>(array.dim()));
  std::iota(order.rbegin(), order.rend(), 0);
  return array.permute(order).contiguous();
}

}  // namespace

at::Tensor read_named_array(const std::string& text) {
  const auto name = split_name(text);
  const auto extension = name.file.extension();
  if (is_hdf5(name.file)) return read_hdf5(name);
  if (extension == ".npy") return read_npy(name.file);
  if (extension == ".npz") return read_one_of(NpzFile(name.file), name);
  if (extension == ".mat" && is_mat_of_hdf5(name.file)) return read_mat_of_hdf5(name);
  if (extension == ".mat") return read_one_of(MatFile(name.file), name);
  bad_input("'{}': expected an array as FILE.npy or FILE.h5:DATASET, or as FILE.npz:NAME or FILE.mat:NAME",
            name.file.string());
}

std::unique_ptr<const ColumnFile> open_columns(const std::string& text, int64_t memory) {
  const auto name = split_name(text);
  if (name.file.extension() == ".npy") return NpyColumns::open(name.file);
  if (is_hdf5(name.file)) return Hdf5Columns::open(name.file, name.array, memory);
  return nullptr;
}

fs::path array_file(const std::string& name) { return split_name(name).file; }

std::string array_stem(const std::string& name) {
  const auto parts = split_name(name);
  return parts.array.empty() ? parts.file.stem().string() : parts.array;
}

}  // namespace arcuate
