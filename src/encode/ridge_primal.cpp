// Primal form, for more rows than features: normal equations of the inner training rows, one factorisation per inner
// fold and penalty.
#include <ATen/ATen.h>

#include <cmath>

#include "core/interrupt.h"
#include "encode/ridge_solver.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

// X'X and X'Y of some rows, centred if there is an intercept, and the means that centring took out.
struct Normal {
  Tensor gram, cross, mean_x, mean_y;
};

class PrimalSolver final : public Solver {
 public:
  explicit PrimalSolver(const SplitData& data) : data_(data) {}

  Tensor inner_scores(const std::vector<std::vector<double>>& scales) override {
    std::vector<Tensor> curves;
    for (const auto& row : scales) curves.push_back(inner_curve(scaled(data_.train, row)));
    return at::cat(curves, 0);
  }

  Tensor predict(const std::vector<double>& scales, double penalty, const Tensor& columns) override {
    const auto x = scaled(data_.train, scales);
    const auto normal = normal_equations(x, data_.responses.index_select(1, columns));
    const auto weights = solve(normal, penalty);
    std::vector<Tensor> parts;
    int64_t first = 0;
    for (size_t b = 0; b < data_.test.size(); ++b) {
      const int64_t last = first + data_.test[b].size(1);
      parts.push_back(std::sqrt(scales[b]) * data_.test[b].mm(weights.slice(0, first, last)));
      first = last;
    }
    return at::stack(parts);
  }

 private:
  Tensor inner_curve(const Tensor& x) const {
    Tensor total;
    for (const auto& fold : data_.inner) {
      const auto normal = normal_equations(fold.train.of(x), fold.train.of(data_.responses));
      const auto score = score_fold(normal, fold.test.of(x) - normal.mean_x, fold.test.of(data_.responses));
      total = total.defined() ? total + score : score;
    }
    return total / static_cast<double>(data_.inner.size());
  }

  static Tensor scaled(const std::vector<Tensor>& bands, const std::vector<double>& scales) {
    std::vector<Tensor> columns;
    for (size_t b = 0; b < bands.size(); ++b) columns.push_back(std::sqrt(scales[b]) * bands[b]);
    return at::cat(columns, 1);
  }

  Normal normal_equations(const Tensor& x, const Tensor& y) const {
    Normal normal;
    normal.mean_x = data_.options.intercept ? x.mean(0, true) : at::zeros({1, x.size(1)}, x.options());
    normal.mean_y = data_.options.intercept ? y.mean(0, true) : at::zeros({1, y.size(1)}, y.options());
    const auto centred = x - normal.mean_x;
    normal.gram = gram(centred);
    normal.cross = centred.t().to(at::kDouble).mm((y - normal.mean_y).to(at::kDouble));
    return normal;
  }

  Tensor solve(const Normal& normal, double penalty) const {
    auto matrix = normal.gram.clone();
    matrix.diagonal().add_(penalty);
    return solve_spd(matrix, normal.cross).to(data_.responses.scalar_type());
  }

  Tensor score_fold(const Normal& normal, const Tensor& x, const Tensor& y) const {
    std::vector<Tensor> scores;
    for (double penalty : data_.options.penalties) {
      stop_if_interrupted();
      scores.push_back(inner_score(data_.options.select, y, x.mm(solve(normal, penalty)) + normal.mean_y));
    }
    return at::stack(scores);
  }

  const SplitData& data_;
};

}  // namespace

std::unique_ptr<Solver> primal_solver(const SplitData& data) { return std::make_unique<PrimalSolver>(data); }

}  // namespace arcuate::ridge
