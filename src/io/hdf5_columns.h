// Columns of a matrix in an HDF5 file. Chunks that they share with others are unpacked for each block of them anew.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "core/file_stamps.h"
#include "io/column_file.h"
#include "io/hdf5.h"

namespace arcuate {

class Hdf5Columns final : public ColumnFile {
 public:
  /// Null for a dataset that is not there or that is read whole: other than two dimensions, whole numbers, or chunks
  /// that take at most `memory` bytes in memory. Errors: input, as of Hdf5Reader.
  static std::unique_ptr<const Hdf5Columns> open(const std::filesystem::path& path, const std::string& dataset,
                                                 int64_t memory);
  void read(int64_t begin, int64_t end, at::Tensor rows) const override;

 private:
  Hdf5Columns(const std::filesystem::path& path, std::string dataset);
  Hdf5Reader file_;
  std::string dataset_;
  FileStamps stamps_;
};

}  // namespace arcuate
