// From a study to functional networks and back: the signals of a model's feed-forward units beside the recordings, and
// the HDF5 file that keeps what was found.
// Shapes: W words, R rows, N neurons.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>

#include "io/hdf5.h"
#include "study/encoding.h"
#include "study/networks_report.h"

namespace arcuate {

struct UnitTimeOptions {
  AlignMethod align = AlignMethod::mean;
  bool haemodynamic = true;  ///< Convolve with the haemodynamic response of SPM.
  int64_t lead_in = 0;       ///< Rows dropped at the beginning of each story.
};

/// The units of a space, extracted under `work` (study/extraction.h), story after story: aligned with the volumes,
/// convolved within the story, trimmed and filtered as the responses are. `neurons` gets signals, numbers, layers and
/// places within layers of those that vary. Returns R x N, float32, centred and of norm 1.
at::Tensor study_units(const EncodingPlan& plan, const FeatureSpace& space, const std::filesystem::path& work,
                       const UnitTimeOptions& options, ModelNetworks& neurons);

/// Everything but the objective of the dictionary, the groups and the matched atoms, which follow from the rest.
void write_networks(const ModelNetworks& networks, const std::vector<int64_t>& vertices, Hdf5Writer& file);
struct StoredNetworks {
  ModelNetworks networks{};
  std::vector<int64_t> vertices{};  ///< That the maps hold numbers for.
};
StoredNetworks read_networks(const Hdf5Reader& file, const std::string& model, const NetworkOptions& options);

}  // namespace arcuate
