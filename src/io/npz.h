// NumPy .npz files (numpy.savez, numpy.savez_compressed): arrays by name, .npy files in a zip archive.
#pragma once
#include "io/tensor_file.h"

namespace arcuate {

/// Types and orders as of read_npy. An array that was packed is unpacked as a whole before it is read.
class NpzFile : public TensorFile {
 public:
  /// Errors: input, for what is no archive of .npy files.
  explicit NpzFile(const std::filesystem::path& path);
  ~NpzFile() override;

  /// In the order of the alphabet.
  const std::vector<std::string>& names() const override;
  bool contains(const std::string& name) const override;
  /// Errors: input, as of read_npy, for objects and texts.
  at::ScalarType scalar_type(const std::string& name) const override;
  std::vector<int64_t> shape(const std::string& name) const override;
  /// Errors: as above, and for a wrong checksum.
  at::Tensor tensor(const std::string& name) const override;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// Stored as they are; types as of write_npy. Atomic, and the same bytes on every run. Errors: failed, for two arrays
/// of one name, and for 4 GiB and more.
void write_npz(const std::filesystem::path& path, const std::vector<std::pair<std::string, at::Tensor>>& arrays);

}  // namespace arcuate
