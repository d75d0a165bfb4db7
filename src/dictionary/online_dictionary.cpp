#include "dictionary/online_dictionary.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

void check(const Tensor& signals, const DictionaryOptions& options) {
  if (options.atoms < 1 || options.batch < 1 || options.epochs < 0 || !(options.forgetting >= 0))
    bad_usage(
        "a dictionary needs at least one atom, one signal a batch, no negative epochs and no negative forgetting; "
        "found {}, {}, {} and {}",
        options.atoms, options.batch, options.epochs, options.forgetting);
  if (signals.dim() != 2) bad_input("signals must be length x signals, found {}", shape_text(signals));
  if (signals.size(1) < options.atoms)
    bad_input("{} atoms cannot be learnt from {} signals; ask for fewer atoms or give more signals", options.atoms,
              signals.size(1));
  if (!at::isfinite(signals).all().item<bool>()) bad_input("signals must be finite; found NaN or infinite values");
}

class Learner {
 public:
  Learner(const Tensor& signals, const DictionaryOptions& options)
      : signals_(signals),
        options_(options),
        random_(derive_seed(options.seed, "dictionary")),
        norms_(signals.norm(2, 0).to(at::kDouble)) {
    if (!norms_.any().item<bool>()) bad_input("all {} signals are 0: there is nothing to learn", signals.size(1));
    atoms_ = at::empty({signals.size(0), options.atoms}, at::kDouble);
    choose_first_atoms();
    uses_ = at::zeros({options.atoms, options.atoms}, at::kDouble);
    sums_ = at::zeros_like(atoms_);
  }

  void epoch(const Compute& compute) {
    const int64_t count = signals_.size(1);
    const auto order = index_tensor(random_.permutation(count));
    for (int64_t first = 0; first < count; first += options_.batch) {
      const auto batch =
          signals_.index_select(1, order.slice(0, first, std::min(count, first + options_.batch))).to(at::kDouble);
      const auto codes = sparse_codes(atoms_, batch, options_.coding, {.threads = compute.threads});
      remember(batch, codes);
      for (int64_t j = 0; j < options_.atoms; ++j) update(j);
    }
  }

  const Tensor& atoms() const { return atoms_; }
  int64_t replaced() const { return replaced_; }

 private:
  void set_atom(int64_t j, int64_t signal) {
    const auto column = signals_.select(1, signal).to(at::kDouble);
    atoms_.select(1, j).copy_(column / column.norm());
  }

  // A signal drawn with chances in proportion to the weights; to their being a signal at all when none has any.
  int64_t draw(const Tensor& weights) {
    constexpr double rounding = 1e-6;
    const auto chances = (weights.sum().item<double>() > rounding ? weights : (norms_ > 0).to(at::kDouble)).cumsum(0);
    const auto place = at::searchsorted(chances, random_.uniform() * chances[-1], /*out_int32=*/false, /*right=*/true);
    return std::min(place.item<int64_t>(), chances.size(0) - 1);
  }

  // k-means++ (Arthur & Vassilvitskii 2007) up to sign: what the atoms so far explain of a signal makes it less likely.
  void choose_first_atoms() {
    auto unexplained = (norms_ > 0).to(at::kDouble);
    for (int64_t j = 0; j < options_.atoms; ++j) {
      set_atom(j, draw(unexplained));
      const auto product = signals_.t().mv(atoms_.select(1, j).to(signals_.scalar_type())).to(at::kDouble);
      const auto r = product / at::where(norms_ > 0, norms_, at::ones_like(norms_));
      unexplained = at::minimum(unexplained, 1 - r.square()).clamp_min(0);
    }
  }

  void remember(const Tensor& batch, const Tensor& codes) {
    ++batches_;
    const double beta = std::pow(1.0 - 1.0 / static_cast<double>(batches_), options_.forgetting);
    uses_.mul_(beta).add_(codes.mm(codes.t()));
    sums_.mul_(beta).add_(batch.mm(codes.t()));
  }

  void update(int64_t j) {
    constexpr double unused = 1e-8;  // of the most used atom's energy
    const double use = uses_[j][j].item<double>();
    if (use <= unused * uses_.diagonal().max().item<double>()) return replace(j);
    auto atom = atoms_.select(1, j);
    const auto wanted = atom + (sums_.select(1, j) - atoms_.mv(uses_.select(1, j))) / use;
    atom.copy_(wanted / std::max(1.0, wanted.norm().item<double>()));
  }

  // What was remembered of the old atom is forgotten with it.
  void replace(int64_t j) {
    set_atom(j, draw(at::zeros_like(norms_)));
    uses_.select(0, j).zero_();
    uses_.select(1, j).zero_();
    sums_.select(1, j).zero_();
    ++replaced_;
  }

  const Tensor& signals_;
  const DictionaryOptions& options_;
  Random random_;
  Tensor norms_;                      // of the signals
  Tensor atoms_{}, uses_{}, sums_{};  // D, A, B
  int64_t batches_ = 0, replaced_ = 0;
};

}  // namespace

Dictionary learn_dictionary(const Tensor& signals, const DictionaryOptions& options, const Compute& compute,
                            const Tensor& held_out) {
  check(signals, options);
  Learner learner(signals, options);
  Dictionary result;
  for (int64_t epoch = 0; epoch < options.epochs; ++epoch) {
    learner.epoch(compute);
    if (compute.progress) compute.progress(epoch + 1, options.epochs);
    if (!held_out.defined()) continue;
    const auto codes = sparse_codes(learner.atoms(), held_out, options.coding, {.threads = compute.threads});
    result.objective.push_back(
        lasso_objective(learner.atoms(), held_out, codes, options.coding.penalty).mean().item<double>());
  }
  result.atoms = learner.atoms();
  result.replaced = learner.replaced();
  return result;
}

}  // namespace arcuate
