#include "simulate/cortex.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double sphere_radius = 100;                 // mm, as is usual for spheres
constexpr double front = 85, above = 64, below = 52;  // mm from the centre
constexpr double outer = 50, inner = 18, gap = 1;     // mm: lateral and medial half; from the midline
constexpr double occipital_taper = 0.12;              // share of width and height lost at the back
constexpr double roundness = 2.6;                     // exponent of the outline seen from the side; 2 is an ellipse
constexpr double deepest = 8;                         // mm: less than the radius of the sharpest edge, so that no wall
                                                      // of a sulcus meets another
constexpr int waves = 64;                             // in the random field
constexpr double waves_per_fold = 1.5;                // a fold to the next is half a wave, longer where waves meet the
                                                      // surface at a slant
constexpr double band = 0.25;                         // half-width of the band of wave numbers, a share
constexpr double flat_share = 0.15;  // by how much the outer half of the flat map is larger than on a sphere

// A ridge (height > 0) or a valley along an arc of the sphere, with the profile of a normal curve.
struct Landmark {
  Arc middle;
  double width;   // degrees
  double height;  // mm
};

std::vector<Landmark> lobes() {
  return {
      {{{50, -40}, {-10, -30}}, 13, 7},    // temporal lobe
      {{{80, -42}, {84, -30}}, 14, -6},    // below the frontal lobe, before the temporal pole
      {{{-60, -46}, {-80, -42}}, 16, -6},  // where the cerebellum lies
  };
}

std::vector<Landmark> large_sulci() {
  return {
      {{{52, -20}, {-22, 10}}, 5, -16},   // lateral fissure
      {{{-22, 10}, {-32, 24}}, 4, -9},    // its end, turning up
      {{{8, 22}, {-14, 72}}, 4, -7},      // central sulcus
      {{{132, -6}, {146, 38}}, 4, -4},    // cingulate sulcus: in front of the medial wall,
      {{{146, 38}, {-150, 42}}, 4, -4},   // above it
      {{{-150, 42}, {-120, 60}}, 4, -4},  // and up to the edge
  };
}

// Rows of `sphere` (length 1) to half an ellipsoid, mm.
Tensor half_ellipsoid(const Tensor& sphere) {
  const auto u = -sphere.select(1, 0), y = sphere.select(1, 1), z = sphere.select(1, 2);
  const auto medial = 1 - (1 - u.clamp_max(0).abs()).pow(3);  // rises fast: the medial side is flat
  const auto width = outer * u.clamp_min(0) - inner * medial + inner + gap;
  const auto taper = 1 - occipital_taper * y.clamp_max(0).square();
  const auto superellipse = (y.abs().pow(roundness) + z.abs().pow(roundness)).pow(1 / roundness);
  const auto swell = at::hypot(y, z).clamp_min(1e-12) / superellipse.clamp_min(1e-12);
  return at::stack({-width * taper, front * y * swell, at::where(z < 0, below * z, above * z) * taper * swell}, 1);
}

// A random field of mean 0 and variance 1 at each point: a sum of plane waves in space.
Tensor random_field(const Tensor& points, double wavelength, uint64_t seed) {
  Random random(derive_seed(seed, "folds of the cortex"));
  std::vector<double> vectors, phases;
  for (int k = 0; k < waves; ++k) {
    const double x = random.normal(), y = random.normal(), z = random.normal();
    const double number = 2 * std::numbers::pi / wavelength * (1 + band * (2 * random.uniform() - 1));
    const double scale = number / std::hypot(x, y, z);
    vectors.insert(vectors.end(), {x * scale, y * scale, z * scale});
    phases.push_back(2 * std::numbers::pi * random.uniform());
  }
  const auto angles = points.mm(to_tensor(vectors).view({waves, 3}).t()) + to_tensor(phases);
  return angles.cos().sum(1) * std::sqrt(2.0 / waves);
}

double mean_edge(const Mesh& mesh) {
  const double area = vertex_areas(mesh).sum().item<double>();
  const auto triangles = static_cast<double>(mesh.triangles.size(0));
  return std::sqrt(area / triangles * 4 / std::numbers::sqrt3);  // as if all triangles were equilateral
}

// 0 within the patch, 1 beyond 12 degrees from it.
Tensor away_from(const Tensor& sphere, const Patch& patch) {
  const auto t = ((degrees_to(sphere, patch.middle) - patch.radius) / 12).clamp(0, 1);
  return t * t * (3 - 2 * t);
}

// The landmarks' height over each vertex, mm.
Tensor heights(const std::vector<Landmark>& landmarks, const Tensor& sphere) {
  auto height = at::zeros({sphere.size(0)}, at::kDouble);
  for (const auto& [middle, degrees, mm] : landmarks)
    height += mm * (-(degrees_to(sphere, middle) / degrees).square()).exp();
  return height;
}

Mesh displaced(const Mesh& mesh, const Tensor& height) {
  return {mesh.points + vertex_normals(mesh) * height.unsqueeze(1), mesh.triangles};
}

Mesh smooth_hemisphere(const Mesh& sphere) {
  return displaced({half_ellipsoid(sphere.points), sphere.triangles}, heights(lobes(), sphere.points));
}

// Depth below the smooth hemisphere, mm: 0 on the crowns of gyri. The field's slope where it crosses 0 is about
// 2 pi / wavelength, which turns the width from mm into values of the field.
Tensor sulcal_depth(const Mesh& sphere, const Mesh& smooth, const CortexOptions& options) {
  const double wavelength = waves_per_fold * options.fold_spacing;
  const double width = std::max(options.fold_width, mean_edge(smooth)) * 2 * std::numbers::pi / wavelength;
  const auto field = random_field(smooth.points, wavelength, options.seed) / width;
  const auto depth = options.fold_depth * (-field * field).exp() - heights(large_sulci(), sphere.points);
  return deepest * (depth / deepest).tanh() * away_from(sphere.points, cortex_patch("medial_wall"));
}

// Every vertex to the mean of its neighbours, again and again. On a mesh of regular triangles each pass spreads a point
// by edge / sqrt(2).
Tensor smoothed(const Mesh& mesh, double mm) {
  const auto graph = neighbours(mesh);
  const double edge = mean_edge(mesh);
  const int passes = static_cast<int>(std::lround(2 * mm * mm / (edge * edge)));
  Tensor points = mesh.points.clone(), next = at::empty_like(points);
  for (int pass = 0; pass < passes; ++pass) {
    const double* from = points.data_ptr<double>();
    double* to = next.data_ptr<double>();
    for (int64_t v = 0; v < points.size(0); ++v, to += 3) {
      const auto around = graph.of(v);
      const double share = 1 / static_cast<double>(around.size());
      to[0] = to[1] = to[2] = 0;
      for (const int32_t n : around)
        for (int axis = 0; axis < 3; ++axis) to[axis] += share * from[3 * n + axis];
    }
    std::swap(points, next);
  }
  return points;
}

double area(const Mesh& mesh) { return vertex_areas(mesh).sum().item<double>(); }

// Smoothing shrinks; scaling gives the area back. The surface stays on its side of the midline.
Mesh inflate(const Mesh& anatomical, double mm) {
  Mesh inflated{.points = smoothed(anatomical, mm), .triangles = anatomical.triangles};
  const auto middle = inflated.points.mean(0);
  inflated.points = (inflated.points - middle) * std::sqrt(area(anatomical) / area(inflated)) + middle;
  auto x = inflated.points.select(1, 0);
  x.sub_(x.max() + gap);
  return inflated;
}

Tensor triangles_outside(const Mesh& mesh, const Tensor& keys, int left_out) {
  const auto corner_keys = keys.index_select(0, mesh.triangles.view({-1}).to(at::kLong)).view({-1, 3});
  return mesh.triangles.index({at::logical_not((corner_keys == left_out).any(1))}).contiguous();
}

// An azimuthal projection of the sphere about the middle of the outer side: Lambert's equal-area one, but for
// `flat_share`, because the outer side of the hemisphere is larger than its medial side. Stretched to the length and
// height of the hemisphere and scaled to its area. Seen from outside: the front of the left hemisphere is at -x.
Mesh flatten(const Mesh& sphere, const Mesh& anatomical, const Tensor& keys) {
  Mesh flat{.triangles = triangles_outside(sphere, keys, cortex_patch("medial_wall").region.key)};
  const auto x = sphere.points.select(1, 0), y = sphere.points.select(1, 1), z = sphere.points.select(1, 2);
  const auto from_axis = at::hypot(y, z).clamp_min(1e-12);
  const auto share = ((1 + x) / 2).clamp(0, 1);  // of the sphere's area that is nearer to the middle
  const auto radius = 2 * (share * (1 + flat_share * (1 - share))).sqrt();
  const double stretch = std::sqrt(2 * front / (above + below));
  flat.points = at::stack({-y / from_axis * radius * stretch, z / from_axis * radius / stretch, at::zeros_like(x)}, 1);
  flat.points = flat.points * std::sqrt(area({anatomical.points, flat.triangles}) / area(flat));
  return flat;
}

Mesh finished(const Mesh& left, Hemisphere hemisphere) {
  if (hemisphere == Hemisphere::left) return {left.points.to(at::kFloat), left.triangles};
  const auto mirror = to_tensor(std::array{-1.0, 1.0, 1.0});
  return {(left.points * mirror).to(at::kFloat),
          at::stack({left.triangles.select(1, 0), left.triangles.select(1, 2), left.triangles.select(1, 1)}, 1)};
}

void check_options(const CortexOptions& options) {
  Problems problems("the cortex cannot be made", Fault::usage);
  const auto check = [&](const char* name, double value, double smallest, double largest) {
    if (!(value >= smallest && value <= largest))
      problems.add("{} is {}, {} to {} expected", name, value, smallest, largest);
  };
  const std::vector<int64_t> sizes{162, 642, 2562, 10242, 40962};
  if (std::find(sizes.begin(), sizes.end(), options.vertices) == sizes.end())
    problems.add("vertices is {}, 162, 642, 2562, 10242 or 40962 expected", options.vertices);
  check("fold_spacing", options.fold_spacing, 10, 100);
  check("fold_depth", options.fold_depth, 0, 12);
  check("fold_width", options.fold_width, 1, 20);
  check("inflation", options.inflation, 0, 30);
  problems.raise();
}

}  // namespace

CorticalSurfaces make_cortex(const CortexOptions& options, Hemisphere hemisphere) {
  check_options(options);
  const Mesh sphere = icosphere(options.vertices);
  const Mesh smooth = smooth_hemisphere(sphere);
  const auto depth = sulcal_depth(sphere, smooth, options);
  const Mesh anatomical = displaced(smooth, -depth);
  const auto patches = label_patches(sphere.points);
  return {.anatomical = finished(anatomical, hemisphere),
          .inflated = finished(inflate(anatomical, options.inflation), hemisphere),
          .flat = finished(flatten(sphere, anatomical, patches.keys), hemisphere),
          .sphere = finished({sphere.points * sphere_radius, sphere.triangles}, hemisphere),
          .sulcal_depth = (depth - depth.mean()).to(at::kFloat),
          .patches = patches};
}

}  // namespace arcuate
