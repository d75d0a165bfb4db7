// Slow drifts of one scan: what they are made of, and what is left when they are smoothed away. Shapes: T volumes,
// V columns.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace arcuate {

/// How responses are detrended, beside the high-pass that features go through, too.
struct Detrend {
  enum class Kind { none, polynomial, savgol };
  Kind kind = Kind::none;
  int64_t order = 0;  ///< Of the polynomial over the whole scan, or within a window.
  double window = 0;  ///< Seconds of the Savitzky-Golay filter.
};

/// "none", "polynomial:ORDER" or "savgol[:SECONDS[:ORDER]]" (120 s, order 2). Errors: usage.
Detrend parse_detrend(const std::string& text);
/// The opposite, with every number.
std::string detrend_text(const Detrend& detrend);

/// cos(pi (t + 1/2) k / T), k = 0 … min(T - 1, floor(2 T TR / cutoff)), each of length 1: T x K, float64. tr and cutoff
/// in seconds.
at::Tensor cosine_waves(int64_t rows, double tr, double cutoff);

/// An orthonormal basis of the polynomials up to `order` over T equally spaced moments: T x (order + 1), float64.
at::Tensor polynomials(int64_t rows, int64_t order);

/// Savitzky & Golay (1964): each row is the value there of the polynomial fitted to the `window` rows around it; the
/// first and last rows are those of the polynomials of the first and the last window (scipy's mode "interp").
/// series: T x V; window: odd, at most T and larger than order. Returns float64. Errors: usage.
at::Tensor savgol_smoothed(const at::Tensor& series, int64_t window, int64_t order);

/// The odd number of volumes that is nearest to so many seconds, the larger one of two.
int64_t odd_rows(double seconds, double tr);

}  // namespace arcuate
