// Options that the commands on bare arrays share (`encode`, `stack`, `subsets`): the arrays, the ridge model, the
// folds.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "cli/spec.h"
#include "cmd/encode_data_support.h"
#include "cmd/encode_folds_support.h"
#include "cmd/encode_scores_support.h"
#include "encode/ridge.h"

namespace arcuate {

enum class Precision { f32, f64, bf16 };

/// The ridge model of a design.
struct EncodeModel {
  std::vector<std::string> delays{"none"};
  std::vector<std::string> penalties{"log:1:8:15"};
  PenaltyUnit penalty_unit = PenaltyUnit::lambda;
  PenaltyMode penalty_mode = PenaltyMode::per_target;
  Select select = Select::mse;
  Standardize standardize = Standardize::none;
  bool intercept = true;
  Precision precision = Precision::f32;
};

struct EncodeFolds {
  std::optional<int64_t> folds{}, inner_folds{};
  int64_t gap = 0;
};

/// Options of the responses, test responses and groups; `features` says what several feature files are.
void describe_encode_arrays(cli::Spec<ArrayNames>& s);
void describe_stack_arrays(cli::Spec<ArrayNames>& s);
void describe_encode_model(cli::Spec<EncodeModel>& s);
/// The same where targets may choose in groups too.
void describe_encode_model_with_groups(cli::Spec<EncodeModel>& s);
void describe_encode_folds(cli::Spec<EncodeFolds>& s);

/// Penalties become lambda. Errors: usage.
RidgeOptions ridge_options(const EncodeModel& model);
/// What no command on arrays can do yet. Errors: usage.
void check_encode_options(const ArrayNames& arrays, const EncodeFolds& folds);
/// "groups are left out where they are given": the rule that all commands on arrays share.
FoldOptions fold_options(const ArrayNames& arrays, const EncodeFolds& folds);

/// Tells rows, features and targets, and warns of features that never change and of targets that are infinite.
void tell_arrays(const EncodeData& data, const std::vector<int64_t>& delays, const std::vector<RidgeSplit>& splits,
                 const std::vector<Flag>& flags, cli::Console& console);

}  // namespace arcuate
