// The tables of `scaling`: long tables of scores, joined to a table of models where they do not say sizes themselves.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/score_grid.h"

namespace arcuate {

/// Names of columns; "": the first of the usual names that is there, or none.
struct ScoreColumns {
  std::string score{}, size{}, model{}, family{}, subject{}, story{}, layer{}, layers{}, depth{}, choice{};
};

struct ScoreTables {
  std::vector<std::filesystem::path> files{};
  std::filesystem::path models{};    ///< A row a model: its size and whatever else the score tables lack.
  std::vector<std::string> where{};  ///< COLUMN=VALUE or COLUMN!=VALUE; all must hold.
  ScoreColumns columns{};
};

struct ReadScores {
  std::vector<ScoreRecord> records{};
  std::string score_name{}, size_name{};  ///< Columns that were taken (of the first table).
  bool simulated = false;                 ///< A sidecar says so.
  bool has_layers = false;
  std::vector<std::string> notes{};  ///< What was left out or assumed, in sentences.
};

/// Errors: input (missing columns, values that are no numbers, models without a size, nothing left), usage
/// (conditions).
ReadScores read_scores(const ScoreTables& tables);

}  // namespace arcuate
