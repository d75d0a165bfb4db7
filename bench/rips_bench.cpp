// Vietoris-Rips barcodes of points on a sphere, whose bar of dimension 2 is the longest, and of a cloud of many axes.
// The program is parallel over files and not within one, so these cases have one thread.
#include "support.h"
#include "topology/rips.h"

namespace arcuate::bench {
namespace {

struct Cloud {
  int64_t points, axes;
  bool sphere;
  int dimension;
};

constexpr Cloud sphere{.points = 200, .axes = 3, .sphere = true, .dimension = 2};
constexpr Cloud loops{.points = 400, .axes = 3, .sphere = true, .dimension = 1};
constexpr Cloud wide{.points = 200, .axes = 50, .sphere = false, .dimension = 1};

LowerDistances distances_of(const Cloud& cloud) {
  auto points = normals(cloud.points, cloud.axes, 8).to(at::kDouble);
  if (cloud.sphere) points = points / points.norm(2, 1, true);
  const auto exact = points.contiguous();
  return distances_of_points({exact.data_ptr<double>(), static_cast<size_t>(exact.numel())}, cloud.points, {});
}

void barcode(benchmark::State& state, const Cloud& cloud) {
  const auto distances = distances_of(cloud);
  const RipsOptions options{.dimension = cloud.dimension};
  std::vector<Diagram> diagrams;
  for (auto _ : state) diagrams = rips_barcode(distances, options);
  state.counters["bars"] = static_cast<double>(diagrams.back().size());
}

BENCHMARK_CAPTURE(barcode, sphere_200_dim_2, sphere)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(barcode, sphere_400_dim_1, loops)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(barcode, normal_200x50_dim_1, wide)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace arcuate::bench
