// wav2vec 2.0 (Baevski et al. 2020): HuBERT has its architecture from it; the names of tensors are the same.
#include "model/family.h"
#include "model/waveform_family.h"

namespace arcuate {

static constexpr auto wav2vec2_tensors = waveform_stem_tensors + waveform_block_tensors + waveform_norm_tensors;
static constexpr const char* wav2vec2_prefixes[] = {"wav2vec2."};

extern const Family wav2vec2_family;
const Family wav2vec2_family{.model_type = "wav2vec2",
                             .prefixes = wav2vec2_prefixes,
                             .spec = waveform_spec,
                             .tensors = wav2vec2_tensors,
                             .ignored = waveform_ignored};

}  // namespace arcuate
