// Which maps are which networks, and whether that could be chance.
//
// A map matches a network where their IoU is above a threshold. Chance is what atoms of the same spectrum find that
// know nothing of the recordings: maps are made anew from phase-randomised atoms (analysis/surrogates.h), and each
// network keeps the best IoU that any of them reaches. Comparing with the best of all atoms corrects for having tried
// them all.
//   p = (b + 1) / (m + 1),  b of m best null IoUs >= the observed one
// Shapes: R rows, K atoms, F networks, V vertices, M surrogates.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "analysis/atom_maps.h"
#include "core/compute.h"
#include "encode/response_matrix.h"
#include "encode/rows.h"

namespace arcuate {

struct NetworkMatches {
  at::Tensor iou{}, covered{}, correlation{};  ///< K x F (analysis/map_similarity.h).
  at::Tensor matched{};                        ///< K x F bool: iou above the threshold.
};
NetworkMatches match_networks(const at::Tensor& extents, const at::Tensor& networks, double threshold);

/// How maps come from atoms, once for the atoms themselves and again for every surrogate.
struct MapMaking {
  std::vector<ResponseMatrix> responses{};  ///< R x V of each subject; the map is the mean of theirs.
  MapOptions maps{};
  ExtentOptions extent{};
};
/// K x V: coefficients of one subject; its responses are read a block of columns at a time.
at::Tensor subject_map(const at::Tensor& atoms, const ResponseMatrix& responses, const MapOptions& options,
                       const Compute& compute);
/// K x V: mean over subjects of their maps, each of which `take` gets if it is there.
at::Tensor mean_map(const at::Tensor& atoms, const MapMaking& making, const Compute& compute,
                    const std::function<void(const at::Tensor&)>& take = {});

struct ChanceOptions {
  int64_t surrogates = 200;  ///< M; 0: no test, and p and q are NaN.
  uint64_t seed = 0;
};
struct NetworkChance {
  at::Tensor best_null{};  ///< M x F: largest IoU of any atom of a surrogate.
  at::Tensor pair_p{};     ///< K x F
  at::Tensor p{}, q{};     ///< F: of each network's best atom; q: Benjamini-Hochberg over networks.
};
NetworkChance match_chance(const at::Tensor& atoms, std::span<const RowRange> runs, const MapMaking& making,
                           const at::Tensor& networks, const at::Tensor& iou, const ChanceOptions& options,
                           const Compute& compute);

}  // namespace arcuate
