#include "dictionary/sparse_coding.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr int64_t signals_per_block = 256;  // enough to share the product with the dictionary, few enough for caches

// One signal: everything about x and D that the descent needs, and the codes it works on.
class Descent {
 public:
  Descent(const Tensor& gram, const LassoOptions& options)
      : gram_(gram.data_ptr<double>()), atoms_(static_cast<size_t>(gram.size(0))), options_(options), rest_(atoms_) {}

  // correlations: D'x, energy: x'x. Writes K codes; false when they do not converge.
  bool solve(const double* correlations, double energy, double* codes) {
    std::copy(correlations, correlations + atoms_, rest_.begin());
    std::fill(codes, codes + atoms_, 0.0);
    for (int64_t sweep = 0; sweep < options_.sweeps; ++sweep) {
      for (size_t j = 0; j < atoms_; ++j) update(j, codes);
      if (gap(correlations, energy, codes) <= options_.tolerance * energy / 2) return true;
    }
    return false;
  }

 private:
  void update(size_t j, double* codes) {
    const double* row = gram_ + j * atoms_;
    if (row[j] <= 0 || (codes[j] == 0 && size(rest_[j]) <= options_.penalty)) return;
    const double wanted = shrunk(rest_[j] + row[j] * codes[j]) / row[j];
    const double change = wanted - codes[j];
    if (change == 0) return;
    codes[j] = wanted;
    for (size_t k = 0; k < atoms_; ++k) rest_[k] -= change * row[k];
  }

  double size(double correlation) const { return options_.positive ? correlation : std::abs(correlation); }

  double shrunk(double value) const {
    return size(value) <= options_.penalty ? 0 : value - std::copysign(options_.penalty, value);
  }

  // Primal minus dual objective; the dual point is the residual, scaled until no atom exceeds the penalty.
  double gap(const double* correlations, double energy, const double* codes) const {
    double fitted = 0, left = 0, total = 0, steepest = 0;  // a'D'x, a'D'(x - D a), |a|_1, largest D'(x - D a)
    for (size_t j = 0; j < atoms_; ++j) {
      fitted += codes[j] * correlations[j];
      left += codes[j] * rest_[j];
      total += std::abs(codes[j]);
      steepest = std::max(steepest, size(rest_[j]));
    }
    const double residual = energy - fitted - left;
    const double scale = steepest > options_.penalty ? options_.penalty / steepest : 1;
    return residual / 2 + options_.penalty * total - scale * (energy - fitted) + scale * scale * residual / 2;
  }

  const double* gram_;
  size_t atoms_;
  const LassoOptions& options_;
  std::vector<double> rest_;  // D'(x - D a)
};

void check(const Tensor& dictionary, const Tensor& signals, const LassoOptions& options) {
  if (!(options.penalty > 0)) bad_usage("sparse coding needs a penalty above 0, found {}", options.penalty);
  if (dictionary.dim() != 2 || signals.dim() != 2 || dictionary.size(0) != signals.size(0))
    bad_input("a dictionary (length x atoms) and signals (length x signals) must be equally long: found {} and {}",
              shape_text(dictionary), shape_text(signals));
  if (!at::isfinite(dictionary).all().item<bool>() || !at::isfinite(signals).all().item<bool>())
    bad_input("a dictionary and signals must be finite to be coded; found NaN or infinite values");
}

}  // namespace

at::Tensor sparse_codes(const Tensor& dictionary, const Tensor& signals, const LassoOptions& options,
                        const Compute& compute) {
  check(dictionary, signals, options);
  const auto atoms = dictionary.to(at::kDouble);
  const auto gram = atoms.t().mm(atoms).contiguous();
  const int64_t count = signals.size(1), size = atoms.size(1);
  auto codes = at::empty({count, size}, at::kDouble);
  parallel_for((count + signals_per_block - 1) / signals_per_block, compute.threads, [&](int64_t block) {
    stop_if_interrupted();
    const int64_t first = block * signals_per_block, last = std::min(count, first + signals_per_block);
    const auto part = signals.slice(1, first, last).to(at::kDouble);
    const auto correlations = part.t().mm(atoms).contiguous();
    const auto energy = part.square().sum(0);
    Descent descent(gram, options);
    for (int64_t i = first; i < last; ++i)
      if (!descent.solve(correlations.data_ptr<double>() + (i - first) * size, energy.data_ptr<double>()[i - first],
                         codes.data_ptr<double>() + i * size))
        fail(Fault::failed, "sparse coding of signal {} did not converge within {} sweeps; allow a larger tolerance", i,
             options.sweeps);
  });
  return codes.t();
}

at::Tensor lasso_objective(const Tensor& dictionary, const Tensor& signals, const Tensor& codes, double penalty) {
  const auto residual = signals.to(at::kDouble) - dictionary.to(at::kDouble).mm(codes.to(at::kDouble));
  return residual.square().sum(0) / 2 + penalty * codes.to(at::kDouble).abs().sum(0);
}

}  // namespace arcuate
