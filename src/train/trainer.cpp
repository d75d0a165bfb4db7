#include "train/trainer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "train/negatives.h"

namespace arcuate {

using at::Tensor;

static void check_objective(const ModelSpec& spec, const TrainOptions& options, Problems& problems) {
  const auto& objective = options.objective;
  if (objective.alpha == 0) return;
  if (objective.layer < 0 || objective.layer > spec.layers)
    problems.add("the layer to predict is {}, but the model has layers 0 to {}", objective.layer, spec.layers);
  if (objective.distance < 1 || objective.distance >= options.window)
    problems.add("a state {} tokens ahead does not lie in a window of {} tokens; 1 to {} expected", objective.distance,
                 options.window, options.window - 1);
  if (!(objective.temperature > 0)) problems.add("the temperature is {}, above 0 expected", objective.temperature);
  if (options.negatives < 1 || options.negatives > options.queue)
    problems.add("{} negatives cannot be drawn from a queue of {}", options.negatives, options.queue);
  if (options.reset_every < 1) problems.add("a' cannot be set every {} steps", options.reset_every);
}

static void check_options(const ModelSpec& spec, const TrainOptions& options, Problems& problems) {
  const auto& adamw = options.adamw;
  if (!spec.block.causal) problems.add("the family {} does not predict the next word (it is not causal)", spec.family);
  if (options.steps < 1) problems.add("the number of steps is {}, 1 or more expected", options.steps);
  if (options.batch < 1) problems.add("a batch of {} windows is empty", options.batch);
  if (options.window < 2 || options.window > spec.max_tokens)
    problems.add("a window of {} tokens; the model takes 2 to {}", options.window, spec.max_tokens);
  if (options.train_from < 0 || options.train_from > spec.layers)
    problems.add("nothing can be trained from layer {} on; the model has layers 0 to {}", options.train_from,
                 spec.layers);
  if (!(options.objective.alpha >= 0 && options.objective.alpha <= 1))
    problems.add("alpha is {}, 0 to 1 expected", options.objective.alpha);
  if (!(adamw.learning_rate > 0)) problems.add("the learning rate is {}, above 0 expected", adamw.learning_rate);
  for (const double beta : {adamw.beta1, adamw.beta2})
    if (!(beta >= 0 && beta < 1)) problems.add("a beta of {}; 0 or more and below 1 expected", beta);
  if (!(adamw.epsilon > 0)) problems.add("epsilon is {}, above 0 expected", adamw.epsilon);
  check_objective(spec, options, problems);
}

void check_training(const ModelSpec& spec, int64_t tokens, const TrainOptions& options) {
  Problems usage("the model cannot be trained like this", Fault::usage);
  check_options(spec, options, usage);
  usage.raise();
  const int64_t windows = tokens / options.window;
  if (windows < 1)
    bad_input("the text has {} tokens, fewer than one window of {}; give more text or a shorter window", tokens,
              options.window);
  if (options.objective.alpha > 0 && windows * options.window < options.queue)
    bad_input(
        "the text has {} whole windows of {} tokens, which cannot fill a queue of {} states; give more text or ask for "
        "a shorter queue",
        windows, options.window, options.queue);
}

static std::optional<uint64_t> contrast_seed(const TrainOptions& options) {
  if (options.objective.alpha == 0) return std::nullopt;
  return derive_seed(options.seed, "contrast");
}

static NamedTensors zeros_of(const NamedTensors& tensors) {
  NamedTensors zeros;
  for (const auto& [name, tensor] : tensors) zeros[name] = at::zeros_like(tensor);
  return zeros;
}

Trainer::Trainer(const ModelSpec& spec, const ModelWeights& start, const Tensor& tokens, const TrainOptions& options)
    : options_(options), text_{tokens, options.window}, order_(0, 0) {
  check_training(spec, tokens.numel(), options);
  order_ = WindowOrder(text_.count(), derive_seed(options.seed, "windows"));
  network_ = make_network(spec, start, options.train_from, contrast_seed(options));
  state_ = {.step = 0,
            .mixing = options.objective.alpha,
            .weights = network_.trained,
            .first = zeros_of(network_.trained),
            .second = zeros_of(network_.trained)};
}

void Trainer::restore(TrainingState state) {
  state_ = std::move(state);
  network_.trained = state_.weights;
}

ModelWeights Trainer::weights() const {
  auto named = network_.fixed;
  named.insert(network_.trained.begin(), network_.trained.end());
  return assemble(network_.spec, std::move(named));
}

// The first queue: the windows that come last in the first epoch, which the first steps do not aim at.
void Trainer::fill_queue(const Compute& compute) {
  if (!has_high() || state_.queue.defined()) return;
  const int64_t needed = (options_.queue + options_.window - 1) / options_.window;
  const auto last = order_.take(text_.count() - needed, needed);
  state_.queue =
      enqueue({}, target_states(network_, text_.batch(last), options_.objective.layer, compute), options_.queue);
}

Tensor Trainer::negatives_of(int64_t step) const {
  if (!has_high()) return {};
  return draw_negatives(state_.queue, options_.negatives,
                        derive_seed(options_.seed, fmt::format("negatives {}", step)));
}

static void stop_unless_finite(const StepReport& report, int64_t step) {
  if (std::isfinite(report.loss) && std::isfinite(report.gradient_norm)) return;
  fail(Fault::failed,
       "the training broke down at step {}: the loss is {} (next word {}, state ahead {}), the gradient's length {}. A "
       "lower --learning-rate or a --warmup may help; what was saved before remains",
       step, report.loss, report.language, report.high, report.gradient_norm);
}

StepReport Trainer::step(const Compute& compute) {
  const auto& objective = options_.objective;
  fill_queue(compute);
  const auto windows = order_.take(state_.step * options_.batch, options_.batch);
  const Batch batch{.ids = text_.batch(windows), .negatives = negatives_of(state_.step)};
  double mixing = state_.mixing;
  if (has_high() && state_.step % options_.reset_every == 0) {
    const auto now = batch_losses(network_, batch, objective, compute);
    mixing = mixing_weight(objective.alpha, now.language, now.high, mixing);
  }
  auto gradients = batch_gradients(network_, batch, objective, mixing, compute);
  const auto [language, high] = gradients.losses;
  const StepReport report{.loss = has_high() ? mixing * high + (1 - mixing) * language : language,
                          .language = language,
                          .high = high,
                          .mixing = mixing,
                          .rate = scheduled_rate(options_.adamw, state_.step, options_.steps),
                          .gradient_norm = clip_gradients(gradients.of, options_.adamw.largest_gradient)};
  stop_unless_finite(report, state_.step + 1);
  adamw_step(state_.weights, state_.first, state_.second, gradients.of, options_.adamw, report.rate, state_.step + 1);
  if (has_high()) state_.queue = enqueue(state_.queue, gradients.targets, options_.queue);
  state_.mixing = mixing;
  ++state_.step;
  return report;
}

Losses Trainer::evaluate(const Tensor& tokens, const Compute& compute) {
  fill_queue(compute);
  const TokenWindows text{tokens, options_.window};
  const auto ids = tokens.slice(0, 0, text.count() * text.size).view({text.count(), text.size}).to(at::kLong);
  return batch_losses(network_, {.ids = ids, .negatives = negatives_of(state_.step)}, options_.objective, compute);
}

}  // namespace arcuate
