// The small world of tests/reference/make_networks.py, from the same seeds.
#pragma once
#include "core/tensor.h"
#include "fixture.h"

namespace arcuate::test {

inline at::Tensor unit(const at::Tensor& x) {
  const auto centred = x - x.mean(0, true);
  return centred / centred.norm(2, 0, true);
}

struct NetworkWorld {
  at::Tensor atoms = random_normals(80, 6, 1);
  at::Tensor weights = random_normals(6, 50, 3) * (random_normals(6, 50, 4) > 0.5);
  std::vector<at::Tensor> subjects{response(2), response(12)};
  at::Tensor networks =
      (weights.index_select(0, index_tensor(std::vector<int64_t>{0, 1, 2, 0})) + 0.5 * random_normals(4, 50, 5) > 0.7)
          .to(at::kDouble);
  at::Tensor codes = random_normals(6, 40, 6) * (random_normals(6, 40, 7) > 0.8);
  at::Tensor signals = unit(random_normals(80, 40, 8));

  at::Tensor response(uint64_t seed) const { return unit(random_normals(80, 50, seed) + atoms.mm(weights)); }
};

}  // namespace arcuate::test
