// Every variant of the solver against himalaya and scikit-learn on small problems of every shape
// (tests/reference/make_ridge_peers.py).
#include <cmath>

#include "core/tensor.h"
#include "fixture.h"
#include "io/json.h"
#include "ridge_variants.h"

using namespace arcuate;
using test::Fixture;
using test::largest_difference;
using test::RidgeVariant;

namespace {

constexpr double clear_lead = 1e-5;  // Of the best candidate, for responses of variance 1: a choice that must be met.

std::vector<int64_t> rows_of(const at::Tensor& mask) {
  const auto rows = mask.nonzero().squeeze(1).contiguous();
  return {rows.data_ptr<int64_t>(), rows.data_ptr<int64_t>() + rows.numel()};
}

RidgeSplit split_of(const Fixture& fixture) {
  RidgeSplit split{.outer = {rows_of(fixture["train"][0]), rows_of(fixture["test"][0])}, .inner = {}};
  const auto train = fixture["inner.train"], test = fixture["inner.test"];
  for (int64_t k = 0; k < train.size(0); ++k) split.inner.push_back({rows_of(train[k]), rows_of(test[k])});
  return split;
}

RidgeProblem problem_of(const Fixture& fixture, const std::vector<int64_t>& widths) {
  return {.bands = fixture["x"].split_with_sizes(widths, 1), .responses = fixture["y"]};
}

RidgeModel model_of(const Fixture& fixture, size_t bands) {
  if (bands == 1) return {.scales = {{1.0}}};
  RidgeModel model;
  for (const auto& row : fixture["gammas"].unbind(0)) model.scales.push_back(to_vector(row));
  return model;
}

RidgeOptions options_of(const Fixture& fixture, const Json& c) {
  const auto select = c["select"].get<std::string>();
  return {.penalties = to_vector(fixture["penalties"]),
          .select = select == "mse"  ? Select::mse
                    : select == "r2" ? Select::r2
                                     : Select::r,
          .intercept = c["intercept"].get<bool>(),
          .keep_curves = true};
}

// In units of the larger of 1 and the reference.
double relative_difference(const at::Tensor& found, const at::Tensor& reference) {
  const auto unit = reference.abs().clamp_min(1);
  return largest_difference(found / unit, reference / unit);
}

struct Reference {
  at::Tensor curve, lead, penalties, scales, predictions, r;
};

Reference reference_of(const Fixture& fixture, const std::string& name, bool banded) {
  const auto chosen = fixture[name + ".chosen"].to(at::kLong);
  return {.curve = fixture[name + ".curve"],
          .lead = fixture[name + ".margin"],
          .penalties = fixture["penalties"].index_select(0, chosen),
          .scales = banded ? fixture[name + ".gamma"].to(at::kLong) : at::zeros_like(chosen),
          .predictions = fixture[name + ".prediction"],
          .r = fixture[name + ".r"]};
}

// Targets of the same choice; any other must have been a close call.
at::Tensor same_choice(const RidgeResult& result, const Reference& reference) {
  const auto same = result.penalties[0].eq(reference.penalties).logical_and(result.scales[0].eq(reference.scales));
  EXPECT_FALSE(same.logical_not().logical_and(reference.lead.gt(clear_lead)).any().item<bool>())
      << "another choice:\n"
      << result.penalties[0] << reference.penalties << reference.lead;
  return same.nonzero().squeeze(1);
}

// Normal equations of a form that was asked for although it is larger than the rank of X are singular but for the
// penalty, and float64 loses (largest eigenvalue / penalty) of its digits. Only penalties of many decades show it.
double growth(const Fixture& fixture, const RidgeOptions& options) {
  const auto x = fixture["x"].index_select(0, index_tensor(rows_of(fixture["train"][0]))).to(at::kDouble);
  const double norm = at::linalg_matrix_norm(options.intercept ? x - x.mean(0) : x, 2).item<double>();
  const bool larger = options.form == (x.size(1) < x.size(0) ? Form::dual : Form::primal);
  return larger ? std::ldexp(norm * norm / options.penalties.front(), -53) : 0;
}

void expect_agreement(const RidgeResult& result, const Reference& reference, const RidgeSplit& split, double limit) {
  const auto same = same_choice(result, reference);
  const auto rows = index_tensor(split.outer.test);
  const auto of_same = [&](const at::Tensor& values) { return values.index_select(-1, same); };
  const auto predictions = result.predictions.index_select(0, rows);
  EXPECT_LT(relative_difference(of_same(predictions), of_same(reference.predictions)), limit);
  EXPECT_LT(largest_difference(of_same(result.r), of_same(at::nan_to_num(reference.r))), limit);
  EXPECT_EQ(at::isfinite(result.predictions).all(1).sum().item<int64_t>(), rows.numel());
}

class RidgePeers : public testing::TestWithParam<RidgeVariant> {};

}  // namespace

TEST_P(RidgePeers, agree_on_scores_choices_and_predictions) {
  for (const auto& file : read_json(test::source_path("reference/ridge_peers/peers.json"))) {
    const Fixture fixture("ridge_peers/" + file["file"].get<std::string>() + ".safetensors");
    const auto problem = problem_of(fixture, file["widths"].get<std::vector<int64_t>>());
    const auto split = split_of(fixture);
    const auto model = model_of(fixture, problem.bands.size());
    for (const auto& c : file["cases"]) {
      const auto name = c["case"].get<std::string>();
      SCOPED_TRACE(file["file"].get<std::string>() + " " + name);
      const auto options = GetParam().of(options_of(fixture, c));
      const auto reference = reference_of(fixture, name, problem.bands.size() > 1);
      const auto result = ridge_cross_validated(problem, {model}, {split}, options, {}).front();
      const double grown = growth(fixture, options), limit = GetParam().limit(1e-5, std::max(1e-9, grown));
      EXPECT_LT(relative_difference(result.curves[0], reference.curve), limit);
      EXPECT_LT(relative_difference(result.inner_scores[0], reference.curve.amax(0)), limit);
      expect_agreement(result, reference, split, GetParam().limit(1e-5, std::max(1e-8, grown)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, RidgePeers, testing::ValuesIn(test::ridge_variants()), test::variant_name);
