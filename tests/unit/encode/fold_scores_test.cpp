// Scores of a fold by the library's products and by packed ones, in every type, against predictions made one by one.
#include "encode/fold_scores.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "encode/score.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::ridge;
using arcuate::test::largest_difference;

namespace {

struct World {
  at::Tensor eigenvalues = 1e3 * at::arange(1, 71, at::kDouble).pow(-1.2).flip(0);
  at::Tensor left = random_normals(70, 90, 1) / 9, test = random_normals(37, 70, 2) * eigenvalues.sqrt();
  at::Tensor train = random_normals(90, 96, 3), tested = random_normals(37, 96, 4);
  std::vector<double> penalties{0.5, 3, 20, 100, 700, 5e3, 4e4, 1e5, 2e5, 5e5, 1e6, 2e6};  // more than a register group

  at::Tensor expected(Select select) const {
    std::vector<at::Tensor> scores;
    for (const double penalty : penalties) {
      const auto p = (test / (eigenvalues + penalty)).mm(left.mm(train));
      scores.push_back(select == Select::mse ? -(tested - p).square().mean(0) : pearson(tested, p));
    }
    return at::stack(scores);
  }
  at::Tensor scored(const FoldScores& scores, at::ScalarType type, Select select,
                    std::optional<Packing> packing = {}) const {
    const auto y = tested.to(type);
    auto sums = start_sums(std::ssize(penalties), y);
    scores.add(LeftFactor(left.to(type), packing).times(train.to(type)), y, sums);
    return scores_of(sums, select);
  }
  std::vector<CompressedBlock> blocks() const { return compress_penalties(eigenvalues, penalties, 1e-7); }
};

}  // namespace

TEST(FoldScores, of_the_library_and_of_whole_tensors_are_those_of_predictions_made_one_by_one) {
  const World fold;
  for (const auto make : {plain_fold_scores, tensor_fold_scores})
    for (const auto& [type, tolerance] : {std::pair{at::kDouble, 1e-6}, {at::kFloat, 2e-5}}) {
      const auto scores = make(fold.test.to(type), fold.blocks());
      for (const auto select : {Select::mse, Select::r})
        EXPECT_LT(largest_difference(fold.scored(*scores, type, select), fold.expected(select)), tolerance);
    }
}

TEST(FoldScores, of_packed_products_are_those_of_predictions_made_one_by_one) {
  const World fold;
  for (const auto& [packing, tolerance] : {std::pair{Packing::vectors_f32, 2e-5},
                                           {Packing::vectors_bf16, 3e-2},
                                           {Packing::tiles_f32, 2e-5},
                                           {Packing::tiles_bf16, 3e-2}}) {
    if (!can_pack(packing)) continue;
    const auto scores = packed_fold_scores(fold.test.to(at::kFloat), fold.blocks(), packing);
    EXPECT_EQ(96 % scores->width(), 0);
    for (const auto select : {Select::mse, Select::r})
      EXPECT_LT(largest_difference(fold.scored(*scores, at::kFloat, select, packing), fold.expected(select)),
                tolerance);
  }
}

// Rows that are zero from some row on are left out of products, of tiles and of whole panels.
TEST(FoldScores, of_a_triangle_of_directions_are_those_of_predictions_made_one_by_one) {
  World fold;
  fold.test = fold.test.flip(1).triu().flip(1);
  fold.test.slice(1, 54).zero_();
  const auto expect = [&](const FoldScores& scores, at::ScalarType type) {
    EXPECT_LT(largest_difference(fold.scored(scores, type, Select::mse), fold.expected(Select::mse)), 2e-5);
  };
  const auto test = fold.test.to(at::kFloat);
  expect(*plain_fold_scores(fold.test, fold.blocks()), at::kDouble);
  expect(*plain_fold_scores(test, fold.blocks()), at::kFloat);
  expect(*tensor_fold_scores(test, fold.blocks()), at::kFloat);
  for (const auto packing : {Packing::vectors_f32, Packing::tiles_f32})
    if (can_pack(packing)) expect(*packed_fold_scores(test, fold.blocks(), packing), at::kFloat);
}
