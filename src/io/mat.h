// MAT-files of MATLAB, version 5 (save -v6 and -v7): numeric arrays by name. Format: MathWorks, "MAT-File Format",
// level 5: tagged elements, each perhaps packed by zlib. The reader is our own: numbers are all that is wanted, and
// matio reads much more of strangers' bytes. Version 7.3 is HDF5: see io/hdf5.h.
#pragma once
#include <map>

#include "io/tensor_file.h"

namespace arcuate {

class MatFile : public TensorFile {
 public:
  /// Errors: input. Files of version 4 and 7.3 are refused with what to do.
  explicit MatFile(const std::filesystem::path& path);
  ~MatFile() override;

  /// Arrays of real numbers and truth values, in the order of the file.
  const std::vector<std::string>& names() const override;
  /// The other variables, and what each is: "struct", "complex double", …
  const std::map<std::string, std::string>& others() const;
  bool contains(const std::string& name) const override;
  /// Of the variable, whatever type its numbers are stored in; unsigned ones of 2 bytes and more become int64, logical
  /// bool.
  at::ScalarType scalar_type(const std::string& name) const override;
  std::vector<int64_t> shape(const std::string& name) const override;
  /// In C order: element (i, j) is MATLAB's (i + 1, j + 1). Errors: input, for a name that is not there or no array of
  /// real numbers, and for a variable that is broken.
  at::Tensor tensor(const std::string& name) const override;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// Whether HDF5 begins behind 512 bytes, as in MAT-files of version 7.3.
bool is_mat_of_hdf5(const std::filesystem::path& path);

}  // namespace arcuate
