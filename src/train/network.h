// A model in training: what moves, what stays, and the losses and gradients of a batch. Sequences of a batch go through
// the model one by one, in parallel; their gradients are added in the order of the batch.
#pragma once
#include <optional>
#include <string>

#include "core/compute.h"
#include "model/weights.h"
#include "train/adamw.h"
#include "train/objective.h"

namespace arcuate {

struct Network {
  ModelSpec spec{};
  ModelWeights frozen{};   ///< The copy whose states are predicted: the weights that training began with.
  NamedTensors fixed{};    ///< Weights that stay, under the names of weight_shapes().
  NamedTensors trained{};  ///< Weights that move; with L_high also contrast.weight (C x C) and contrast.bias (C).
};

/// What is trained of a model when layers below `from` are not: the blocks from layer `from` on, the final norm and a
/// head of its own. At 0 everything is. A head that is tied to the embedding stays with it.
bool is_trained(const std::string& weight, int64_t from);

/// `contrast_seed`: the linear map of L_high starts uniform in ±1/sqrt(C) from this seed (nothing: there is none).
Network make_network(const ModelSpec& spec, const ModelWeights& start, int64_t train_from,
                     std::optional<uint64_t> contrast_seed);

struct Batch {
  at::Tensor ids;        ///< B x T int64
  at::Tensor negatives;  ///< N x C; undefined: L_lm only.
};

/// Means over the sequences of a batch.
struct Losses {
  double language = 0;
  double high = 0;  ///< NaN where it was not asked for.
};

struct Gradients {
  Losses losses{};
  NamedTensors of{};   ///< One for each tensor of Network::trained.
  at::Tensor targets;  ///< B T x C: states of the frozen copy at layer k, all of them; undefined without L_high.
};

Losses batch_losses(const Network& network, const Batch& batch, const ObjectiveOptions& options,
                    const Compute& compute);
/// Of `mixing` L_high + (1 - `mixing`) L_lm.
Gradients batch_gradients(const Network& network, const Batch& batch, const ObjectiveOptions& options, double mixing,
                          const Compute& compute);
/// States of layer k of the frozen copy: ids B x T -> B T x C.
at::Tensor target_states(const Network& network, const at::Tensor& ids, int64_t layer, const Compute& compute);

}  // namespace arcuate
