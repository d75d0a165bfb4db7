#include "core/tensor.h"

#include <ATen/ATen.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include "core/random.h"

namespace arcuate {

at::Tensor to_tensor(std::span<const double> values) {
  auto tensor = at::empty({static_cast<int64_t>(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), tensor.data_ptr<double>());
  return tensor;
}

std::vector<double> to_vector(const at::Tensor& tensor) {
  const auto flat = tensor.to(at::kCPU, at::kDouble).contiguous();
  const auto* data = flat.data_ptr<double>();
  return {data, data + flat.numel()};
}

std::string shape_text(const at::Tensor& tensor) {
  std::string text;
  for (auto size : tensor.sizes()) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text.empty() ? "scalar" : text;
}

at::Tensor index_tensor(std::span<const int64_t> rows) {
  auto tensor = at::empty({static_cast<int64_t>(rows.size())}, at::kLong);
  std::copy(rows.begin(), rows.end(), tensor.data_ptr<int64_t>());
  return tensor;
}

at::Tensor random_normals(int64_t rows, int64_t columns, uint64_t seed) {
  Random random(seed);
  auto values = at::empty({rows, columns}, at::kDouble);
  auto* value = values.data_ptr<double>();
  for (int64_t i = 0; i < values.numel(); ++i) value[i] = random.normal();
  return values;
}

at::Tensor empty_in_large_pages(at::IntArrayRef sizes, at::ScalarType type) {
  constexpr size_t worthwhile = size_t{32} << 20;  // and what malloc maps for itself alone (core/parallel.cpp)
  auto tensor = at::empty(sizes, type);
  if (tensor.nbytes() <= worthwhile) return tensor;
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<uintptr_t>(tensor.data_ptr()) + page - 1) / page * page,
             end = reinterpret_cast<uintptr_t>(tensor.data_ptr()) + tensor.nbytes();
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // advice: to fail does no harm
  return tensor;
}

template <class T>
static bool all_finite_in(const at::Tensor& values) {
  const T* data = values.data_ptr<T>();
  bool finite = true;
  for (int64_t i = 0; i < values.numel(); ++i) finite &= std::abs(data[i]) <= std::numeric_limits<T>::max();
  return finite;
}

bool all_finite(const at::Tensor& tensor) {
  if (!tensor.is_floating_point()) return true;
  const auto values = tensor.contiguous();
  return values.scalar_type() == at::kFloat ? all_finite_in<float>(values)
                                            : all_finite_in<double>(values.to(at::kDouble));
}

}  // namespace arcuate
