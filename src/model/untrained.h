// An untrained twin of a model: weights from a seed instead of a file.
#pragma once
#include <ATen/core/ScalarType.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/initial.h"
#include "model/weight_source.h"

namespace arcuate {

/// The family's own initialisation: matrices normal with init_std (residual writers scaled where the family does),
/// biases 0, norms 1, the padding token's embedding 0 where the family says so. Numbers are drawn tensor by tensor,
/// stem first, then layer after layer in the order of the family's table, row-major as stored in the file; no weight
/// file is needed. The generator passes over the tensors that are not wanted, so a stage has the numbers of the whole.
class UntrainedWeights : public WeightSource {
 public:
  UntrainedWeights(const ModelSpec& spec, uint64_t seed, at::ScalarType type);
  int64_t reading_bytes() const override;

 private:
  ModelWeights weights(const Wanted& wanted) const override;
  int64_t bytes_of(const Wanted& wanted) const override;

  struct Part {
    std::string name{};
    std::vector<int64_t> shape{};  ///< As drawn.
    bool transposed = false;
    Initial initial{};
    uint64_t drawn_before = 0;  ///< Numbers of the generator.
    int64_t numbers = 0;
  };
  at::Tensor drawn(const Part& part) const;

  std::vector<Part> parts_;
  uint64_t seed_;
  at::ScalarType type_;
};

/// UntrainedWeights::all in one call.
ModelWeights random_weights(const ModelSpec& spec, uint64_t seed, at::ScalarType type);

}  // namespace arcuate
