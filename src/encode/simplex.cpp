#include "encode/simplex.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

using Vector = std::vector<double>;

// A symmetric matrix, row after row.
struct Products {
  const double* values = nullptr;
  size_t size = 0;
  double at(size_t i, size_t j) const { return values[i * size + j]; }
};

// x with A x = 1 for a symmetric positive definite A of n rows (overwritten by its Cholesky factor); nothing when it is
// singular to rounding.
std::optional<Vector> solve_ones(Vector& a, size_t n) {
  constexpr double rounding = 1e-13;
  Vector x(n, 1);
  for (size_t j = 0; j < n; ++j) {
    const double whole = a[j * n + j];
    for (size_t k = 0; k < j; ++k) a[j * n + j] -= a[j * n + k] * a[j * n + k];
    if (!(a[j * n + j] > rounding * whole)) return std::nullopt;
    a[j * n + j] = std::sqrt(a[j * n + j]);
    for (size_t i = j + 1; i < n; ++i) {
      for (size_t k = 0; k < j; ++k) a[i * n + j] -= a[i * n + k] * a[j * n + k];
      a[i * n + j] /= a[j * n + j];
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) x[i] -= a[i * n + k] * x[k];
    x[i] /= a[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) x[i] -= a[k * n + i] * x[k];
    x[i] /= a[i * n + i];
  }
  return x;
}

// The minimum over the plane sum s = 1 of the face `support`, signs free. With c > 0, P + c 1 1' has the same minimum
// there, and is positive definite wherever the vertices are affinely independent.
std::optional<Vector> plane_minimum(const Products& p, const std::vector<size_t>& support) {
  const size_t n = support.size();
  double shift = 0;
  for (const size_t i : support) shift = std::max(shift, p.at(i, i));
  Vector a(n * n);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j) a[i * n + j] = p.at(support[i], support[j]) + shift;
  auto x = solve_ones(a, n);
  if (!x) return x;
  double sum = 0;
  for (const double value : *x) sum += value;
  for (double& value : *x) value /= sum;
  return x;
}

// Weights on a face; `weight` belongs to `support`.
struct Face {
  std::vector<size_t> support{};
  Vector weight{};
};

// Goes from the face's weights towards the plane's minimum as far as the simplex reaches; true when it is reached.
bool step_towards(const Vector& target, Face& face) {
  constexpr double zero = 1e-14;
  double reach = 1;
  for (size_t i = 0; i < target.size(); ++i)
    if (target[i] <= zero) reach = std::min(reach, face.weight[i] / std::max(face.weight[i] - target[i], zero));
  const bool inside = std::all_of(target.begin(), target.end(), [](double t) { return t > zero; });
  if (inside) reach = 1;
  Face next;
  for (size_t i = 0; i < target.size(); ++i) {
    const double weight = face.weight[i] + reach * (target[i] - face.weight[i]);
    if (weight > zero) next.support.push_back(face.support[i]), next.weight.push_back(weight);
  }
  face = next;
  return inside;
}

// P s for weights of a face.
Vector gradient(const Products& p, const Face& face) {
  Vector g(p.size, 0);
  for (size_t j = 0; j < p.size; ++j)
    for (size_t i = 0; i < face.support.size(); ++i) g[j] += p.at(j, face.support[i]) * face.weight[i];
  return g;
}

size_t smallest_diagonal(const Products& p) {
  size_t best = 0;
  for (size_t i = 1; i < p.size; ++i)
    if (p.at(i, i) < p.at(best, best)) best = i;
  return best;
}

Face minimise(const Products& p) {
  constexpr double tolerance = 1e-12;  // of the descent that is left, relative to the largest P_ii
  double scale = 0;
  for (size_t i = 0; i < p.size; ++i) scale = std::max(scale, p.at(i, i));
  Face face{.support = {smallest_diagonal(p)}, .weight = {1}};
  for (size_t round = 0; round < 100 * p.size; ++round) {
    const auto g = gradient(p, face);
    double value = 0;
    for (size_t i = 0; i < face.support.size(); ++i) value += face.weight[i] * g[face.support[i]];
    const auto entering = static_cast<size_t>(std::min_element(g.begin(), g.end()) - g.begin());
    if (g[entering] >= value - tolerance * scale) break;
    if (std::find(face.support.begin(), face.support.end(), entering) != face.support.end()) break;
    const Face before = face;
    face.support.push_back(entering), face.weight.push_back(0);
    for (bool inside = false; !inside;) {
      const auto target = plane_minimum(p, face.support);
      if (!target) return before;  // the vertex depends on the face to rounding, and adds nothing
      inside = step_towards(*target, face);
    }
  }
  return face;
}

void check(const Tensor& products) {
  if (products.dim() != 3 || products.size(1) != products.size(2) || products.size(1) == 0)
    bad_input("products of residuals are {}: expected targets x models x models", shape_text(products));
  if (!at::isfinite(products).all().item<bool>() || (products.diagonal(0, 1, 2) < 0).any().item<bool>())
    bad_input("products of residuals must be finite, and those of a model with itself not negative");
}

}  // namespace

Tensor simplex_minimum(const Tensor& products, const Compute& compute) {
  check(products);
  const auto exact = products.to(at::kDouble).contiguous();
  const int64_t targets = exact.size(0), models = exact.size(1);
  auto weights = at::zeros({targets, models}, at::kDouble);
  const double* from = exact.data_ptr<double>();
  double* to = weights.data_ptr<double>();
  parallel_for(targets, compute.threads, [&](int64_t v) {
    const auto face = minimise({from + v * models * models, static_cast<size_t>(models)});
    double sum = 0;
    for (const double weight : face.weight) sum += weight;
    for (size_t i = 0; i < face.support.size(); ++i)
      to[v * models + static_cast<int64_t>(face.support[i])] = face.weight[i] / sum;
  });
  return weights;
}

Tensor simplex_gap(const Tensor& products, const Tensor& weights) {
  check(products);
  const auto p = products.to(at::kDouble), s = weights.to(at::kDouble);
  const auto scale = p.diagonal(0, 1, 2).amax(1).clamp_min(1e-300);
  const auto g = p.bmm(s.unsqueeze(2)).squeeze(2), value = (s * g).sum(1);
  const auto descent = (value - g.amin(1)) / scale;
  const auto above = at::where(s > 0, g - value.unsqueeze(1), at::zeros_like(g)).amax(1) / scale;
  const auto sum = (s.sum(1) - 1).abs(), negative = -s.amin(1);
  return at::stack({descent, above, sum, negative}).amax(0).clamp_min(0);
}

}  // namespace arcuate
