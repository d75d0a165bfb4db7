#include "model/initial.h"

#include <ATen/ATen.h>

#include <cmath>

namespace arcuate {
namespace {

template <class Draw>
at::Tensor filled(const std::vector<int64_t>& shape, const Draw& draw) {
  auto tensor = at::empty(shape, at::kDouble);
  auto* data = tensor.data_ptr<double>();
  for (int64_t i = 0; i < tensor.numel(); ++i) data[i] = draw();
  return tensor;
}

at::Tensor sinusoids(int64_t positions, int64_t width) {
  const auto exact = at::TensorOptions().dtype(at::kDouble);
  const int64_t half = width / 2;
  const auto rate = at::exp(at::arange(half, exact) * (-std::log(10000.0) / static_cast<double>(half - 1)));
  const auto angle = at::outer(at::arange(positions, exact), rate);
  return at::cat({angle.sin(), angle.cos()}, 1);
}

}  // namespace

at::Tensor initial_tensor(const Initial& initial, const std::vector<int64_t>& shape, Random& random) {
  const double value = initial.value;
  switch (initial.kind) {
    case Initial::Kind::none:
      return {};
    case Initial::Kind::constant:
      return at::full(shape, value, at::kDouble);
    case Initial::Kind::normal:
      return filled(shape, [&] { return value * random.normal(); });
    case Initial::Kind::uniform:
      return filled(shape, [&] { return value * (2 * random.uniform() - 1); });
    case Initial::Kind::sinusoids:
      return sinusoids(shape[0], shape[1]);
  }
  return {};
}

uint64_t initial_draws(const Initial& initial, int64_t numbers) {
  const auto count = static_cast<uint64_t>(numbers);
  if (initial.kind == Initial::Kind::normal) return 2 * count;  // see Random::normal
  return initial.kind == Initial::Kind::uniform ? count : 0;
}

}  // namespace arcuate
