#include "brain/smooth.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "io/nifti.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double cut = 4;  // standard deviations

double deviation_of(double fwhm) { return fwhm / std::sqrt(8 * std::log(2)); }

// V: 1 where a column varies and is finite.
Tensor taking_part(const Tensor& x) {
  return at::isfinite(x).all(0).logical_and(x.ne(x.slice(0, 0, 1)).any(0)).to(at::kDouble);
}

// n x n: row i holds the weights of all places along an axis for place i.
Tensor gaussian_weights(int64_t n, double deviation) {
  const auto place = at::arange(n, at::kDouble);
  const auto distance = (place.unsqueeze(1) - place).abs();
  const auto reach = std::floor(cut * deviation + 0.5);
  return at::exp(-0.5 * (distance / deviation).square()).masked_fill(distance > reach, 0);
}

// x, y, z float64.
struct GaussianBlur {
  Tensor along_x, along_y, along_z;
  Tensor operator()(const Tensor& volume) const {
    const auto sizes = volume.sizes();
    const auto z = volume.matmul(along_z.t());
    const auto y = at::matmul(along_y, z);
    return along_x.mm(y.reshape({sizes[0], -1})).view(sizes);
  }
};

// Places of the grid's voxels in a volume of x, y, z in C order.
Tensor flat_places(const VoxelGrid& grid) {
  const auto& v = grid.voxels;
  return (v.select(1, 0) * grid.shape[1] + v.select(1, 1)) * grid.shape[2] + v.select(1, 2);
}

}  // namespace

Tensor smoothed_in_volume(const Tensor& series, const VoxelGrid& grid, double fwhm) {
  auto x = series.to(at::kDouble, false, true).contiguous();
  const auto size = voxel_sizes(grid.affine);
  const auto weights = [&](size_t axis) { return gaussian_weights(grid.shape[axis], deviation_of(fwhm) / size[axis]); };
  const GaussianBlur blur{weights(0), weights(1), weights(2)};
  const auto places = flat_places(grid);
  const auto spread = [&](const Tensor& values) {  // V numbers -> blurred, at the voxels again
    auto volume = at::zeros({grid.shape[0], grid.shape[1], grid.shape[2]}, at::kDouble);
    volume.view(-1).index_copy_(0, places, values);
    return blur(volume).reshape(-1).index_select(0, places);
  };
  const auto part = taking_part(x);
  const auto total = spread(part);
  for (int64_t t = 0; t < x.size(0); ++t) {
    auto row = x[t];
    row.copy_(at::where(part > 0, spread(at::where(part > 0, row, at::zeros_like(row))) / total, row));
  }
  return x;
}

namespace {

// Neighbours of each target among those that take part, and how far to go towards their mean in a step.
struct Diffusion {
  std::vector<std::vector<int64_t>> neighbours{};
  std::vector<double> squared{};  // mean length of a target's edges, squared
};

Diffusion diffusion(const Mesh& mesh, const std::vector<int64_t>& vertices, const Tensor& part) {
  const auto around = neighbours(mesh);
  const auto points = mesh.points.to(at::kDouble).contiguous();
  const auto point = points.accessor<double, 2>();
  const auto takes_part = part.accessor<double, 1>();
  std::vector<int64_t> target_of(static_cast<size_t>(points.size(0)), -1);
  for (size_t v = 0; v < vertices.size(); ++v)
    if (takes_part[static_cast<int64_t>(v)] > 0) target_of[static_cast<size_t>(vertices[v])] = static_cast<int64_t>(v);
  Diffusion result{.neighbours = std::vector<std::vector<int64_t>>(vertices.size()),
                   .squared = std::vector<double>(vertices.size(), 0)};
  for (size_t v = 0; v < vertices.size(); ++v) {
    if (takes_part[static_cast<int64_t>(v)] == 0) continue;
    for (const int32_t other : around.of(vertices[v])) {
      if (target_of[static_cast<size_t>(other)] < 0) continue;
      result.neighbours[v].push_back(target_of[static_cast<size_t>(other)]);
      for (int64_t axis = 0; axis < 3; ++axis)
        result.squared[v] += std::pow(point[vertices[v]][axis] - point[other][axis], 2);
    }
    if (!result.neighbours[v].empty()) result.squared[v] /= static_cast<double>(result.neighbours[v].size());
  }
  return result;
}

double median_of_positive(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !(value > 0); });
  if (values.empty()) return 0;
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Tensor smoothed_on_surface(const Tensor& series, const Mesh& mesh, const std::vector<int64_t>& vertices, double fwhm) {
  const auto given = series.to(at::kDouble);
  const auto along = diffusion(mesh, vertices, taking_part(given));
  const double variance = std::pow(deviation_of(fwhm), 2), usual = median_of_positive(along.squared);
  const auto steps = usual > 0 ? static_cast<int64_t>(std::ceil(4 * variance / usual)) : 0;
  auto x = given.t().clone(at::MemoryFormat::Contiguous), next = x.clone();  // V x T: a target's moments side by side
  const int64_t volumes = x.size(1);
  for (int64_t step = 0; step < steps; ++step) {
    const double* from = x.data_ptr<double>();
    double* to = next.data_ptr<double>();
    for (size_t v = 0; v < vertices.size(); ++v) {
      const auto& others = along.neighbours[v];
      if (others.empty()) continue;
      const double w = std::min(1.0, 2 * variance / (static_cast<double>(steps) * along.squared[v]));
      const double share = w / static_cast<double>(others.size());
      const auto at_target = static_cast<int64_t>(v) * volumes;
      for (int64_t t = 0; t < volumes; ++t) to[at_target + t] = (1 - w) * from[at_target + t];
      for (const int64_t other : others)
        for (int64_t t = 0; t < volumes; ++t) to[at_target + t] += share * from[other * volumes + t];
    }
    std::swap(x, next);
  }
  return x.t().contiguous();
}

}  // namespace arcuate
