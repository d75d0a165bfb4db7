// HDF5 files: named arrays of numbers, lists of text, and attributes. The only place that knows the HDF5 library.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace arcuate {

/// Writes one file; object times are off, so equal content gives equal bytes. finish() makes the file appear
/// atomically.
class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::filesystem::path& path);
  ~Hdf5Writer();  ///< Without finish(), nothing is left behind.
  /// `name` may contain slashes; groups are created. Types: float32, float64, int64, uint8.
  void write(const std::string& name, const at::Tensor& tensor);
  void write(const std::string& name, const std::vector<std::string>& texts);
  /// Columns from `first` on of a rows x columns dataset, which the first call makes.
  void write_columns(const std::string& name, int64_t columns, int64_t first, const at::Tensor& tensor);
  /// An attribute of the root group.
  void attribute(const std::string& name, const std::string& value);
  void attribute(const std::string& name, double value);
  void attribute(const std::string& name, int64_t value);
  /// An attribute of a dataset that was written.
  void attribute_of(const std::string& dataset, const std::string& name, const std::string& value);
  void finish();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

/// Reads one file. Floats of any width come as float32 or float64 (float16 as float32), integers as int64.
class Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::filesystem::path& path);
  ~Hdf5Reader();
  /// Paths of all datasets, sorted.
  std::vector<std::string> datasets() const;
  bool contains(const std::string& name) const;
  std::vector<int64_t> shape(const std::string& name) const;
  /// Of the numbers, once they are read.
  at::ScalarType type(const std::string& name) const;
  /// Whether its numbers lie in pieces, which may be compressed.
  bool is_chunked(const std::string& name) const;
  at::Tensor read(const std::string& name) const;
  /// Columns [begin, end) of a dataset of two dimensions, or entries of one of one dimension: the others are neither
  /// read nor held.
  at::Tensor read_columns(const std::string& name, int64_t begin, int64_t end) const;
  /// Columns from `begin` on of a dataset of two dimensions, as many as `to` has, which has its rows, the type it is to
  /// be read as, and no gaps within a row.
  void read_columns(const std::string& name, int64_t begin, const at::Tensor& to) const;
  /// Entry i of the first dimension of a dataset of two or more: the others are neither read nor held.
  at::Tensor read_entry(const std::string& name, int64_t i) const;
  std::vector<std::string> read_texts(const std::string& name) const;
  std::string text_attribute(const std::string& name) const;
  double number_attribute(const std::string& name) const;

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace arcuate
