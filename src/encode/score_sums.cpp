#include "encode/score_sums.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace arcuate::ridge {

using at::Tensor;

namespace {

constexpr int64_t most_penalties = 5;  // whose predictions and sums stay in registers at once
constexpr int64_t rows_of_sums = 64;   // summed in the products' type before they are added to sums in float64

// As many numbers as a register of AVX-512 holds; narrower processors use several.
template <class T>
struct Vector {
  typedef T type __attribute__((vector_size(64)));
  typedef T unaligned __attribute__((vector_size(64), aligned(sizeof(T))));
  static constexpr int64_t size = 64 / sizeof(T);
};

// Of ScoreSums: L x `stride` each.
struct Sums {
  double* of[3];
  int64_t stride = 0, penalties = 0;
};

struct Span {
  int64_t begin = 0, end = 0;
};

// Of some rows and as many targets as a register holds, for the penalties from l on.
template <class T, int64_t L>
__attribute__((always_inline)) inline void add_rows(const Tile<T>& tile, const Span& rows, int64_t l, int64_t target,
                                                    const Sums& sums) {
  using V = typename Vector<T>::type;
  using Unaligned = typename Vector<T>::unaligned;
  V total[3][L] = {};
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    V p[L] = {};
    for (const auto& product : tile.products) {
      const V values = *reinterpret_cast<const Unaligned*>(product.values + row * product.row_stride + target);
      for (int64_t i = 0; i < L; ++i) p[i] += product.coefficients[l + i] * values;
    }
    const V y = *reinterpret_cast<const Unaligned*>(tile.responses + row * tile.response_stride + target);
    for (int64_t i = 0; i < L; ++i) {
      total[0][i] += p[i];
      total[1][i] += p[i] * p[i];
      total[2][i] += p[i] * y;
    }
  }
  for (int64_t s = 0; s < 3; ++s)
    for (int64_t i = 0; i < L; ++i)
      for (int64_t lane = 0; lane < Vector<T>::size; ++lane)
        sums.of[s][(l + i) * sums.stride + tile.first_target + target + lane] += total[s][i][lane];
}

template <class T, int64_t L>
__attribute__((always_inline)) inline void add_penalties(const Tile<T>& tile, int64_t l, int64_t target,
                                                         const Sums& sums) {
  for (int64_t row = 0; row < tile.rows; row += rows_of_sums)
    add_rows<T, L>(tile, {row, std::min(row + rows_of_sums, tile.rows)}, l, target, sums);
}

template <class T, int64_t L>
__attribute__((always_inline)) inline void add_some(const Tile<T>& tile, int64_t count, int64_t l, int64_t target,
                                                    const Sums& sums) {
  if (count == L) return add_penalties<T, L>(tile, l, target, sums);
  if constexpr (L > 1) add_some<T, L - 1>(tile, count, l, target, sums);
}

template <class T>
__attribute__((always_inline)) inline void add_all(const Tile<T>& tile, const Sums& sums) {
  const int64_t parts = (sums.penalties + most_penalties - 1) / most_penalties;
  for (int64_t target = 0; target < tile.targets; target += Vector<T>::size)
    for (int64_t part = 0; part < parts; ++part) {
      const int64_t l = part * sums.penalties / parts, end = (part + 1) * sums.penalties / parts;
      add_some<T, most_penalties>(tile, end - l, l, target, sums);
    }
}

// Compiled once for each kind of processor; the program takes the best that the machine has.
#if defined(__x86_64__)
#define ARCUATE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ARCUATE_CLONES
#endif
ARCUATE_CLONES void add_floats(const Tile<float>& tile, const Sums& sums) { add_all(tile, sums); }
ARCUATE_CLONES void add_doubles(const Tile<double>& tile, const Sums& sums) { add_all(tile, sums); }

Sums sums_of(ScoreSums& sums) {
  return {.of = {sums.p.data_ptr<double>(), sums.pp.data_ptr<double>(), sums.py.data_ptr<double>()},
          .stride = sums.p.size(1),
          .penalties = sums.p.size(0)};
}

}  // namespace

ScoreSums start_sums(int64_t penalties, const Tensor& responses) {
  const auto none = [&] { return at::zeros({penalties, responses.size(1)}, responses.options().dtype(at::kDouble)); };
  const auto y = responses.to(at::kDouble);
  return {.p = none(), .pp = none(), .py = none(), .y = y.sum(0), .yy = y.square().sum(0), .rows = responses.size(0)};
}

Tensor scores_of(const ScoreSums& sums, Select select) {
  const auto n = static_cast<double>(sums.rows);
  const auto errors = sums.yy - 2 * sums.py + sums.pp;
  if (select == Select::mse) return -errors / n;
  const auto sst = sums.yy - sums.y.square() / n;
  const auto zero = at::zeros_like(sums.p);
  const auto varies = sst > 1e-24 * sums.yy;
  if (select == Select::r2) return at::where(varies, 1 - errors / sst, zero);
  const auto variance = sums.pp - sums.p.square() / n;
  // What rounding leaves of a constant prediction is no variance.
  const auto exists = at::logical_and(varies, variance > 1e-13 * sums.pp);
  return at::where(exists, (sums.py - sums.p * sums.y / n) / (variance * sst).sqrt(), zero);
}

void add_tile(const Tile<float>& tile, ScoreSums& sums) { add_floats(tile, sums_of(sums)); }
void add_tile(const Tile<double>& tile, ScoreSums& sums) { add_doubles(tile, sums_of(sums)); }

}  // namespace arcuate::ridge
