#include "topology/simplices.h"

#include "core/error.h"

namespace arcuate {

int64_t binomial(int64_t n, int k) {
  if (k > n) return 0;
  int64_t value = 1;
  for (int i = 1; i <= std::min<int64_t>(k, n - k); ++i) {
    // C(n, i) = C(n, i - 1) (n + 1 - i) / i, with the division first where it is exact.
    const int64_t factor = n + 1 - i, rest = value % i * factor / i;
    if (__builtin_mul_overflow(value / i, factor, &value) || __builtin_add_overflow(value, rest, &value)) return -1;
  }
  return value;
}

// The largest number that fits, by bisection between one that does and one that does not.
template <class Fits>
static int64_t last_that_fits(int64_t good, int64_t bad, Fits fits) {
  while (bad - good > 1) {
    const int64_t middle = good + (bad - good) / 2;
    (fits(middle) ? good : bad) = middle;
  }
  return good;
}

// Whether all simplices of up to `vertices` vertices have an index.
static bool indices_fit(int64_t points, int64_t vertices) {
  return binomial(points, static_cast<int>(std::min(vertices, points / 2))) >= 0;
}

void check_simplex_indices(int64_t points, int vertices) {
  if (!indices_fit(points, vertices))
    bad_input(
        "simplices of {} vertices among {} points have indices beyond 63 bits: with so many points homology can be "
        "computed up to dimension {}, and in dimension {} with up to {} points",
        vertices, points, last_that_fits(2, vertices, [&](int64_t k) { return indices_fit(points, k); }) - 2,
        vertices - 2, last_that_fits(vertices, points, [&](int64_t n) { return indices_fit(n, vertices); }));
}

Binomials::Binomials(int64_t points, int vertices) : stride_(points + 1) {
  check_simplex_indices(points, vertices);
  rows_.assign(static_cast<size_t>(stride_ * (vertices + 1)), 0);
  for (int64_t n = 0; n <= points; ++n) {
    rows_[static_cast<size_t>(n)] = 1;
    for (int k = 1; k <= std::min<int64_t>(n, vertices); ++k) {
      const auto above = [&](int j) { return rows_[static_cast<size_t>(j * stride_ + n - 1)]; };
      rows_[static_cast<size_t>(k * stride_ + n)] = n == 0 ? 0 : above(k - 1) + above(k);
    }
  }
}

}  // namespace arcuate
