#include "core/tile_product.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/error.h"

#if defined(__x86_64__) && defined(__linux__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#define ARCUATE_TILES
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12 finds some in its own header of intrinsics
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace arcuate {

using at::Tensor;

#if defined(ARCUATE_TILES)

namespace {

#define ARCUATE_VECTOR_UNITS __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define ARCUATE_TILE_UNITS __attribute__((target("amx-tile,amx-bf16")))
#define ARCUATE_INLINE __attribute__((target("amx-tile,amx-bf16"), always_inline)) inline

// A tile is 16 rows of 32 bfloat16. Factors are packed in blocks of two tiles (32 rows of the matrix) by 32 along the
// inner dimension, part by part: [block of rows][block of the inner dimension][part][tile].
constexpr int64_t side = 32, tile_rows = 16, tile = tile_rows * side;

using Bf16 = uint16_t;

int64_t blocks_of(int64_t count) { return (count + side - 1) / side; }

struct Float32 {
  static constexpr int64_t parts = 3;
  // 32 numbers of a row, those beyond `count` zeros, cut into their parts.
  ARCUATE_VECTOR_UNITS static void cut(const float* row, int64_t count, __m512i out[parts]) {
    const auto bits = static_cast<uint32_t>((uint64_t{1} << count) - 1);
    __m512 low = _mm512_maskz_loadu_ps(static_cast<__mmask16>(bits), row);
    __m512 high = _mm512_maskz_loadu_ps(static_cast<__mmask16>(bits >> 16), row + 16);
    for (int64_t part = 0; part < parts; ++part) {
      out[part] = (__m512i)_mm512_cvtne2ps_pbh(high, low);
      low = _mm512_sub_ps(low, widened(_mm512_castsi512_si256(out[part])));
      high = _mm512_sub_ps(high, widened(_mm512_extracti64x4_epi64(out[part], 1)));
    }
  }
  ARCUATE_VECTOR_UNITS static __m512 widened(__m256i values) {
    return (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(values), 16);
  }
};

struct Bfloat16 {
  static constexpr int64_t parts = 1;
  ARCUATE_VECTOR_UNITS static void cut(const at::BFloat16* row, int64_t count, __m512i out[parts]) {
    out[0] = _mm512_maskz_loadu_epi16(static_cast<__mmask32>((uint64_t{1} << count) - 1), row);
  }
};

// Some columns of a matrix, rows x inner; row r begins at values + r * stride.
template <class T>
struct Rows {
  const T* values;
  int64_t rows, inner, stride;
};

// 16 x 16 numbers of 32 bits, rows become columns: first within quarters of registers, then quarters change places.
ARCUATE_VECTOR_UNITS void store_transposed(const __m512i* rows, Bf16* out) {
  __m512i pairs[tile_rows], fours[tile_rows];
  for (int64_t r = 0; r < tile_rows; r += 2) {
    pairs[r] = _mm512_unpacklo_epi32(rows[r], rows[r + 1]);
    pairs[r + 1] = _mm512_unpackhi_epi32(rows[r], rows[r + 1]);
  }
  for (int64_t r = 0; r < tile_rows; r += 4)
    for (int64_t half = 0; half < 2; ++half) {
      fours[r + 2 * half] = _mm512_unpacklo_epi64(pairs[r + half], pairs[r + half + 2]);
      fours[r + 2 * half + 1] = _mm512_unpackhi_epi64(pairs[r + half], pairs[r + half + 2]);
    }
  // fours[4 g + c]: in its quarter q, numbers 4 g … 4 g + 3 of column 4 q + c.
  for (int64_t c = 0; c < 4; ++c) {
    const auto even_low = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0x88),
               odd_low = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0xdd),
               even_high = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0x88),
               odd_high = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0xdd);
    _mm512_store_si512(out + (c)*side, _mm512_shuffle_i32x4(even_low, even_high, 0x88));
    _mm512_store_si512(out + (8 + c) * side, _mm512_shuffle_i32x4(even_low, even_high, 0xdd));
    _mm512_store_si512(out + (4 + c) * side, _mm512_shuffle_i32x4(odd_low, odd_high, 0x88));
    _mm512_store_si512(out + (12 + c) * side, _mm512_shuffle_i32x4(odd_low, odd_high, 0xdd));
  }
}

// The rows of a tile lie one after another (left factor), or its pairs of numbers along the inner dimension do, of all
// 16 rows (right factor).
enum class Factor { left, right };

template <class Type, Factor factor, class T>
ARCUATE_VECTOR_UNITS void pack(const Rows<T>& from, Bf16* out) {
  constexpr int64_t parts = Type::parts;
  const int64_t inner_blocks = blocks_of(from.inner);
  for (int64_t first = 0; first < blocks_of(from.rows) * side; first += tile_rows)
    for (int64_t block = 0; block < inner_blocks; ++block) {
      __m512i rows[parts][tile_rows] = {};
      for (int64_t r = 0; r < std::min(tile_rows, from.rows - first); ++r) {
        const T* numbers = from.values + (first + r) * from.stride + block * side;
        constexpr int64_t ahead = 4 * side;  // 16 rows are more than the processor reads ahead of by itself
        _mm_prefetch(numbers + ahead, _MM_HINT_T0);
        _mm_prefetch(numbers + ahead + side / 2, _MM_HINT_T0);
        __m512i cut[parts];
        Type::cut(numbers, std::min(side, from.inner - block * side), cut);
        for (int64_t part = 0; part < parts; ++part) rows[part][r] = cut[part];
      }
      Bf16* to = out + (first / side * inner_blocks + block) * parts * 2 * tile + first % side / tile_rows * tile;
      for (int64_t part = 0; part < parts; ++part, to += 2 * tile)
        if constexpr (factor == Factor::right)
          store_transposed(rows[part], to);
        else
          for (int64_t r = 0; r < tile_rows; ++r) _mm512_store_si512(to + r * side, rows[part][r]);
    }
}

// Palette 1, all eight tiles of 16 rows and 64 bytes.
alignas(64) const uint8_t tile_shapes[64] = {
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0,  64, 0,  64, 0,  64, 0,  64, 0, 64, 0, 64, 0, 64, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 16, 16, 16, 16, 16, 16, 16, 0,  0, 0,  0, 0,  0, 0,  0};

ARCUATE_TILE_UNITS void start_tiles() { _tile_loadconfig(tile_shapes); }
ARCUATE_TILE_UNITS void end_tiles() { _tile_release(); }

// 32 x 32 sums of one pair of blocks of rows. They start from `start`, whose rows are start_stride floats apart (0: all
// the same row).
struct Sums {
  const float* start;
  int64_t start_stride;
  float* out;
  int64_t stride;
};

// Tiles 0 … 3 hold the sums, 4 and 5 the left factor, 6 and 7 the right one.
ARCUATE_INLINE void load_left(const Bf16* a) {
  _tile_loadd(4, a, 64);
  _tile_loadd(5, a + tile, 64);
}
ARCUATE_INLINE void load_right(const Bf16* b) {
  _tile_loadd(6, b, 64);
  _tile_loadd(7, b + tile, 64);
}
ARCUATE_INLINE void multiply_tiles() {
  _tile_dpbf16ps(0, 4, 6);
  _tile_dpbf16ps(1, 4, 7);
  _tile_dpbf16ps(2, 5, 6);
  _tile_dpbf16ps(3, 5, 7);
}

template <int64_t parts>
ARCUATE_TILE_UNITS void multiply(const Bf16* a, const Bf16* b, int64_t inner_blocks, const Sums& sums) {
  __asm__ volatile("" ::: "memory");  // the compiler does not know that tiles are loaded from what was packed
  const float* lower = sums.start + tile_rows * sums.start_stride;
  const auto start_bytes = static_cast<size_t>(sums.start_stride) * sizeof(float);
  _tile_loadd(0, sums.start, start_bytes);
  _tile_loadd(1, sums.start + tile_rows, start_bytes);
  _tile_loadd(2, lower, start_bytes);
  _tile_loadd(3, lower + tile_rows, start_bytes);
  for (int64_t block = 0; block < inner_blocks; ++block, a += parts * 2 * tile, b += parts * 2 * tile) {
    constexpr int64_t part = 2 * tile;
    if constexpr (parts == 3) {  // the smallest products first
      load_left(a + 2 * part);
      load_right(b);
      multiply_tiles();
      load_left(a + part);
      load_right(b + part);
      multiply_tiles();
      load_right(b);
      multiply_tiles();
      load_left(a);
      multiply_tiles();
      load_right(b + part);
      multiply_tiles();
      load_right(b + 2 * part);
      multiply_tiles();
    } else {
      load_left(a);
      load_right(b);
      multiply_tiles();
    }
  }
  const auto bytes = static_cast<size_t>(sums.stride) * sizeof(float);
  float* below = sums.out + tile_rows * sums.stride;
  _tile_stored(0, sums.out, bytes);
  _tile_stored(1, sums.out + tile_rows, bytes);
  _tile_stored(2, below, bytes);
  _tile_stored(3, below + tile_rows, bytes);
}

// A packed factor, aligned as the units' loads want it.
class Packed {
 public:
  explicit Packed(int64_t numbers) : values_(static_cast<size_t>(numbers) + 32) {}
  Bf16* data() {
    const auto address = reinterpret_cast<uintptr_t>(values_.data());
    return values_.data() + (64 - address % 64) % 64 / sizeof(Bf16);
  }

 private:
  std::vector<Bf16> values_;
};

// Parts of the inner dimension and of the columns that stay in the nearest caches, and of the rows that are packed at
// once.
constexpr int64_t inner_step = 768, column_step = 256, row_step = 4096;

// out: rows and columns filled up to whole blocks; bias as long as its columns.
template <class Type, class T>
void multiply_rows(const Rows<T>& x, const Rows<T>& weight, const float* bias, float* out) {
  constexpr int64_t parts = Type::parts;
  const int64_t columns = blocks_of(weight.rows) * side, most = blocks_of(std::min(inner_step, x.inner));
  Packed left(blocks_of(x.rows) * most * parts * 2 * tile), right(column_step / side * most * parts * 2 * tile);
  start_tiles();
  for (int64_t k = 0; k < x.inner; k += inner_step) {
    const int64_t inner = std::min(inner_step, x.inner - k), blocks = blocks_of(inner),
                  panel = blocks * parts * 2 * tile;
    pack<Type, Factor::left>(Rows<T>{x.values + k, x.rows, inner, x.stride}, left.data());
    for (int64_t first = 0; first < weight.rows; first += column_step) {
      const int64_t count = std::min(column_step, weight.rows - first);
      pack<Type, Factor::right>(Rows<T>{weight.values + first * weight.stride + k, count, inner, weight.stride},
                                right.data());
      for (int64_t row = 0; row < blocks_of(x.rows); ++row)
        for (int64_t column = 0; column < blocks_of(count); ++column) {
          float* sums = out + row * side * columns + first + column * side;
          multiply<parts>(left.data() + row * panel, right.data() + column * panel, blocks,
                          {.start = k == 0 ? bias + first + column * side : sums,
                           .start_stride = k == 0 ? 0 : columns,
                           .out = sums,
                           .stride = columns});
        }
    }
  }
  end_tiles();
}

template <class Type, class T>
void linear(const Rows<T>& x, const Rows<T>& weight, const float* bias, float* out) {
  const int64_t columns = blocks_of(weight.rows) * side;
  for (int64_t row = 0; row < x.rows; row += row_step)
    multiply_rows<Type>(Rows<T>{x.values + row * x.stride, std::min(row_step, x.rows - row), x.inner, x.stride}, weight,
                        bias, out + row * columns);
}

template <class T>
Rows<T> rows_of(const Tensor& matrix) {
  return {matrix.data_ptr<T>(), matrix.size(0), matrix.size(1), matrix.stride(0)};
}

}  // namespace

bool has_tile_units() {
  constexpr int request = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && syscall(SYS_arch_prctl, request, tile_data) == 0;
}

Tensor tile_linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const auto side_by_side = [](const Tensor& matrix) { return matrix.stride(1) == 1 ? matrix : matrix.contiguous(); };
  const auto left = side_by_side(x), right = side_by_side(weight);
  const int64_t rows = blocks_of(x.size(0)) * side, columns = blocks_of(weight.size(0)) * side;
  auto start = at::zeros({columns}, at::kFloat), sums = at::empty({rows, columns}, at::kFloat);
  if (bias.defined()) start.slice(0, 0, weight.size(0)).copy_(bias);
  if (x.scalar_type() == at::kBFloat16)
    linear<Bfloat16>(rows_of<at::BFloat16>(left), rows_of<at::BFloat16>(right), start.data_ptr<float>(),
                     sums.data_ptr<float>());
  else
    linear<Float32>(rows_of<float>(left), rows_of<float>(right), start.data_ptr<float>(), sums.data_ptr<float>());
  return sums.slice(0, 0, x.size(0)).slice(1, 0, weight.size(0)).to(x.scalar_type()).contiguous();
}

#else

bool has_tile_units() { return false; }

Tensor tile_linear(const Tensor&, const Tensor&, const Tensor&) {
  fail(Fault::failed, "this processor has no tile units");
}

#endif

}  // namespace arcuate
