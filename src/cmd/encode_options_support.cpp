#include "cmd/encode_options_support.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

constexpr double no_limit = std::numeric_limits<double>::infinity();

static void describe_other_arrays(cli::Spec<ArrayNames>& s) {
  s.option("responses", &ArrayNames::responses, "responses, rows x targets, with the rows of the features")
      .metavar("FILE")
      .required();
  s.option("test-features", &ArrayNames::test_features, "features of rows that are predicted and never fitted")
      .metavar("FILE");
  s.option("test-responses", &ArrayNames::test_responses, "their responses").metavar("FILE");
  s.option("groups", &ArrayNames::groups,
           "the group (story or run) of each row: a text file of one label a line, or whole numbers as FILE.npy; "
           "delays and gaps stay within a group, and groups are left out one at a time unless --folds is given");
}

void describe_encode_arrays(cli::Spec<ArrayNames>& s) {
  s.option("features", &ArrayNames::features,
           "design, rows x columns: FILE.npy, FILE.h5:DATASET, FILE.npz:NAME or FILE.mat:NAME; the columns of several "
           "files stand side by side in one design")
      .metavar("FILE")
      .required();
  describe_other_arrays(s);
}

void describe_stack_arrays(cli::Spec<ArrayNames>& s) {
  s.option("features", &ArrayNames::features,
           "designs, rows x columns: FILE.npy, FILE.h5:DATASET, FILE.npz:NAME or FILE.mat:NAME; each file is a model "
           "of its own, in this order")
      .metavar("FILE")
      .required();
  describe_other_arrays(s);
}

static void describe_model(cli::Spec<EncodeModel>& s, bool groups) {
  s.section("Model");
  s.option("delays", &EncodeModel::delays,
           "copies of the features, each so many rows later, zeros where a group begins; or none")
      .metavar("N");
  s.option("penalties", &EncodeModel::penalties,
           "penalties to choose from: numbers, or log:LO:HI:N for N values from 10^LO to 10^HI")
      .metavar("LIST");
  s.option(
       "penalty-unit", &EncodeModel::penalty_unit,
       "what the numbers are: lambda, added to X'X; huth: alpha with lambda = alpha^2; or fraction: no penalties but "
       "lengths of the weights, as fractions of that of the unregularised ones (fractional ridge)")
      .choices({{"lambda", PenaltyUnit::lambda}, {"huth", PenaltyUnit::huth}, {"fraction", PenaltyUnit::fraction}});
  if (groups)
    s.option("penalty-mode", &EncodeModel::penalty_mode,
             "one penalty for each target, one for all, or one for each group of --target-groups")
        .choices(
            {{"per-target", PenaltyMode::per_target}, {"shared", PenaltyMode::shared}, {"group", PenaltyMode::group}});
  else
    s.option("penalty-mode", &EncodeModel::penalty_mode, "one penalty for each target or one for all")
        .choices({{"per-target", PenaltyMode::per_target}, {"shared", PenaltyMode::shared}});
  s.option("select", &EncodeModel::select,
           "score that chooses the penalty: mean over the inner folds of MSE, R2 or Pearson r")
      .choices({{"mse", Select::mse}, {"r2", Select::r2}, {"r", Select::r}});
  s.option("standardize", &EncodeModel::standardize,
           "what is z-scored, by mean and deviation of the training rows of each split")
      .choices({{"none", Standardize::none},
                {"features", Standardize::features},
                {"responses", Standardize::responses},
                {"both", Standardize::both}});
  s.flag("no-intercept", &EncodeModel::intercept, "fit no intercept and subtract no mean");
  s.option(
       "precision", &EncodeModel::precision,
       "of the products of features and responses: f32, f64, or bf16 for the scores of inner folds where the processor "
       "has "
       "it; close calls are then scored again in float32, and models are fitted in float32. Decompositions and sums "
       "of scores are float64 always")
      .choices({{"f32", Precision::f32}, {"f64", Precision::f64}, {"bf16", Precision::bf16}});
}

void describe_encode_model(cli::Spec<EncodeModel>& s) { describe_model(s, false); }
void describe_encode_model_with_groups(cli::Spec<EncodeModel>& s) { describe_model(s, true); }

void describe_encode_folds(cli::Spec<EncodeFolds>& s) {
  s.section("Cross-validation");
  s.option("folds", &EncodeFolds::folds,
           "contiguous folds, 5 if not given: outer ones, or with test arrays those of the training rows that choose "
           "penalties")
      .range(2, no_limit);
  s.option("inner-folds", &EncodeFolds::inner_folds,
           "contiguous folds of each outer fold's training rows that choose its penalties; if not given, the remaining "
           "groups where groups are left out and at least two remain, else 5")
      .range(2, no_limit);
  s.option("gap", &EncodeFolds::gap, "rows left out between training and test rows on both sides, within a group")
      .range(0, no_limit);
}

RidgeOptions ridge_options(const EncodeModel& model) {
  return {.penalties = to_lambdas(parse_penalties(join(model.penalties, ",")), model.penalty_unit),
          .fractional = model.penalty_unit == PenaltyUnit::fraction,
          .select = model.select,
          .penalty_mode = model.penalty_mode,
          .intercept = model.intercept,
          .standardize = model.standardize,
          .type = model.precision == Precision::f64 ? at::kDouble : at::kFloat,
          .bf16_scores = model.precision == Precision::bf16};
}

void check_encode_options(const ArrayNames& arrays, const EncodeFolds& folds) {
  if (folds.inner_folds && !arrays.test_features.empty())
    bad_usage("--inner-folds has no meaning with test arrays, where --folds are the folds that choose penalties");
}

FoldOptions fold_options(const ArrayNames& arrays, const EncodeFolds& folds) {
  return {.by_group = !arrays.groups.empty(), .folds = folds.folds, .inner_folds = folds.inner_folds, .gap = folds.gap};
}

static std::string counts_text(const Json& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts.items()) parts.push_back(fmt::format("{} {}", count.get<int64_t>(), name));
  return join(parts, ", ");
}

// The first, by target and row, and how many more targets hold some.
static void warn_of_infinity(const EncodeData& data, const std::vector<Flag>& flags, cli::Console& console) {
  const auto first = std::find(flags.begin(), flags.end(), Flag::infinite);
  if (first == flags.end()) return;
  const auto target = first - flags.begin();
  const auto row =
      at::isinf(data.responses.columns(RowRange{target, target + 1}).select(1, 0)).nonzero()[0].item<int64_t>();
  const auto others = std::count(first + 1, flags.end(), Flag::infinite);
  console.warn("the responses hold infinite values, first in row {} of column {} (counted from 0){}", row, target,
               others == 0 ? "" : fmt::format(", and in {} more columns", others));
}

void tell_arrays(const EncodeData& data, const std::vector<int64_t>& delays, const std::vector<RidgeSplit>& splits,
                 const std::vector<Flag>& flags, cli::Console& console) {
  const int64_t all = data.features.size(0);
  if (data.constant_features > 0)
    console.warn("{} of {} feature columns are constant in the training rows and explain nothing",
                 data.constant_features, data.features.size(1));
  warn_of_infinity(data, flags, console);
  const auto inner = splits.front().inner.size();
  console.info("rows       {}{}{}; {}{}", data.train_rows,
               all > data.train_rows ? fmt::format(" for training, {} for testing", all - data.train_rows) : "",
               data.stories.size() > 1 ? fmt::format(" in {} groups", data.stories.size()) : "",
               splits.size() == 1 ? "one split" : fmt::format("{} splits", splits.size()),
               inner == 0 ? "" : fmt::format(" of {} inner folds", inner));
  console.info("features   {}{}", data.features.size(1),
               delays.empty() ? "" : fmt::format(" at {} delays", delays.size()));
  console.info("targets    {} ({})", flags.size(), counts_text(flag_counts(flags)));
}

}  // namespace arcuate
