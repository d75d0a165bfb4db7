// How the rows of bare arrays are cut into training and test rows, and training rows again to choose penalties.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "cli/spec.h"
#include "cmd/encode_data_support.h"
#include "encode/inner_folds.h"
#include "encode/ridge.h"

namespace arcuate {

enum class OuterRule {
  automatic,   ///< One group at a time where groups are given and no number of folds, else contiguous.
  contiguous,  ///< Blocks of equal length.
  time_series  ///< Blocks of equal length, each tested by the rows before it.
};

/// Folds that the user gives, one label a training row.
struct FoldLabels {
  std::vector<std::string> names{};  ///< In the order of the folds.
  std::vector<int64_t> of_row{};     ///< Fold of each row, -1 where it is never tested; empty: by a rule.
};

struct FoldOptions {
  bool by_group = false;                 ///< Whether groups are given.
  std::optional<int64_t> folds{};        ///< Outer folds (inner ones with test arrays); else 5.
  std::optional<int64_t> inner_folds{};  ///< Inner folds; else 5.
  int64_t gap = 0;                       ///< Rows left out between training and test rows of a story.
  OuterRule outer = OuterRule::automatic;
  FoldLabels labels{};  ///< In place of an outer rule.
  InnerFolds inner{};   ///< How inner folds are cut; its blocks and gap are set from the above.
};

/// With test arrays one split, else one an outer fold. Errors: usage, when there are too few rows or groups.
std::vector<RidgeSplit> encode_splits(const EncodeData& data, const FoldOptions& options);

/// All training rows, none to test, and inner folds of them.
RidgeSplit whole_split(const EncodeData& data, const FoldOptions& options);

/// What `encode` asks beyond the numbers of folds.
struct EncodeCuts {
  OuterRule outer = OuterRule::automatic;
  std::string inner = "auto";
  std::filesystem::path folds_from{};
};
void describe_encode_cuts(cli::Spec<EncodeCuts>& s);

/// `options` with the cuts. Errors: usage, when two options say the same thing.
FoldOptions with_cuts(FoldOptions options, const EncodeCuts& cuts, bool test_arrays, int64_t seed);

/// A table with a column `fold`, or a text file of one label a line, for the training rows; "-" and "n/a": never
/// tested. Errors: input (length, a group with several labels).
FoldLabels read_fold_labels(const std::filesystem::path& path, const EncodeData& data);

}  // namespace arcuate
