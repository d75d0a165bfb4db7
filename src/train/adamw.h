// AdamW (Loshchilov & Hutter 2019) with a schedule of the learning rate and clipping of the gradient:
//   w <- w - rate decay w;   m <- b1 m + (1 - b1) g;   v <- b2 v + (1 - b2) g^2
//   w <- w - rate / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)                                       t = 1, 2, …
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <string>

namespace arcuate {

/// Tensors by name; the order of the names is the order of every sum over them.
using NamedTensors = std::map<std::string, at::Tensor>;

enum class Schedule {
  linear,   ///< Falls to 0 at the last step.
  constant  ///< Stays.
};

struct AdamWOptions {
  double learning_rate = 5e-5;           ///< The largest rate of the schedule.
  Schedule schedule = Schedule::linear;  ///< What follows the warm-up.
  int64_t warmup = 0;                    ///< Steps in which the rate rises from 0.
  double beta1 = 0.9;                    ///< Memory of the mean gradient.
  double beta2 = 0.999;                  ///< Memory of the mean squared gradient.
  double epsilon = 1e-8;                 ///< Added to the root of the latter.
  double weight_decay = 0;               ///< Of matrices; norms and biases never decay.
  double largest_gradient = 1;           ///< Longer gradients (all tensors as one vector) are cut to it; 0: none is.
};

/// Rate of the step that follows `done` of `steps` steps.
double scheduled_rate(const AdamWOptions& options, int64_t done, int64_t steps);

/// Shortens the gradients to `largest` (0: not at all) as one vector; the length that it had.
double clip_gradients(NamedTensors& gradients, double largest);

/// Step number `step` (from 1) of every tensor in `weights`, in place. `first` and `second` are the moments.
void adamw_step(NamedTensors& weights, NamedTensors& first, NamedTensors& second, const NamedTensors& gradients,
                const AdamWOptions& options, double rate, int64_t step);

}  // namespace arcuate
