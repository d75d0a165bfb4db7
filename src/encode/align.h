// From the time of words to the time of volumes.
// Lanczos: out[i] = sum_k L((v_i - t_k) c) x_k,  L(u) = a sin(pi u) sin(pi u / a) / (pi u)^2 for |u| < a, with a lobes
// and cutoff c in Hz, as in Huth et al. 2016; the weights are not normalised there, so the result carries word rate.
#pragma once
#include <ATen/core/Tensor.h>

#include <span>

namespace arcuate {

enum class AlignMethod {
  lanczos,
  sum,  ///< Sum over the words within half a TR of the volume's centre.
  mean  ///< Their mean; 0 where there is none.
};

struct AlignOptions {
  AlignMethod method = AlignMethod::lanczos;
  int lobes = 3;           ///< Lobes a of the Lanczos kernel; it reaches a / cutoff seconds to each side.
  double cutoff = 1.0;     ///< Cutoff c in units of the sampling rate 1/TR.
  bool normalize = false;  ///< Divide the Lanczos weights of a volume by their sum (constant features stay constant).
};

/// values: W x F (a row a word), times: seconds of the words, volumes: seconds of the volumes' centres, tr in seconds.
/// Returns T x F in float64.
at::Tensor align(const at::Tensor& values, std::span<const double> times, std::span<const double> volumes, double tr,
                 const AlignOptions& options);

/// L(u) above.
double lanczos_kernel(double u, int lobes);

}  // namespace arcuate
