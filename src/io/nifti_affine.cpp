#include "io/nifti_affine.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "io/nifti.h"

namespace arcuate {
namespace {

double determinant(const at::Tensor& m) {
  const auto a = m.accessor<double, 2>();
  return a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0]) +
         a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);
}

// 3 x 3: the grid's axes as columns.
at::Tensor axes_of(const at::Tensor& affine) { return affine.slice(0, 0, 3).slice(1, 0, 3); }

at::Tensor rotation_of_quaternion(const std::array<double, 3>& quaternion) {
  const auto [b, c, d] = quaternion;
  const double squares = b * b + c * c + d * d;
  const double length = std::sqrt(std::max(squares, 1.0));  // rounded numbers may be a little too long
  const double a = std::sqrt(std::max(0.0, 1 - squares));
  const double w = a / length, x = b / length, y = c / length, z = d / length;
  const double rows[] = {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
                         2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
                         2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
  return to_tensor(rows).reshape({3, 3});
}

// The largest of a, b, c, d is found first: the others are divided by it.
std::array<double, 3> quaternion_of_rotation(const at::Tensor& rotation) {
  const auto r = rotation.accessor<double, 2>();
  const double trace = r[0][0] + r[1][1] + r[2][2];
  const std::array squares{1 + trace, 1 + 2 * r[0][0] - trace, 1 + 2 * r[1][1] - trace, 1 + 2 * r[2][2] - trace};
  const auto largest = std::max_element(squares.begin(), squares.end()) - squares.begin();
  const double s = 2 * std::sqrt(squares[static_cast<size_t>(largest)]);
  const double ab = r[2][1] - r[1][2], ac = r[0][2] - r[2][0], ad = r[1][0] - r[0][1];
  const double bc = r[0][1] + r[1][0], bd = r[0][2] + r[2][0], cd = r[1][2] + r[2][1];
  std::array<double, 4> q{s / 4, ab / s, ac / s, ad / s};
  if (largest == 1) q = {ab / s, s / 4, bc / s, bd / s};
  if (largest == 2) q = {ac / s, bc / s, s / 4, cd / s};
  if (largest == 3) q = {ad / s, bd / s, cd / s, s / 4};
  const double sign = q[0] < 0 ? -1 : 1;
  return {sign * q[1], sign * q[2], sign * q[3]};
}

at::Tensor affine_of(const at::Tensor& axes, const std::array<double, 3>& offset) {
  auto affine = at::eye(4, at::kDouble);
  axes_of(affine).copy_(axes);
  affine.slice(0, 0, 3).select(1, 3).copy_(to_tensor(offset));
  return affine;
}

}  // namespace

at::Tensor affine_of_qform(const Qform& qform) {
  const auto [x, y, z] = qform.size;
  const double sizes[] = {x, y, z * qform.handedness};
  return affine_of(rotation_of_quaternion(qform.quaternion) * to_tensor(sizes), qform.offset);
}

Qform qform_of_affine(const at::Tensor& affine) {
  Qform qform;
  qform.size = voxel_sizes(affine);
  auto axes = axes_of(affine) / to_tensor(qform.size);
  qform.handedness = determinant(axes) < 0 ? -1 : 1;
  axes.select(1, 2).mul_(qform.handedness);
  const auto [u, s, v] = at::linalg_svd(axes);  // u v is the rotation next to it
  qform.quaternion = quaternion_of_rotation(u.matmul(v).contiguous());
  for (int64_t i = 0; i < 3; ++i) qform.offset[static_cast<size_t>(i)] = affine[i][3].item<double>();
  return qform;
}

at::Tensor affine_of_sizes(const std::array<double, 3>& size, std::span<const int64_t> shape) {
  auto affine = at::eye(4, at::kDouble);
  for (size_t i = 0; i < 3; ++i) {
    const auto step = i == 0 ? -size[i] : size[i];
    const auto axis = static_cast<int64_t>(i);
    const auto count = i < shape.size() ? shape[i] : 1;
    affine[axis][axis] = step;
    affine[axis][3] = -step * (static_cast<double>(count) - 1) / 2;
  }
  return affine;
}

bool is_invertible(const at::Tensor& affine) {
  if (!all_finite(affine)) return false;
  const auto sizes = voxel_sizes(affine);
  if (std::any_of(sizes.begin(), sizes.end(), [](double size) { return size < 1e-30 || size > 1e30; })) return false;
  return std::abs(determinant(axes_of(affine) / to_tensor(sizes))) > 1e-6;  // 0: flat; 1: at right angles
}

std::array<double, 3> voxel_sizes(const at::Tensor& affine) {
  const auto sizes = axes_of(affine).square().sum(0).sqrt();
  return {sizes[0].item<double>(), sizes[1].item<double>(), sizes[2].item<double>()};
}

// Axes of the grid that are nearest to one of space choose first.
std::string orientation(const at::Tensor& affine) {
  const auto cosines = axes_of(affine) / to_tensor(voxel_sizes(affine));
  auto nearness = cosines.abs();
  constexpr const char* names[] = {"LR", "PA", "IS"};
  constexpr double taken = -1;
  std::string text(3, '?');
  for (int chosen = 0; chosen < 3; ++chosen) {
    const auto place = nearness.argmax().item<int64_t>(), space = place / 3, grid = place % 3;
    text[static_cast<size_t>(grid)] = names[space][cosines[space][grid].item<double>() > 0];
    nearness.select(0, space).fill_(taken);
    nearness.select(1, grid).fill_(taken);
  }
  return text;
}

}  // namespace arcuate
