// Training step by step: batch, a', gradient, AdamW. All of its randomness comes from the seed and the number of the
// step, so that a TrainingState says everything about where a training stands.
#pragma once
#include "core/compute.h"
#include "train/adamw.h"
#include "train/network.h"
#include "train/objective.h"
#include "train/text.h"

namespace arcuate {

struct TrainOptions {
  int64_t steps = 1000;          ///< Of the whole training; the schedule of the rate ends there.
  int64_t batch = 8;             ///< Windows of text a step.
  int64_t window = 256;          ///< Tokens of a window.
  int64_t train_from = 0;        ///< Layers below stay as they are; 0: everything is trained.
  ObjectiveOptions objective{};  ///< What is minimised.
  int64_t reset_every = 100;     ///< Steps after which a' is set anew.
  int64_t queue = 2500;          ///< States from which negatives are drawn.
  int64_t negatives = 2000;      ///< Of them, for each step.
  AdamWOptions adamw{};
  uint64_t seed = 0;  ///< Of the order of windows, the negatives and the map of L_high.
};

struct TrainingState {
  int64_t step = 0;        ///< Steps done.
  double mixing = 0;       ///< a' in force.
  NamedTensors weights{};  ///< Those that are trained.
  NamedTensors first{};    ///< Their first moments.
  NamedTensors second{};   ///< Their second moments.
  at::Tensor queue{};      ///< Q x C; undefined without L_high.
};

/// One step: what was measured before the weights moved.
struct StepReport {
  double loss = 0, language = 0;
  double high = 0;           ///< NaN without L_high.
  double mixing = 0;         ///< a'
  double rate = 0;           ///< Learning rate.
  double gradient_norm = 0;  ///< Before it was cut.
};

class Trainer {
 public:
  /// Errors: usage and input, all at once: what the model, the text and the options do not allow together.
  Trainer(const ModelSpec& spec, const ModelWeights& start, const at::Tensor& tokens, const TrainOptions& options);

  /// Errors: failed, naming the step, when a loss or the gradient is not finite; the state is then as before.
  StepReport step(const Compute& compute);
  /// Mean losses over all whole windows of another text. L_high: negatives from the queue.
  Losses evaluate(const at::Tensor& tokens, const Compute& compute);

  const TrainingState& state() const { return state_; }
  /// Goes on from a state of the same training. Its tensors are taken over, not copied.
  void restore(TrainingState state);
  /// All weights, trained or not.
  ModelWeights weights() const;
  int64_t windows() const { return text_.count(); }

 private:
  bool has_high() const { return options_.objective.alpha > 0; }
  void fill_queue(const Compute& compute);
  at::Tensor negatives_of(int64_t step) const;
  TrainOptions options_;
  TokenWindows text_;
  WindowOrder order_;
  Network network_;
  TrainingState state_;
};

/// Errors: usage and input, as above, of a text of so many tokens.
void check_training(const ModelSpec& spec, int64_t tokens, const TrainOptions& options);

}  // namespace arcuate
