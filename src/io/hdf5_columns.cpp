#include "io/hdf5_columns.h"

#include <ATen/ATen.h>

#include <utility>

namespace arcuate {

Hdf5Columns::Hdf5Columns(const std::filesystem::path& path, std::string dataset)
    : file_(path), dataset_(std::move(dataset)), stamps_({path}) {}

std::unique_ptr<const Hdf5Columns> Hdf5Columns::open(const std::filesystem::path& path, const std::string& dataset,
                                                     int64_t memory) {
  std::unique_ptr<Hdf5Columns> columns(new Hdf5Columns(path, dataset));
  const auto& file = columns->file_;
  if (!file.contains(dataset)) return nullptr;
  const auto shape = file.shape(dataset);
  const auto type = file.type(dataset);
  if (shape.size() != 2 || !at::isFloatingType(type)) return nullptr;
  const auto bytes = shape[0] * shape[1] * static_cast<int64_t>(at::elementSize(type));
  if (file.is_chunked(dataset) && bytes <= memory) return nullptr;
  columns->rows_ = shape[0];
  columns->columns_ = shape[1];
  columns->type_ = type;
  return columns;
}

void Hdf5Columns::read(int64_t begin, int64_t, at::Tensor rows) const {
  file_.read_columns(dataset_, begin, rows);
  stamps_.check_unchanged();
}

}  // namespace arcuate
