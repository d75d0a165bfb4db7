// The table of `explain`: rows chosen, columns read as numbers or labels, cells and groups made.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/explain.h"

namespace arcuate {

enum class Missing { error, drop };

/// What the command line names.
struct ExplainColumns {
  std::filesystem::path table{};
  std::string response{};
  std::vector<std::string> predictors{};
  std::vector<std::string> cells{};  ///< Empty: one cell.
  std::string groups{};              ///< Empty: rows are independent.
  std::vector<std::string> where{};  ///< COLUMN=VALUE; values of one column are alternatives.
  Missing missing = Missing::error;  ///< What a row without a number does.
};

struct ExplainRows {
  ExplainData data{};
  int64_t read = 0;     ///< Rows of the table.
  int64_t chosen = 0;   ///< Of these, those that --where leaves.
  int64_t dropped = 0;  ///< Of these, those without a number.
};

/// Errors: input (unknown columns, all at once; fields that are no number; nothing left), usage (a column named twice,
/// a condition without '=').
ExplainRows read_explain_rows(const ExplainColumns& columns);

}  // namespace arcuate
