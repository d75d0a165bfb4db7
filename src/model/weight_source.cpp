#include "model/weight_source.h"

#include <fmt/format.h>

namespace arcuate {

// Whether a weight is used in a stage.
static std::function<bool(const std::string&)> in_stage(int64_t layer, const ModelSpec& spec) {
  const int64_t layers = spec.layers;
  if (layer == layers + 2)
    return [head = spec.head == Head::tied ? "tokens" : "head"](const std::string& name) {
      return name == head || name.starts_with("project_out.");
    };
  if (layer == 0) return [](const std::string& name) { return is_stem_weight(name); };
  if (layer > layers) return [](const std::string& name) { return name.starts_with("final_norm."); };
  return [block = fmt::format("block.{}.", layer - 1)](const std::string& name) {
    return name.starts_with(block) || name == "position_bias";
  };
}

ModelWeights WeightSource::all() const {
  return weights([](const std::string&) { return true; });
}
ModelWeights WeightSource::stage(int64_t layer) const { return weights(in_stage(layer, spec_)); }
int64_t WeightSource::stage_bytes(int64_t layer) const { return bytes_of(in_stage(layer, spec_)); }

}  // namespace arcuate
