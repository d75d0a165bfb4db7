// What a tensor of an untrained model begins from, as data: so that a generator can pass over a tensor without making
// it.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/random.h"

namespace arcuate {

struct Initial {
  enum class Kind {
    none,      ///< Not there: lengths of a stem that is not trained.
    constant,  ///< `value` everywhere.
    normal,    ///< N(0, value), row-major.
    uniform,   ///< Between -value and value, row-major.
    sinusoids  ///< Positions x width: sines in the first half, cosines in the second, wavelengths 2 pi to 20000 pi.
  };
  Kind kind = Kind::normal;
  double value = 0;
};

/// float64; undefined for `none`.
at::Tensor initial_tensor(const Initial& initial, const std::vector<int64_t>& shape, Random& random);
/// Numbers that initial_tensor draws for a tensor of so many.
uint64_t initial_draws(const Initial& initial, int64_t numbers);

}  // namespace arcuate
