#include "encode/align.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {

double lanczos_kernel(double u, int lobes) {
  constexpr double pi = std::numbers::pi;
  if (u == 0.0) return 1.0;
  if (std::abs(u) >= lobes) return 0.0;
  return lobes * std::sin(pi * u) * std::sin(pi * u / lobes) / (pi * pi * u * u);
}

namespace {

double weight(double distance, double tr, const AlignOptions& options) {
  if (options.method == AlignMethod::lanczos) return lanczos_kernel(distance * options.cutoff / tr, options.lobes);
  // distance = volume - word; a word on the border between two volumes belongs to the later one
  return distance > -tr / 2 && distance <= tr / 2 ? 1.0 : 0.0;
}

double reach(double tr, const AlignOptions& options) {
  return options.method == AlignMethod::lanczos ? options.lobes * tr / options.cutoff : tr / 2;
}

bool divides_by_sum(const AlignOptions& options) {
  return options.method == AlignMethod::mean || (options.method == AlignMethod::lanczos && options.normalize);
}

// Weights of the words `near` for one volume.
void fill_row(double* row, std::span<const double> times, const std::vector<int64_t>& near, double volume, double tr,
              const AlignOptions& options) {
  double total = 0;
  for (size_t j = 0; j < near.size(); ++j)
    total += row[j] = weight(volume - times[static_cast<size_t>(near[j])], tr, options);
  if (!divides_by_sum(options) || total == 0.0) return;
  for (size_t j = 0; j < near.size(); ++j) row[j] /= total;
}

}  // namespace

at::Tensor align(const at::Tensor& values, std::span<const double> times, std::span<const double> volumes, double tr,
                 const AlignOptions& options) {
  if (values.size(0) != static_cast<int64_t>(times.size()))
    bad_input("{} feature rows for {} word times: one row a word is needed", values.size(0), times.size());
  if (options.lobes < 1 || options.cutoff <= 0)
    bad_usage("Lanczos needs at least one lobe and a positive cutoff, found {} and {}", options.lobes, options.cutoff);
  const auto x = values.to(at::kDouble);
  const auto count = static_cast<int64_t>(volumes.size());
  auto aligned = at::zeros({count, x.size(1)}, at::kDouble);
  // Blocks of volumes keep the weight matrix small: only words within reach of the block take part.
  constexpr int64_t block = 128;
  for (int64_t first = 0; first < count; first += block) {
    const int64_t last = std::min(count, first + block);
    const auto part = volumes.subspan(static_cast<size_t>(first), static_cast<size_t>(last - first));
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    std::vector<int64_t> near;
    for (size_t k = 0; k < times.size(); ++k)
      if (times[k] >= *low - reach(tr, options) && times[k] <= *high + reach(tr, options))
        near.push_back(static_cast<int64_t>(k));
    if (near.empty()) continue;
    auto weights = at::empty({last - first, static_cast<int64_t>(near.size())}, at::kDouble);
    for (int64_t i = 0; i < last - first; ++i)
      fill_row(weights.data_ptr<double>() + i * weights.size(1), times, near, part[static_cast<size_t>(i)], tr,
               options);
    aligned.slice(0, first, last).copy_(weights.mm(x.index_select(0, index_tensor(near))));
  }
  return aligned;
}

}  // namespace arcuate
