// Within the encode layer only: products of matrices that are brought into the order of the processor's units once and
// then multiplied many times, in float32 or bfloat16 (which rounds both factors to 8 bits and sums in float32).
//
// Factors are packed in panels of rows and of columns. Vector units multiply 8 rows by 48 columns and keep the 384 sums
// in registers of AVX-512; a step along the inner dimension is one number of each (float32) or two (bfloat16,
// vdpbf16ps). Tile units multiply 32 rows by 32 columns (core/tile_kernel.h).
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "core/tile_kernel.h"

namespace arcuate::ridge {

enum class Packing { vectors_f32, vectors_bf16, tiles_f32, tiles_bf16 };
constexpr bool for_tiles(Packing packing) { return packing == Packing::tiles_f32 || packing == Packing::tiles_bf16; }
constexpr bool is_bf16(Packing packing) { return packing == Packing::vectors_bf16 || packing == Packing::tiles_bf16; }

/// Whether this processor has the instructions.
bool can_pack(Packing packing);
/// Of a number of a packed factor.
constexpr int64_t packed_bytes(Packing packing) { return is_bf16(packing) ? 2 : packing == Packing::tiles_f32 ? 6 : 4; }

/// The fastest that this processor has, if any.
std::optional<Packing> fastest_f32_packing();
std::optional<Packing> fastest_bf16_packing();

struct PanelShape {
  int64_t rows, columns;
};
constexpr PanelShape panel_shape(Packing packing) {
  return for_tiles(packing) ? PanelShape{tiles::side, tiles::side} : PanelShape{8, 48};
}

/// One of the factors: panels one after another.
class Panels {
 public:
  Packing packing() const { return packing_; }
  PanelShape shape() const { return panel_shape(packing_); }
  int64_t count() const { return count_; }
  /// Steps or blocks along the inner dimension.
  int64_t steps() const { return steps_; }
  /// Of a panel; where they are packed as bfloat16, a float is two of these.
  int64_t floats() const { return floats_; }
  const float* panel(int64_t number) const { return data_ + number * floats_; }

 protected:
  Panels(Packing packing, int64_t inner, int64_t lines, int64_t lines_of_panel);
  float* data() { return data_; }

 private:
  Packing packing_;
  int64_t count_, steps_, floats_;
  at::Tensor values_;
  float* data_;
};

/// A factor of float32, rows x inner. Rows are filled up with zeros.
class PackedRows : public Panels {
 public:
  PackedRows(const at::Tensor& matrix, Packing packing);
};

/// A factor of float32, inner x columns, times a number for each inner index; columns are a multiple of the panel's.
class PackedColumns : public Panels {
 public:
  /// weights: as many as the matrix has rows, or null for ones.
  PackedColumns(const at::Tensor& matrix, const float* weights, Packing packing);
};

/// As long as it lives, panels of this packing can be multiplied in this thread.
class UnitsInUse {
 public:
  explicit UnitsInUse(Packing packing) {
    if (for_tiles(packing)) tiles_.emplace();
  }

 private:
  std::optional<tiles::InUse> tiles_;
};

struct PanelRange {
  int64_t begin = 0, end = 0;
};
/// Some panels of rows times some of columns: out[row * stride + column].
void multiply(const PackedRows& rows, PanelRange row_range, const PackedColumns& columns, PanelRange column_range,
              float* out, int64_t stride);

/// The whole product, rows x columns, float32.
at::Tensor multiply(const PackedRows& rows, int64_t row_count, const PackedColumns& columns);

/// A left factor, rows x inner, for many right ones: packed once if its units are at hand, on any device and of any
/// type otherwise.
class LeftFactor {
 public:
  explicit LeftFactor(const at::Tensor& matrix);
  /// Not packed where there is no packing.
  LeftFactor(const at::Tensor& matrix, std::optional<Packing> packing);
  at::Tensor times(const at::Tensor& right) const;

 private:
  at::Tensor matrix_;  // undefined where it is packed
  std::optional<PackedRows> packed_;
  int64_t rows_;
};

}  // namespace arcuate::ridge
