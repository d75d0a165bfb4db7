// HuBERT (Hsu et al. 2021): convolutions over the waveform, positions by a convolution. base normalises after each
// sub-layer and before the first block; large and xlarge before each sub-layer and after the last block.
#include "model/family.h"
#include "model/waveform_family.h"

namespace arcuate {
namespace {

constexpr auto tensors = waveform_stem_tensors + waveform_block_tensors + waveform_norm_tensors;
constexpr const char* prefixes[] = {"hubert."};

ModelSpec spec(const Json& c, const std::string& source) {
  auto spec = waveform_spec(c, source);
  spec.sound->init = StemInit::hubert;
  return spec;
}

}  // namespace

extern const Family hubert_family;
const Family hubert_family{
    .model_type = "hubert", .prefixes = prefixes, .spec = spec, .tensors = tensors, .ignored = waveform_ignored};

}  // namespace arcuate
