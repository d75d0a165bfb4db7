// `encode --bands`: each feature file is a band whose scale is searched for each target, and what each band
// contributes.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "cli/spec.h"
#include "cmd/encode_data_support.h"
#include "encode/band_search.h"
#include "encode/ridge.h"
#include "encode/score.h"
#include "io/json.h"

namespace arcuate {

struct EncodeBands {
  bool asked = false;
  std::vector<std::string> names{};
  std::optional<int64_t> samples{}, refinements{};
  std::vector<double> concentrations{};
  std::string scales{};  ///< An array of scales to try, in the place of random ones.
  bool unique = false;
};

void describe_encode_bands(cli::Spec<EncodeBands>& s);
/// Errors: usage (options without --bands, fewer than two feature files, names, bf16).
void check_encode_bands(const EncodeBands& options, const ArrayNames& arrays, const RidgeOptions& ridge);

struct BandedFit {
  std::vector<std::string> names{};
  BandSearchResult joint{};
  at::Tensor unique{};     ///< bands x V on request: R2 of the joint model less that of the model without the band.
  at::Tensor partition{};  ///< 2^bands x V on request with up to three bands, as of variance_partition.
};

/// Errors: as search_bands.
BandedFit fit_bands(const EncodeBands& options, const ArrayNames& arrays, const RidgeProblem& problem,
                    const std::vector<RidgeSplit>& splits, const RidgeOptions& ridge, const cli::Run& run);

/// bands.tsv, bands.json and, with the partition, variance.tsv and variance.json; n/a for targets that are not ok.
void write_bands(const std::filesystem::path& folder, const BandedFit& fit, const std::vector<Flag>& flags);
/// The manifest's `bands`: names, columns, mean scales and parts over the targets that are ok.
Json bands_record(const BandedFit& fit, const std::vector<int64_t>& widths, const std::vector<Flag>& flags);

}  // namespace arcuate
