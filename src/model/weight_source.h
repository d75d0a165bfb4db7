// Where weights come from: the files of a folder (model/checkpoint.h) or a seed (model/untrained.h), as a whole or
// stage by stage.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "model/weights.h"

namespace arcuate {

class WeightSource {
 public:
  virtual ~WeightSource() = default;

  /// All weights, converted to the type tensor by tensor.
  ModelWeights all() const;
  /// Those of one stage of the forward pass: 0 is the stem, l the block l (the others are empty), L + 1 the final norm,
  /// L + 2 the next-token head. They are those of all().
  ModelWeights stage(int64_t layer) const;
  /// Bytes of a stage, and the most that are needed beside it while it is made.
  int64_t stage_bytes(int64_t layer) const;
  virtual int64_t reading_bytes() const = 0;

 protected:
  using Wanted = std::function<bool(const std::string&)>;  ///< Of our names, parts of a whole for themselves.

  explicit WeightSource(ModelSpec spec) : spec_(std::move(spec)) {}
  const ModelSpec& spec() const { return spec_; }

 private:
  virtual ModelWeights weights(const Wanted& wanted) const = 0;
  virtual int64_t bytes_of(const Wanted& wanted) const = 0;

  ModelSpec spec_;
};

}  // namespace arcuate
