#include "train/adamw.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace arcuate {

using at::Tensor;

double scheduled_rate(const AdamWOptions& options, int64_t done, int64_t steps) {
  if (done < options.warmup)
    return options.learning_rate * static_cast<double>(done) / static_cast<double>(options.warmup);
  if (options.schedule == Schedule::constant) return options.learning_rate;
  const auto falling = static_cast<double>(std::max<int64_t>(1, steps - options.warmup));
  return options.learning_rate * std::max(0.0, static_cast<double>(steps - done) / falling);
}

double clip_gradients(NamedTensors& gradients, double largest) {
  constexpr double guard = 1e-6;  // as in the programs that published models were trained with
  double squares = 0;
  for (const auto& [name, gradient] : gradients) squares += gradient.to(at::kDouble).square().sum().item<double>();
  const double length = std::sqrt(squares);
  if (largest > 0 && length + guard > largest)
    for (auto& [name, gradient] : gradients) gradient.mul_(largest / (length + guard));
  return length;
}

void adamw_step(NamedTensors& weights, NamedTensors& first, NamedTensors& second, const NamedTensors& gradients,
                const AdamWOptions& options, double rate, int64_t step) {
  const auto t = static_cast<double>(step);
  const double first_bias = 1 - std::pow(options.beta1, t), second_bias = 1 - std::pow(options.beta2, t);
  for (auto& [name, weight] : weights) {
    const Tensor& gradient = gradients.at(name);
    Tensor &m = first.at(name), &v = second.at(name);
    if (weight.dim() > 1) weight.mul_(1 - rate * options.weight_decay);
    m.mul_(options.beta1).add_(gradient, 1 - options.beta1);
    v.mul_(options.beta2).addcmul_(gradient, gradient, 1 - options.beta2);
    weight.addcdiv_(m, (v / second_bias).sqrt_().add_(options.epsilon), -rate / first_bias);
  }
}

}  // namespace arcuate
