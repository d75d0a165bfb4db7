// A whole training: model and text in, folders of models, a log and a state out. Start reading here.
//
//   OUTPUT/step-<n>/            the model after n steps (model_folder.h)
//   OUTPUT/log.tsv              losses (training_log.h)
//   OUTPUT/state.safetensors    what going on depends on (state_file.h)
#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/compute.h"
#include "core/files.h"
#include "train/text.h"
#include "train/trainer.h"
#include "train/training_log.h"

namespace arcuate {

struct FinetuneOptions {
  fs::path model{};                        ///< Folder that training starts from.
  std::vector<fs::path> text{};            ///< Files to train on.
  std::vector<fs::path> validation{};      ///< Files to measure the losses on; may be empty.
  fs::path output{};                       ///< Folder to write.
  TextOptions documents{};                 ///< How files become tokens.
  TrainOptions training{};                 ///< How the weights move.
  std::optional<uint64_t> random_init{};   ///< Start from weights of this seed; the folder's are not read.
  at::ScalarType type = at::kFloat;        ///< Arithmetic, and weights as stored: float32 or float64.
  std::vector<std::string> checkpoints{};  ///< When a model is written (checkpoint_steps.h); the last step always is.
  int64_t log_every = 10;                  ///< Steps from row to row of the log.
  int64_t validate_every = 100;            ///< Steps from validation to validation; 0: at the ends only.
  int64_t save_every = 1000;               ///< Steps from state to state, besides checkpoints.
  bool resume = false;                     ///< Go on from the state in `output`.
};

/// What is read before anything is written.
struct FinetunePlan {
  FinetuneOptions options{};
  ModelSpec spec{};
  at::Tensor tokens{}, validation{};  ///< n int32; `validation` has none where there is no such text.
  std::vector<int64_t> checkpoints{};
};

/// Reads config.json and the texts and checks everything that can be checked without weights.
FinetunePlan plan_finetune(const FinetuneOptions& options, const Compute& compute);

struct FinetuneResult {
  int64_t steps = 0;  ///< Done by this call, without those before a resumption.
  fs::path model{};   ///< The last checkpoint.
  LogRow last{};      ///< The last row of the log, where this call wrote one.
};

/// Trains; `observe` sees every row of the log as it is added. Interrupted, it saves the state and throws; going on
/// from a state ends with the bytes of a training that was never stopped, whatever the number of threads.
FinetuneResult finetune(const FinetunePlan& plan, const Compute& compute,
                        const std::function<void(const LogRow&)>& observe = {});

}  // namespace arcuate
