// What `networks` reads: units of models on the recordings' time axis, responses of subjects.
// Shapes: T volumes of all runs, W words, N neurons, V vertices.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/neuron_signals.h"

namespace arcuate {

/// Where a model's units lie, one array (and word table) a run.
struct NeuronFiles {
  std::string model{};
  std::vector<std::filesystem::path> neurons{}, words{};
  std::filesystem::path layers{};  ///< Table with a column `layer`; empty: of the .h5 files, or not known.
};

/// The rows of the table `path` (columns model and neurons; perhaps words and layers), paths relative to its folder.
/// Errors: input, for names that are missing or twice.
std::vector<NeuronFiles> read_model_table(const std::filesystem::path& path);

/// The recordings' time axis, as the command line says it.
struct TimeAxis {
  double tr = 2;
  double first_volume = 1;  ///< Centre of each run's first volume, seconds.
  AlignMethod align = AlignMethod::mean;
  std::vector<RowRange> runs{};
};

struct ModelNeurons {
  at::Tensor series{};              ///< T x N
  std::vector<int64_t> layer_of{};  ///< Of each neuron; empty: not known.
};
/// Errors: input, naming the file: shapes that do not fit the runs or the words, values that are not finite.
ModelNeurons read_neurons(const NeuronFiles& files, const TimeAxis& axis);

/// T x V of each subject. Errors: input (neither T x V nor subjects x T x V).
std::vector<ResponseMatrix> read_responses(const std::filesystem::path& path);

/// The runs that `lengths` say, or one of all volumes. Errors: usage, when they do not add up.
std::vector<RowRange> runs_of(const std::vector<int64_t>& lengths, int64_t volumes);

}  // namespace arcuate
