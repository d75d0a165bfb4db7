#include "core/tensor.h"

#include <ATen/ATen.h>

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

}  // namespace arcuate
