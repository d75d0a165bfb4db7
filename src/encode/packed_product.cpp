#include "encode/packed_product.h"

#include <ATen/ATen.h>

#include <cstring>

#include "core/error.h"

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

int64_t steps_of(int64_t inner, Packing packing) { return packing == Packing::f32 ? inner : (inner + 1) / 2; }

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

}  // namespace

bool can_pack([[maybe_unused]] Packing packing) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && (packing == Packing::f32 || __builtin_cpu_supports("avx512bf16"));
#else
  return false;
#endif
}

PackedRows::PackedRows(const Tensor& matrix, Packing packing)
    : packing_(packing),
      panels_((matrix.size(0) + panel_rows - 1) / panel_rows),
      steps_(steps_of(matrix.size(1), packing)),
      values_(static_cast<size_t>(panels_ * panel_rows * steps_), 0.0F) {
  const auto rows = matrix.contiguous();
  const int64_t count = rows.size(0), inner = rows.size(1);
  for (int64_t i = 0; i < count; ++i) {
    const float* from = rows.data_ptr<float>() + i * inner;
    float* to = values_.data() + i / panel_rows * steps_ * panel_rows + i % panel_rows;
    for (int64_t step = 0; step < steps_; ++step)
      to[step * panel_rows] = packing == Packing::f32
                                  ? from[step]
                                  : pair_of(from[2 * step], 2 * step + 1 < inner ? from[2 * step + 1] : 0.0F);
  }
}

PackedColumns::PackedColumns(const Tensor& matrix, const float* weights, Packing packing)
    : steps_(steps_of(matrix.size(0), packing)), values_(static_cast<size_t>(steps_ * matrix.size(1))) {
  const int64_t inner = matrix.size(0), columns = matrix.size(1), stride = matrix.stride(0);
  if (columns % panel_columns != 0 || matrix.stride(1) != 1)
    fail(Fault::failed, "{} columns to pack; panels hold {}, side by side", columns, panel_columns);
  const auto* from = matrix.data_ptr<float>();
  const auto weight = [&](int64_t k) { return weights ? weights[k] : 1.0F; };
  for (int64_t step = 0; step < steps_; ++step)
    for (int64_t panel = 0; panel < columns / panel_columns; ++panel) {
      float* to = values_.data() + (panel * steps_ + step) * panel_columns;
      const float* own = from + panel * panel_columns;
      if (packing == Packing::f32) {
        for (int64_t c = 0; c < panel_columns; ++c) to[c] = weight(step) * own[step * stride + c];
        continue;
      }
      const int64_t k = 2 * step;
      const bool both = k + 1 < inner;
      const float first = weight(k), second = both ? weight(k + 1) : 0.0F;
      const float* next = own + (both ? k + 1 : k) * stride;
      for (int64_t c = 0; c < panel_columns; ++c) to[c] = pair_of(first * own[k * stride + c], second * next[c]);
    }
}

void multiply_panels([[maybe_unused]] const PackedRows& rows, [[maybe_unused]] int64_t row_panel,
                     [[maybe_unused]] const PackedColumns& columns, [[maybe_unused]] int64_t column_panel,
                     [[maybe_unused]] float* out, [[maybe_unused]] int64_t stride) {
#if defined(__x86_64__)
  const auto kernel = rows.packing() == Packing::f32 ? multiply_floats : multiply_pairs;
  kernel(rows.steps(), rows.panel(row_panel), columns.panel(column_panel), out, stride);
#else
  fail(Fault::failed, "this processor has no kernel for packed products");
#endif
}

Tensor multiply(const PackedRows& rows, int64_t row_count, const PackedColumns& columns, int64_t column_count) {
  auto result = at::empty({rows.panels() * panel_rows, column_count}, at::kFloat);
  for (int64_t c = 0; c < column_count / panel_columns; ++c)
    for (int64_t r = 0; r < rows.panels(); ++r)
      multiply_panels(rows, r, columns, c, result.data_ptr<float>() + r * panel_rows * column_count + c * panel_columns,
                      column_count);
  return result.slice(0, 0, row_count);
}

}  // namespace arcuate::ridge
