#include "encode/eigen_stage.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "encode/fold_scores.h"
#include "encode/penalty_compression.h"
#include "encode/ridge_cost.h"

namespace arcuate::ridge {

using at::Tensor;

namespace {

// Of compression: below what products of the type lose.
double tolerance(at::ScalarType type) { return type == at::kFloat ? 1e-5 : 1e-13; }
constexpr double bf16_tolerance = 1e-3;
// Larger than any that was seen between bfloat16 and float32 (docs/performance.md).
constexpr double doubt_of_r = 2e-4, doubt_of_prediction = 1e-3;

// How a stage's factors are packed; nothing where they stay tensors.
struct Packings {
  std::optional<Packing> exact{}, coarse{};
};
Packings packings_of(const SplitDesign& design) {
  if (!design.device().is_cpu() || design.options.type != at::kFloat) return {};
  const auto exact = fastest_f32_packing();
  return {exact, design.options.bf16_scores && exact ? fastest_bf16_packing() : std::nullopt};
}

class EigenStage final : public Stage {
 public:
  EigenStage(const SplitDesign& design, int64_t fold, int64_t first_place, Basis basis)
      : design_(design),
        number_(fold),
        fold_(design.inner[static_cast<size_t>(fold)]),
        first_place_(first_place),
        right_(std::move(basis.right)) {
    const auto& options = design.options;
    const auto test = reduced(about_mean(basis.test)).to(options.type);
    const auto eigenvalues = basis.eigenvalues.cpu();
    const auto [exact, coarse] = packings_of(design);
    const auto compressed = [&](double tolerance, const BlockCost& cost) {
      return compress_penalties(eigenvalues, options.penalties, tolerance, cost);
    };
    const auto packed = [&](double tolerance, Packing packing) {
      return packed_fold_scores(test, compressed(tolerance, block_cost(packing)), packing);
    };
    if (exact)
      scores_ = packed(tolerance(options.type), *exact);
    else
      scores_ = (test.is_cpu() ? plain_fold_scores : tensor_fold_scores)(test, compressed(tolerance(options.type), {}));
    if (coarse) coarse_ = packed(bf16_tolerance, *coarse);
  }

  bool has(Scoring scoring) const override { return scoring == Scoring::exact || coarse_; }

  void add_scores(const TargetBlock& block, Scoring scoring, BlockScores& scores) const override {
    const auto mean = training_mean(design_, fold_, block.responses);
    const bool coarse = scoring == Scoring::bf16 && coarse_;
    const auto& scorer = coarse ? *coarse_ : *scores_;
    const auto tested = about_mean(filled_up(fold_.test.of(block.responses), mean, scorer.width()));
    auto sums = start_sums(penalties(), tested);
    scorer.add(right_->of(block, mean, scorer.width(), coarse ? Scoring::bf16 : Scoring::exact), rotation_.mm(tested),
               sums);
    sums.p.zero_();  // of predictions about their mean; other scores do not ask
    if (coarse) scores.add_doubt(first_place_, doubt_of(sums).slice(1, 0, block.responses.size(1)));
    scores.add(number_, first_place_, scores_of(sums, design_.options.select).slice(1, 0, block.responses.size(1)));
  }

 private:
  int64_t penalties() const { return std::ssize(design_.options.penalties); }

  // What bfloat16 leaves open of scores. It rounds numbers by 2^-9 at most, here and there up and down, which moves
  // errors in proportion to the size of the predictions, and correlations whatever their size.
  Tensor doubt_of(const ScoreSums& sums) const {
    if (design_.options.select == Select::r) return at::full_like(sums.pp, doubt_of_r);
    const auto share = (sums.pp / sums.yy.clamp_min(1e-300)).sqrt().mul_(doubt_of_prediction);
    return design_.options.select == Select::r2 ? share : share * (sums.yy / static_cast<double>(sums.rows));
  }

  // Z = Q R: sums of squares and products of Z c and y are those of R c and Q'y. R has min(n_v, r) rows, and those that
  // the largest eigenvalues need, whose functions are compressed least, are its first few: Q's columns come from the
  // last of Z.
  Tensor reduced(const Tensor& test) {
    const int64_t count = std::min(test.size(0), test.size(1));
    const auto [reflected, scales] = at::geqrf(test.flip(1));
    const auto first = reflected.slice(1, 0, count).to(design_.options.type);
    rotation_ = at::linalg_householder_product(first, scales.to(design_.options.type)).t().contiguous();
    return reflected.slice(0, 0, count).triu().flip(1);
  }

  // Correlations do not see means over the tested rows, and sums about them do not cancel where predictions hardly
  // vary.
  Tensor about_mean(const Tensor& tested) const {
    return design_.options.select == Select::r ? tested - tested.mean(0, true) : tested;
  }

  const SplitDesign& design_;
  int64_t number_ = 0;  // of the fold
  const InnerFold& fold_;
  int64_t first_place_ = 0;
  std::unique_ptr<RightSide> right_;
  Tensor rotation_;                              // min(n_v, r) x n_v: Q'
  std::unique_ptr<FoldScores> scores_, coarse_;  // the second with bfloat16, if there is one
};

// Of a number of a factor that scores are made with: where products are bfloat16 too, their factors stand beside the
// exact ones.
int64_t factor_bytes(const SplitDesign& design) {
  const auto [exact, coarse] = packings_of(design);
  return (exact ? packed_bytes(*exact) : static_cast<int64_t>(at::elementSize(design.options.type))) +
         (coarse ? packed_bytes(*coarse) : 0);
}

}  // namespace

ScoringFactor::ScoringFactor(const SplitDesign& design, const Tensor& matrix) : exact_(matrix) {
  if (const auto coarse = packings_of(design).coarse) coarse_.emplace(matrix, coarse);
}

Tensor ScoringFactor::times(const Tensor& right, Scoring scoring) const {
  return (scoring == Scoring::bf16 && coarse_ ? *coarse_ : exact_).times(right);
}

std::unique_ptr<Stage> eigen_stage(const SplitDesign& design, int64_t fold, int64_t first_place, Basis basis) {
  return std::make_unique<EigenStage>(design, fold, first_place, std::move(basis));
}

Tensor filled_up(const Tensor& matrix, const Tensor& less, int64_t width) {
  const int64_t filled = (matrix.size(1) + width - 1) / width * width;
  auto result = at::empty({matrix.size(0), filled}, matrix.options());
  auto own = result.slice(1, 0, matrix.size(1));
  at::sub_out(own, matrix, less);
  result.slice(1, matrix.size(1)).zero_();
  return result;
}

int64_t eigen_stage_bytes(const SplitDesign& design, int64_t r, int64_t right_rows, int64_t test) {
  const int64_t tested = std::min(test, r);
  return r * (right_rows + tested) * factor_bytes(design) +
         tested * test * static_cast<int64_t>(at::elementSize(design.options.type));
}

int64_t eigen_target_bytes(const SplitDesign& design, int64_t r) {
  return target_bytes(design, 1) + r * (1 + usual_products) * factor_bytes(design);
}

}  // namespace arcuate::ridge
