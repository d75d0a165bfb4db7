// Units of a model on the time axis of recordings: the signals of which functional networks are made.
//
//   words -> volumes -> convolved with the haemodynamic response -> lead-in dropped -> centred, norm 1
//
// Units are centred first: otherwise the mean of each would add a copy of word rate, or of a run's onset.
// Shapes: W words, T volumes of all runs, R rows that are left of them, N neurons, V vertices.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "encode/align.h"
#include "encode/response_matrix.h"
#include "encode/rows.h"

namespace arcuate {

struct SignalOptions {
  double tr = 2;             ///< Seconds from volume to volume.
  bool haemodynamic = true;  ///< Convolve with the response of SPM (encode/haemodynamics.h).
  int64_t lead_in = 0;       ///< Volumes dropped at the beginning of each run.
};

/// Columns that vary, centred within each run and of norm 1 over all of them.
struct UnitColumns {
  at::Tensor values{};          ///< R x kept, float32.
  std::vector<int64_t> kept{};  ///< Their numbers among the columns given, ascending.
};

/// values: W x N of the words of one run, times: their seconds. Returns volumes x N, float64: each neuron centred over
/// the words, then brought to the volumes.
at::Tensor word_units_to_volumes(const at::Tensor& values, std::span<const double> times,
                                 std::span<const double> volumes, double tr, AlignMethod method);

/// series: T x N, runs: its rows. Neurons that are constant, before or after, are left out. Errors: usage (a run no
/// longer than the lead-in), input (NaN or infinite values, no neuron that varies).
UnitColumns neuron_signals(const at::Tensor& series, std::span<const RowRange> runs, const SignalOptions& options);
/// The same of neurons that come in parts (part(i): T x N_i), of which one is in memory at a time; numbers count on
/// from part to part.
UnitColumns neuron_signals(size_t parts, const std::function<at::Tensor(size_t)>& part, std::span<const RowRange> runs,
                           const SignalOptions& options);

/// The rows of recordings that belong to such signals: T x V without lead-in, columns with NaN, infinite or constant
/// values left out. Errors: usage (as above), input (no column left).
UnitColumns response_signals(const at::Tensor& responses, std::span<const RowRange> runs, int64_t lead_in);

enum class SubjectUse { mean, each };
/// The vertices that every subject has.
struct UsableResponses {
  /// R x kept each, float32, centred and of norm 1; one for SubjectUse::mean. Those of a subject whose responses are
  /// not in memory are made from them as they are read.
  std::vector<ResponseMatrix> subjects{};
  std::vector<int64_t> vertices{};  ///< Numbers of the vertices kept, ascending.
};
/// responses: T x V of each subject. Errors: those of response_signals, naming the subject; input (no vertex left).
UsableResponses usable_responses(const std::vector<ResponseMatrix>& responses, std::span<const RowRange> runs,
                                 int64_t lead_in, SubjectUse use);

/// The runs on the axis of the rows that are left. Errors: usage, naming a run that is no longer than the lead-in.
std::vector<RowRange> without_lead_in(std::span<const RowRange> runs, int64_t lead_in);

}  // namespace arcuate
