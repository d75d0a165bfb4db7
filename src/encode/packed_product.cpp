#include "encode/packed_product.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/error.h"
#include "core/tile_product.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace arcuate::ridge {

using at::Tensor;

namespace {

// To the nearest, ties to even; numbers are finite.
uint32_t to_bf16(float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
}

// The earlier number in the lower half.
float pair_of(float first, float second) {
  const uint32_t bits = to_bf16(first) | to_bf16(second) << 16;
  float pair = 0;
  std::memcpy(&pair, &bits, sizeof bits);
  return pair;
}

int64_t steps_of(int64_t inner, Packing packing) {
  if (for_tiles(packing)) return tiles::blocks_of(inner);
  return packing == Packing::vectors_f32 ? inner : (inner + 1) / 2;
}
tiles::Parts parts_of(Packing packing) { return is_bf16(packing) ? tiles::Parts::one : tiles::Parts::three; }
tiles::Bf16* as_bf16(float* values) { return reinterpret_cast<tiles::Bf16*>(values); }
const tiles::Bf16* as_bf16(const float* values) { return reinterpret_cast<const tiles::Bf16*>(values); }
tiles::Rows<float> rows_of(const Tensor& matrix) {
  return {matrix.data_ptr<float>(), matrix.size(0), matrix.size(1), matrix.stride(0)};
}

constexpr int64_t panel_rows = panel_shape(Packing::vectors_f32).rows,
                  panel_columns = panel_shape(Packing::vectors_f32).columns;

#if defined(__x86_64__)

#define ARCUATE_PANEL_KERNEL(name, isa, multiply_add)                                                                 \
  __attribute__((target(isa))) void name(int64_t steps, const float* a, const float* b, float* out, int64_t stride) { \
    __m512 sum[panel_rows][3];                                                                                        \
    for (auto& row : sum)                                                                                             \
      for (auto& part : row) part = _mm512_setzero_ps();                                                              \
    for (int64_t k = 0; k < steps; ++k, a += panel_rows, b += panel_columns) {                                        \
      const __m512 b0 = _mm512_loadu_ps(b), b1 = _mm512_loadu_ps(b + 16), b2 = _mm512_loadu_ps(b + 32);               \
      _Pragma("GCC unroll 8") for (int64_t i = 0; i < panel_rows; ++i) {                                              \
        const __m512 value = _mm512_set1_ps(a[i]);                                                                    \
        sum[i][0] = multiply_add(value, b0, sum[i][0]);                                                               \
        sum[i][1] = multiply_add(value, b1, sum[i][1]);                                                               \
        sum[i][2] = multiply_add(value, b2, sum[i][2]);                                                               \
      }                                                                                                               \
    }                                                                                                                 \
    for (int64_t i = 0; i < panel_rows; ++i)                                                                          \
      for (int64_t part = 0; part < 3; ++part) _mm512_storeu_ps(out + i * stride + part * 16, sum[i][part]);          \
  }

#define ARCUATE_FLOATS(x, y, sum) _mm512_fmadd_ps(x, y, sum)
#define ARCUATE_PAIRS(x, y, sum) _mm512_dpbf16_ps(sum, (__m512bh)(x), (__m512bh)(y))
ARCUATE_PANEL_KERNEL(multiply_floats, "avx512f", ARCUATE_FLOATS)
ARCUATE_PANEL_KERNEL(multiply_pairs, "avx512f,avx512bf16", ARCUATE_PAIRS)
#undef ARCUATE_PANEL_KERNEL
#undef ARCUATE_FLOATS
#undef ARCUATE_PAIRS

#endif

void pack_rows(const Tensor& rows, Packing packing, int64_t steps, float* values) {
  const int64_t inner = rows.size(1);
  const int64_t panels = (rows.size(0) + panel_rows - 1) / panel_rows;
  std::fill_n(values, panels * steps * panel_rows, 0.0F);
  for (int64_t i = 0; i < rows.size(0); ++i) {
    const float* from = rows.data_ptr<float>() + i * inner;
    float* to = values + i / panel_rows * steps * panel_rows + i % panel_rows;
    for (int64_t step = 0; step < steps; ++step)
      to[step * panel_rows] = packing == Packing::vectors_f32
                                  ? from[step]
                                  : pair_of(from[2 * step], 2 * step + 1 < inner ? from[2 * step + 1] : 0.0F);
  }
}

void pack_columns(const tiles::Rows<float>& from, const float* weights, Packing packing, int64_t steps, float* values) {
  const auto weight = [&](int64_t k) { return weights ? weights[k] : 1.0F; };
  for (int64_t step = 0; step < steps; ++step)
    for (int64_t panel = 0; panel < from.columns / panel_columns; ++panel) {
      float* to = values + (panel * steps + step) * panel_columns;
      const float* own = from.values + panel * panel_columns;
      if (packing == Packing::vectors_f32) {
        for (int64_t c = 0; c < panel_columns; ++c) to[c] = weight(step) * own[step * from.stride + c];
        continue;
      }
      const int64_t k = 2 * step;
      const bool both = k + 1 < from.rows;
      const float first = weight(k), second = both ? weight(k + 1) : 0.0F;
      const float* next = own + (both ? k + 1 : k) * from.stride;
      for (int64_t c = 0; c < panel_columns; ++c) to[c] = pair_of(first * own[k * from.stride + c], second * next[c]);
    }
}

// Panels of columns whose parts stay in the nearer caches.
constexpr int64_t column_step = 8;

}  // namespace

bool can_pack([[maybe_unused]] Packing packing) {
#if defined(__x86_64__)
  if (for_tiles(packing)) return has_tile_units();
  return __builtin_cpu_supports("avx512f") && (!is_bf16(packing) || __builtin_cpu_supports("avx512bf16"));
#else
  return false;
#endif
}

std::optional<Packing> fastest_f32_packing() {
  for (const auto packing : {Packing::tiles_f32, Packing::vectors_f32})
    if (can_pack(packing)) return packing;
  return {};
}
std::optional<Packing> fastest_bf16_packing() {
  for (const auto packing : {Packing::tiles_bf16, Packing::vectors_bf16})
    if (can_pack(packing)) return packing;
  return {};
}

Panels::Panels(Packing packing, int64_t inner, int64_t lines, int64_t lines_of_panel)
    : packing_(packing),
      count_((lines + lines_of_panel - 1) / lines_of_panel),
      steps_(steps_of(inner, packing)),
      floats_(for_tiles(packing) ? tiles::panel_numbers(inner, parts_of(packing)) / 2 : steps_ * lines_of_panel),
      values_(at::empty({count_ * floats_}, at::kFloat)),
      data_(values_.data_ptr<float>()) {}

PackedRows::PackedRows(const Tensor& matrix, Packing packing)
    : Panels(packing, matrix.size(1), matrix.size(0), panel_shape(packing).rows) {
  const auto rows = matrix.contiguous();
  if (for_tiles(packing))
    tiles::pack(rows_of(rows), tiles::Factor::rows_of_left, parts_of(packing), as_bf16(data()));
  else
    pack_rows(rows, packing, steps(), data());
}

PackedColumns::PackedColumns(const Tensor& matrix, const float* weights, Packing packing)
    : Panels(packing, matrix.size(0), matrix.size(1), panel_shape(packing).columns) {
  if (matrix.size(1) % shape().columns != 0 || matrix.stride(1) != 1)
    fail(Fault::failed, "{} columns to pack; panels hold {}, side by side", matrix.size(1), shape().columns);
  if (for_tiles(packing))
    tiles::pack_right(rows_of(matrix), weights, parts_of(packing), as_bf16(data()));
  else
    pack_columns(rows_of(matrix), weights, packing, steps(), data());
}

void multiply(const PackedRows& rows, PanelRange row_range, const PackedColumns& columns, PanelRange column_range,
              float* out, int64_t stride) {
  if (for_tiles(rows.packing())) {
    static constexpr float zeros[column_step * tiles::side] = {};
    const auto panels = [](const Panels& all, PanelRange range) {
      return tiles::Panels{as_bf16(all.panel(range.begin)), range.end - range.begin, 2 * all.floats()};
    };
    for (int64_t c = column_range.begin; c < column_range.end; c += column_step) {
      const PanelRange some{c, std::min(c + column_step, column_range.end)};
      tiles::multiply(
          panels(rows, row_range), panels(columns, some), rows.steps(), parts_of(rows.packing()),
          {.start = zeros, .start_stride = 0, .out = out + (c - column_range.begin) * tiles::side, .stride = stride});
    }
    return;
  }
#if defined(__x86_64__)
  const auto kernel = rows.packing() == Packing::vectors_f32 ? multiply_floats : multiply_pairs;
  for (int64_t c = column_range.begin; c < column_range.end; ++c)
    for (int64_t r = row_range.begin; r < row_range.end; ++r)
      kernel(rows.steps(), rows.panel(r), columns.panel(c),
             out + (r - row_range.begin) * panel_rows * stride + (c - column_range.begin) * panel_columns, stride);
#else
  fail(Fault::failed, "this processor has no kernel for packed products");
#endif
}

Tensor multiply(const PackedRows& rows, int64_t row_count, const PackedColumns& columns) {
  auto result = at::empty({rows.count() * rows.shape().rows, columns.count() * columns.shape().columns}, at::kFloat);
  const UnitsInUse units(rows.packing());
  multiply(rows, {0, rows.count()}, columns, {0, columns.count()}, result.data_ptr<float>(), result.size(1));
  return result.slice(0, 0, row_count);
}

LeftFactor::LeftFactor(const Tensor& matrix)
    : LeftFactor(matrix, matrix.is_cpu() && matrix.scalar_type() == at::kFloat ? fastest_f32_packing() : std::nullopt) {
}

LeftFactor::LeftFactor(const Tensor& matrix, std::optional<Packing> packing) : rows_(matrix.size(0)) {
  if (packing)
    packed_.emplace(matrix, *packing);
  else
    matrix_ = matrix;
}

Tensor LeftFactor::times(const Tensor& right) const {
  if (!packed_) return matrix_.mm(right);
  const auto product = [&](const Tensor& filled) {
    return multiply(*packed_, rows_, PackedColumns(filled, nullptr, packed_->packing()));
  };
  const int64_t columns = right.size(1), width = packed_->shape().columns, panels = (columns + width - 1) / width;
  if (columns == panels * width && right.stride(1) == 1) return product(right);
  auto filled = at::zeros({right.size(0), panels * width}, at::kFloat);
  filled.slice(1, 0, columns).copy_(right);
  return product(filled).slice(1, 0, columns);
}

}  // namespace arcuate::ridge
