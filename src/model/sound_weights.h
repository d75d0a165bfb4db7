// The weights of a stem that hears sound: names, shapes, the parts that files hold them in, what they begin from.
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/initial.h"
#include "model/spec.h"
#include "model/weights.h"

namespace arcuate {

/// Our names of the stem's tensors: "stem.convolution.2.weight", "stem.position.bias" …
std::map<std::string, std::vector<int64_t>> stem_shapes(const SoundStem& stem, int64_t width);
/// Every map that a stem may have, with its name.
std::vector<std::pair<std::string, Affine*>> stem_maps(const SoundStem& stem, SoundStemWeights& weights);

/// A file holds the convolution for positions as lengths and directions ("stem.position.length", "….direction"; weight
/// normalisation, Salimans & Kingma 2016: weight = length direction / |direction|, for each place of the kernel), and a
/// batch norm as four tensors ("stem.position_scaling.mean", "….variance"). These put the parts in place of the whole …
void split_stem_shapes(const ModelSpec& spec, std::map<std::string, std::vector<int64_t>>& shapes);
/// … the whole in place of the parts (directions without lengths are the weights: an untrained stem) …
void fold_stem(const ModelSpec& spec, std::map<std::string, at::Tensor>& named);
/// … and parts in place of the whole. A batch norm has mean 0 and variance 1 then.
void unfold_stem(const ModelSpec& spec, std::map<std::string, at::Tensor>& named);

/// What a tensor of an untrained stem begins from, under the name that `split_stem_shapes` leaves it; nothing for
/// lengths. Where no bias and no norm is meant (0 and 1), F inputs of an output, K kernel, C width:
///
///           convolutions           their biases            projection                 positions
/// hubert    N(0, sqrt(2/F))        0                       N(0, init_std), bias 0     N(0, sqrt(2/F))
/// wav2vec2  N(0, sqrt(2/F))        uniform +-1/sqrt(F)     uniform +-1/sqrt(F), both  N(0, 2/sqrt(K C))
/// whisper   N(0, init_std)         0                       none                       sines and cosines
Initial initial_of_stem(const ModelSpec& spec, const std::string& name);

/// Whether a tensor is one of those: the stem's, or the stored positions of a model that hears sound.
bool is_of_stem(const ModelSpec& spec, const std::string& name);

}  // namespace arcuate
