#include "analysis/network_match.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <string>

#include "analysis/map_similarity.h"
#include "analysis/surrogates.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/random.h"
#include "stats/fdr.h"
#include "stats/permutation.h"

namespace arcuate {

using at::Tensor;

NetworkMatches match_networks(const Tensor& extents, const Tensor& networks, double threshold) {
  NetworkMatches matches{.iou = intersection_over_union(extents, networks),
                         .covered = covered_share(extents, networks),
                         .correlation = spatial_correlation(extents, networks)};
  matches.matched = matches.iou > threshold;
  return matches;
}

Tensor subject_map(const Tensor& atoms, const ResponseMatrix& responses, const MapOptions& options,
                   const Compute& compute) {
  constexpr int64_t width = 2048;  // always, so that no number depends on where responses are
  if (responses.targets() <= width) return atom_maps(atoms, responses.whole(), options, compute);
  const auto map = at::empty({atoms.size(1), responses.targets()}, at::kDouble);
  for (int64_t first = 0; first < responses.targets(); first += width) {
    const RowRange block{first, std::min(first + width, responses.targets())};
    map.slice(1, block.begin, block.end).copy_(atom_maps(atoms, responses.columns(block), options, compute));
  }
  return map;
}

Tensor mean_map(const Tensor& atoms, const MapMaking& making, const Compute& compute,
                const std::function<void(const Tensor&)>& take) {
  Tensor sum;
  for (const auto& responses : making.responses) {
    const auto own = subject_map(atoms, responses, making.maps, compute);
    if (take) take(own);
    sum = sum.defined() ? sum + own : own;
  }
  return sum / static_cast<double>(making.responses.size());
}

static Tensor best_of_surrogates(const Tensor& atoms, std::span<const RowRange> runs, const MapMaking& making,
                                 const Tensor& networks, const ChanceOptions& options, const Compute& compute) {
  auto best = at::empty({options.surrogates, networks.size(0)}, at::kDouble);
  std::mutex guard;
  int64_t done = 0;
  parallel_for(options.surrogates, compute.threads, [&](int64_t i) {
    stop_if_interrupted();
    const auto surrogate = phase_randomised(atoms, runs, derive_seed(options.seed, "surrogate " + std::to_string(i)));
    const auto extents = map_extent(mean_map(surrogate, making, {}), making.extent);
    best[i].copy_(intersection_over_union(extents, networks).amax(0));
    const std::lock_guard lock(guard);
    if (compute.progress) compute.progress(++done, options.surrogates);
  });
  return best;
}

NetworkChance match_chance(const Tensor& atoms, std::span<const RowRange> runs, const MapMaking& making,
                           const Tensor& networks, const Tensor& iou, const ChanceOptions& options,
                           const Compute& compute) {
  NetworkChance chance;
  if (options.surrogates == 0) {
    chance.best_null = at::empty({0, networks.size(0)}, at::kDouble);
    chance.pair_p = at::full_like(iou, std::numeric_limits<double>::quiet_NaN());
    chance.p = chance.q = chance.pair_p[0].clone();
    return chance;
  }
  chance.best_null = best_of_surrogates(atoms, runs, making, networks, options, compute);
  std::vector<Tensor> rows;
  for (int64_t atom = 0; atom < iou.size(0); ++atom) rows.push_back(permutation_p(iou[atom], chance.best_null));
  chance.pair_p = at::stack(rows);
  chance.p = chance.pair_p.amin(0);
  chance.q = bh_fdr(chance.p);
  return chance;
}

}  // namespace arcuate
