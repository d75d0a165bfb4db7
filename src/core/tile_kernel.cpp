#include "core/tile_kernel.h"

#include <algorithm>

#include "core/error.h"
#include "core/tile_product.h"

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

#if defined(ARCUATE_TILES)

bool has_tile_units() {
  constexpr int request = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && syscall(SYS_arch_prctl, request, tile_data) == 0;
}

namespace tiles {

namespace {

#define ARCUATE_VECTOR_UNITS __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define ARCUATE_TILE_UNITS __attribute__((target("amx-tile,amx-bf16")))
#define ARCUATE_INLINE __attribute__((target("amx-tile,amx-bf16"), always_inline)) inline

constexpr int64_t tile_rows = 16, tile = tile_rows * side;

// 32 numbers of a row.
struct Floats {
  __m512 low, high;
};
ARCUATE_VECTOR_UNITS Floats load(const float* row, int64_t count) {  // those beyond `count` are zeros
  const auto bits = static_cast<uint32_t>((uint64_t{1} << count) - 1);
  return {_mm512_maskz_loadu_ps(static_cast<__mmask16>(bits), row),
          _mm512_maskz_loadu_ps(static_cast<__mmask16>(bits >> 16), row + 16)};
}

ARCUATE_VECTOR_UNITS __m512 widened(__m256i values) {
  return (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(values), 16);
}

// The numbers of float32 in their parts, the largest first; what is rounded off the last one is lost.
template <int64_t parts>
ARCUATE_VECTOR_UNITS void cut(Floats numbers, __m512i out[parts]) {
  for (int64_t part = 0; part < parts; ++part) {
    out[part] = (__m512i)_mm512_cvtne2ps_pbh(numbers.high, numbers.low);
    if (part + 1 == parts) return;
    numbers.low = _mm512_sub_ps(numbers.low, widened(_mm512_castsi512_si256(out[part])));
    numbers.high = _mm512_sub_ps(numbers.high, widened(_mm512_extracti64x4_epi64(out[part], 1)));
  }
}

template <int64_t parts>
ARCUATE_VECTOR_UNITS void cut_row(const float* row, int64_t count, __m512i out[parts]) {
  cut<parts>(load(row, count), out);
}
template <int64_t parts>
ARCUATE_VECTOR_UNITS void cut_row(const c10::BFloat16* row, int64_t count, __m512i out[parts]) {
  out[0] = _mm512_maskz_loadu_epi16(static_cast<__mmask32>((uint64_t{1} << count) - 1), row);
}

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

// 32 numbers of row r from `column` on, in their parts; zeros where the matrix ends.
template <int64_t parts, class T>
ARCUATE_VECTOR_UNITS void cut_numbers(const Rows<T>& from, int64_t r, int64_t column, __m512i out[parts]) {
  if (r >= from.rows) {
    for (int64_t part = 0; part < parts; ++part) out[part] = _mm512_setzero_si512();
    return;
  }
  const T* numbers = from.values + r * from.stride + column;
  constexpr int64_t ahead = 4 * side;  // 16 rows are more than the processor reads ahead of by itself
  _mm_prefetch(numbers + ahead, _MM_HINT_T0);
  _mm_prefetch(numbers + ahead + side / 2, _MM_HINT_T0);
  cut_row<parts>(numbers, std::min(side, from.columns - column), out);
}

// The rows of a tile lie one after another (left factor), or its pairs of numbers along the inner dimension do, of all
// 16 rows (right factor).
template <int64_t parts, Factor factor, class T>
ARCUATE_VECTOR_UNITS void pack_rows(const Rows<T>& from, Bf16* out) {
  const int64_t inner_blocks = blocks_of(from.columns);
  for (int64_t first = 0; first < blocks_of(from.rows) * side; first += tile_rows)
    for (int64_t block = 0; block < inner_blocks; ++block) {
      Bf16* to = out + (first / side * inner_blocks + block) * parts * 2 * tile + first % side / tile_rows * tile;
      __m512i rows[parts][tile_rows];
      for (int64_t r = 0; r < tile_rows; ++r) {
        __m512i own[parts];
        cut_numbers<parts>(from, first + r, block * side, own);
        for (int64_t part = 0; part < parts; ++part)
          if constexpr (factor == Factor::columns_of_right)
            rows[part][r] = own[part];
          else
            _mm512_store_si512(to + part * 2 * tile + r * side, own[part]);
      }
      if constexpr (factor == Factor::columns_of_right)
        for (int64_t part = 0; part < parts; ++part) store_transposed(rows[part], to + part * 2 * tile);
    }
}

template <int64_t parts, class T>
void pack_as(const Rows<T>& from, Factor factor, Bf16* out) {
  if (factor == Factor::rows_of_left)
    pack_rows<parts, Factor::rows_of_left>(from, out);
  else
    pack_rows<parts, Factor::columns_of_right>(from, out);
}

// Numbers 0 … 15, or 16 … 31, of two rows in turn: first of the one, first of the other, second of the one …
ARCUATE_VECTOR_UNITS __m512i places_in_turn(int64_t first) {
  alignas(64) uint16_t places[side];
  for (int64_t c = 0; c < side; ++c) places[c] = static_cast<uint16_t>(first + c / 2 + c % 2 * side);
  return _mm512_load_si512(places);
}

template <int64_t parts>
ARCUATE_VECTOR_UNITS void pack_columns(const Rows<float>& from, const float* weights, Bf16* out) {
  const int64_t inner_blocks = blocks_of(from.rows);
  const auto first_half = places_in_turn(0), second_half = places_in_turn(tile_rows);
  const auto row = [&](int64_t k, int64_t column, __m512i own[parts]) ARCUATE_VECTOR_UNITS {
    for (int64_t part = 0; part < parts; ++part) own[part] = _mm512_setzero_si512();
    if (k >= from.rows) return;
    auto numbers = load(from.values + k * from.stride + column, std::min(side, from.columns - column));
    const auto weight = _mm512_set1_ps(weights ? weights[k] : 1.0F);
    numbers.low = _mm512_mul_ps(numbers.low, weight), numbers.high = _mm512_mul_ps(numbers.high, weight);
    cut<parts>(numbers, own);
  };
  for (int64_t block = 0; block < inner_blocks; ++block)
    for (int64_t column = 0; column < from.columns; column += side)
      for (int64_t pair = 0; pair < tile_rows; ++pair) {
        __m512i earlier[parts], later[parts];
        row(block * side + 2 * pair, column, earlier);
        row(block * side + 2 * pair + 1, column, later);
        Bf16* to = out + (column / side * inner_blocks + block) * parts * 2 * tile + pair * side;
        for (int64_t part = 0; part < parts; ++part, to += 2 * tile) {
          _mm512_store_si512(to, _mm512_permutex2var_epi16(earlier[part], first_half, later[part]));
          _mm512_store_si512(to + tile, _mm512_permutex2var_epi16(earlier[part], second_half, later[part]));
        }
      }
}

// Palette 1, all eight tiles of 16 rows and 64 bytes.
alignas(64) const uint8_t tile_shapes[64] = {
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0,  64, 0,  64, 0,  64, 0,  64, 0, 64, 0, 64, 0, 64, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 16, 16, 16, 16, 16, 16, 16, 0,  0, 0,  0, 0,  0, 0,  0};

ARCUATE_TILE_UNITS void start_tiles() { _tile_loadconfig(tile_shapes); }
ARCUATE_TILE_UNITS void end_tiles() { _tile_release(); }

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

// A panel of rows times one of columns.
template <int64_t parts>
ARCUATE_TILE_UNITS void multiply_panels(const Bf16* a, const Bf16* b, int64_t inner_blocks, const Sums& sums) {
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
  __asm__ volatile("" ::: "memory");
}

// A panel of columns over a few blocks stays in the nearest cache while some panels of rows pass; these, and the sums,
// in the next one.
template <int64_t parts>
void multiply_all(const Panels& left, const Panels& right, int64_t blocks, const Sums& sums) {
  constexpr int64_t panels_at_once = 8, blocks_at_once = 12 / parts, block = parts * 2 * tile;
  for (int64_t top = 0; top < left.count; top += panels_at_once)
    for (int64_t k = 0; k < blocks; k += blocks_at_once)
      for (int64_t c = 0; c < right.count; ++c)
        for (int64_t r = top; r < std::min(top + panels_at_once, left.count); ++r) {
          float* out = sums.out + r * side * sums.stride + c * side;
          const float* start = sums.start + r * side * sums.start_stride + c * side;
          multiply_panels<parts>(left.first + r * left.stride + k * block, right.first + c * right.stride + k * block,
                                 std::min(blocks_at_once, blocks - k),
                                 {.start = k == 0 ? start : out,
                                  .start_stride = k == 0 ? sums.start_stride : sums.stride,
                                  .out = out,
                                  .stride = sums.stride});
        }
}

}  // namespace

void pack(const Rows<float>& from, Factor factor, Parts parts, Bf16* out) {
  parts == Parts::three ? pack_as<3>(from, factor, out) : pack_as<1>(from, factor, out);
}
void pack(const Rows<c10::BFloat16>& from, Factor factor, Bf16* out) { pack_as<1>(from, factor, out); }
void pack_right(const Rows<float>& from, const float* weights, Parts parts, Bf16* out) {
  parts == Parts::three ? pack_columns<3>(from, weights, out) : pack_columns<1>(from, weights, out);
}

InUse::InUse() { start_tiles(); }
InUse::~InUse() { end_tiles(); }

void multiply(const Panels& left, const Panels& right, int64_t blocks, Parts parts, const Sums& sums) {
  parts == Parts::three ? multiply_all<3>(left, right, blocks, sums) : multiply_all<1>(left, right, blocks, sums);
}

}  // namespace tiles

#else

bool has_tile_units() { return false; }

namespace tiles {

namespace {
[[noreturn]] void none() { fail(Fault::failed, "this processor has no tile units"); }
}  // namespace

void pack(const Rows<float>&, Factor, Parts, Bf16*) { none(); }
void pack(const Rows<c10::BFloat16>&, Factor, Bf16*) { none(); }
void pack_right(const Rows<float>&, const float*, Parts, Bf16*) { none(); }
InUse::InUse() { none(); }
InUse::~InUse() = default;
void multiply(const Panels&, const Panels&, int64_t, Parts, const Sums&) { none(); }

}  // namespace tiles

#endif

}  // namespace arcuate
