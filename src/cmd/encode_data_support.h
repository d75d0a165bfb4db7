// The arrays of `encode`: read, checked against each other and stacked in time.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/common.h"
#include "core/error.h"
#include "encode/response_matrix.h"
#include "encode/rows.h"
#include "io/named_array.h"

namespace arcuate {

/// Bytes of the limit, or of the memory that is free, that responses may take before a problem is cut to fit.
int64_t response_memory(const cli::Common& common);

/// What the command line names. Arrays as of io/named_array.h.
struct ArrayNames {
  std::vector<std::string> features{};  ///< Columns of one design, in this order.
  std::string responses{};
  std::vector<std::string> test_features{};  ///< Empty: no test arrays.
  std::string test_responses{};
  std::filesystem::path groups{};  ///< A label a row; empty: one story (and the test arrays another).
};

/// Rows x columns; one dimension is one column. Floats keep their precision, whole numbers become float64. Errors:
/// input, for other shapes.
at::Tensor read_matrix(const std::string& name);
/// The same of responses, whose columns are read when they are needed, or whole (open_columns of io/named_array.h).
ResponseMatrix open_response_matrix(const std::string& name, int64_t memory);
/// Adds the columns that hold NaN or infinite values, each with its first such row.
void check_finite_columns(const std::string& name, const at::Tensor& matrix, Problems& problems);
/// Adds a range for each group, of labels of all rows; only `rows` count. Errors: input, for groups that are torn
/// apart.
void append_stories(const std::vector<std::string>& labels, RowRange rows, const std::filesystem::path& path,
                    std::vector<RowRange>& stories);
/// Errors: input, naming all files that are missing.
void check_there(const std::vector<std::filesystem::path>& files);

/// N rows (volumes), F features, V targets; training rows first, then test rows.
struct EncodeData {
  at::Tensor features{};            ///< N x F, finite, float32 or float64 as in the files.
  ResponseMatrix responses{};       ///< N x V, as in the files: may hold bad targets. Read when they are needed.
  std::vector<int64_t> widths{};    ///< Columns of each feature file; they add up to F.
  int64_t train_rows = 0;           ///< N without test arrays.
  int64_t constant_features = 0;    ///< Columns of the training rows that never change.
  std::vector<RowRange> stories{};  ///< Test rows never share one with training rows.
  bool grouped = false;             ///< Whether the user said what they are.
};

/// memory: bytes that responses in chunks of HDF5 may take; larger ones are read by columns.
/// Errors: usage (test features without test responses), input (files, shapes that do not fit, features that are not
/// finite or all constant, groups that are torn apart).
EncodeData read_encode_data(const ArrayNames& names, int64_t memory);

/// The columns of each feature file, delayed as each would be by itself (no delays: as they are).
std::vector<at::Tensor> file_designs(const EncodeData& data, const std::vector<int64_t>& delays);

/// The files behind the names, once each, in order.
std::vector<std::filesystem::path> array_files(const ArrayNames& names);

/// "none" or whole numbers without repeats. Errors: usage.
std::vector<int64_t> parse_delays(const std::vector<std::string>& items);

}  // namespace arcuate
