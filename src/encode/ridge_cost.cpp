#include "encode/ridge_cost.h"

#include <algorithm>

namespace arcuate::ridge {
namespace {

// Time of one multiplication relative to one in a large product of float32, measured with OpenBLAS on AVX-512: a
// decomposition of 4.5 n^3 takes what 5 n^3 (AMD) to 12 n^3 (Intel) of those do.
constexpr double double_product = 2, factorisation = 2, decomposition = 1.2;

struct Sizes {
  double rows = 0, features = 0, penalties = 0, candidates = 0;
  std::vector<double> train{}, block{}, test{};  // an inner fold each
};

Sizes sizes_of(const SplitDesign& design, int64_t scales) {
  Sizes sizes{.rows = static_cast<double>(design.rows),
              .features = 0,
              .penalties = static_cast<double>(design.options.penalties.size()),
              .candidates = static_cast<double>(scales)};
  for (const int64_t width : design.widths) sizes.features += static_cast<double>(width);
  for (const auto& fold : design.inner) {
    sizes.train.push_back(static_cast<double>(fold.train.count()));
    sizes.block.push_back(static_cast<double>(fold.block.count()));
    sizes.test.push_back(static_cast<double>(fold.test.count()));
  }
  return sizes;
}

// Tested responses times Q', and products with a triangle of directions (eigen_stage.cpp).
double scored(double tested, double directions) {
  const double rows = std::min(tested, directions);
  return rows * tested + static_cast<double>(usual_products) * rows * (directions - rows / 2);
}

double cube(double x) { return x * x * x; }

// A decomposition and, for each penalty, products with its inverse for each group; for each member the folds' blocks.
RidgeCost inverse_dual(const Sizes& s, double groups) {
  double within = 0, blocks = 0, solves = 0;
  for (const double block : s.block) {
    within += s.rows * block * block;
    blocks += cube(block);
    solves += block * block;
  }
  return {.form = Form::dual,
          .method = Method::inverse,
          .fixed = double_product * (groups * (decomposition * 4.5 * cube(s.rows) + s.penalties * within) +
                                     s.candidates * s.penalties * factorisation * blocks),
          .per_target =
              double_product * (groups * (1 + s.penalties) * s.rows * s.rows + s.candidates * s.penalties * solves)};
}

RidgeCost inverse_primal(const Sizes& s) {
  RidgeCost cost{.form = Form::primal,
                 .method = Method::inverse,
                 .fixed = double_product * s.rows * s.features * s.features,
                 .per_target = double_product * s.rows * s.features};
  for (const double test : s.test) {
    cost.fixed += s.candidates * s.penalties * double_product * factorisation * cube(s.features) / 3;
    cost.per_target += s.candidates * s.penalties * double_product * (s.features + test) * s.features;
  }
  return cost;
}

RidgeCost eigenbasis_dual(const Sizes& s, double wide) {
  RidgeCost cost{
      .form = Form::dual, .method = Method::eigenbasis, .fixed = s.rows * s.rows * s.features, .per_target = 0};
  for (size_t k = 0; k < s.train.size(); ++k) {
    cost.fixed += s.candidates * double_product * decomposition * 4.5 * cube(s.train[k]);
    cost.per_target += s.candidates * wide * (s.train[k] * s.train[k] + scored(s.test[k], s.train[k]));
  }
  return cost;
}

// Gram matrices of all rows and of the blocks, U and one decomposition; for each fold and candidate another, the rows
// that are tested and products of F x F.
RidgeCost eigenbasis_primal(const Sizes& s, double wide) {
  const double square = s.features * s.features, decomposed = double_product * decomposition * 4.5 * cube(s.features);
  RidgeCost cost{.form = Form::primal,
                 .method = Method::eigenbasis,
                 .fixed = decomposed + (2 + double_product) * s.rows * square,
                 .per_target = wide * s.rows * s.features};
  for (const double test : s.test) {
    cost.fixed += s.candidates * (decomposed + double_product * (s.features + test) * square);
    cost.per_target += s.candidates * wide * (square + scored(test, s.features));
  }
  return cost;
}

}  // namespace

std::vector<RidgeCost> costs_of(const SplitDesign& design, const Scales& scales, int64_t targets) {
  if (design.options.fractional || design.options.criterion != PenaltyCriterion::folds) return {};
  const auto sizes = sizes_of(design, std::ssize(scales));
  const double wide = design.options.type == at::kDouble ? double_product : 1;
  std::vector<RidgeCost> costs{inverse_dual(sizes, static_cast<double>(inverse_groups(design, scales))),
                               inverse_primal(sizes), eigenbasis_dual(sizes, wide), eigenbasis_primal(sizes, wide)};
  std::erase_if(costs, [&](const RidgeCost& cost) {
    return (!design.kernels.train.empty() && cost.form == Form::primal) ||
           (design.options.form != Form::automatic && cost.form != design.options.form) ||
           (design.options.method != Method::automatic && cost.method != design.options.method);
  });
  std::stable_sort(costs.begin(), costs.end(),
                   [&](const RidgeCost& a, const RidgeCost& b) { return a.total(targets) < b.total(targets); });
  return costs;
}

std::unique_ptr<Solver> make_solver(const SplitDesign& design, const Scales& scales, int64_t targets) {
  if (design.options.fractional) return fraction_solver(design, scales);
  if (design.options.criterion != PenaltyCriterion::folds) return left_out_solver(design, scales);
  const auto least = costs_of(design, scales, targets).front();
  const bool dual = least.form == Form::dual;
  if (least.method == Method::inverse)
    return dual ? inverse_dual_solver(design, scales) : inverse_primal_solver(design, scales);
  return dual ? eigenbasis_dual_solver(design, scales) : eigenbasis_primal_solver(design, scales);
}

}  // namespace arcuate::ridge
