#include "core/tile_product.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <memory>

#include "core/tile_kernel.h"

namespace arcuate {

using at::Tensor;
using tiles::Bf16;
using tiles::blocks_of;
using tiles::Factor;
using tiles::panel_numbers;
using tiles::Parts;
using tiles::Rows;
using tiles::side;

namespace {

// A packed factor, aligned as the units' loads want it. Not filled: packing writes all that is read.
class Packed {
 public:
  explicit Packed(int64_t numbers)
      : values_(std::make_unique_for_overwrite<Bf16[]>(static_cast<size_t>(numbers) + side)) {}
  Bf16* data() {
    const auto address = reinterpret_cast<uintptr_t>(values_.get());
    return values_.get() + (64 - address % 64) % 64 / sizeof(Bf16);
  }

 private:
  std::unique_ptr<Bf16[]> values_;
};

constexpr Parts parts_of(const float*) { return Parts::three; }
constexpr Parts parts_of(const at::BFloat16*) { return Parts::one; }
void pack_numbers(const Rows<float>& from, Factor factor, Bf16* out) { tiles::pack(from, factor, Parts::three, out); }
void pack_numbers(const Rows<at::BFloat16>& from, Factor factor, Bf16* out) { tiles::pack(from, factor, out); }

// Parts of the inner dimension and of the columns that stay in the nearest caches, and of the rows that are packed at
// once.
constexpr int64_t inner_step = 768, column_step = 256, row_step = 4096;

// out: rows and columns filled up to whole blocks; bias as long as its columns.
template <class T>
void multiply_rows(const Rows<T>& x, const Rows<T>& weight, const float* bias, float* out) {
  const auto parts = parts_of(x.values);
  const int64_t columns = blocks_of(weight.rows) * side, most = panel_numbers(std::min(inner_step, x.columns), parts);
  Packed left(blocks_of(x.rows) * most), right(column_step / side * most);
  const tiles::InUse units;
  for (int64_t k = 0; k < x.columns; k += inner_step) {
    const int64_t inner = std::min(inner_step, x.columns - k), panel = panel_numbers(inner, parts);
    pack_numbers(Rows<T>{x.values + k, x.rows, inner, x.stride}, Factor::rows_of_left, left.data());
    for (int64_t first = 0; first < weight.rows; first += column_step) {
      const int64_t count = std::min(column_step, weight.rows - first);
      pack_numbers(Rows<T>{weight.values + first * weight.stride + k, count, inner, weight.stride},
                   Factor::columns_of_right, right.data());
      const bool first_step = k == 0;
      tiles::multiply({left.data(), blocks_of(x.rows), panel}, {right.data(), blocks_of(count), panel},
                      blocks_of(inner), parts,
                      {.start = first_step ? bias + first : out + first,
                       .start_stride = first_step ? 0 : columns,
                       .out = out + first,
                       .stride = columns});
    }
  }
}

template <class T>
void linear(const Rows<T>& x, const Rows<T>& weight, const float* bias, float* out) {
  const int64_t columns = blocks_of(weight.rows) * side;
  for (int64_t row = 0; row < x.rows; row += row_step)
    multiply_rows(Rows<T>{x.values + row * x.stride, std::min(row_step, x.rows - row), x.columns, x.stride}, weight,
                  bias, out + row * columns);
}

template <class T>
Rows<T> rows_of(const Tensor& matrix) {
  return {matrix.data_ptr<T>(), matrix.size(0), matrix.size(1), matrix.stride(0)};
}

}  // namespace

Tensor tile_linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const auto side_by_side = [](const Tensor& matrix) { return matrix.stride(1) == 1 ? matrix : matrix.contiguous(); };
  const auto left = side_by_side(x), right = side_by_side(weight);
  const int64_t rows = blocks_of(x.size(0)) * side, columns = blocks_of(weight.size(0)) * side;
  auto start = at::zeros({columns}, at::kFloat), sums = at::empty({rows, columns}, at::kFloat);
  if (bias.defined()) start.slice(0, 0, weight.size(0)).copy_(bias);
  if (x.scalar_type() == at::kBFloat16)
    linear(rows_of<at::BFloat16>(left), rows_of<at::BFloat16>(right), start.data_ptr<float>(), sums.data_ptr<float>());
  else
    linear(rows_of<float>(left), rows_of<float>(right), start.data_ptr<float>(), sums.data_ptr<float>());
  return sums.slice(0, 0, x.size(0)).slice(1, 0, weight.size(0)).to(x.scalar_type()).contiguous();
}

}  // namespace arcuate
