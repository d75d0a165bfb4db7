// Responses of simulated brains, volume by volume, to the drives that were planted.
//
//   response = 100 + gain (c s + sqrt(1 - c^2) n)            c: the vertex's ceiling, gain: the subject's own
//   s = z( sqrt(1 - w - a) z(H drive) + sqrt(w) z(H word rate) + sqrt(a) z(H sound power) )
//   n = sqrt(q) shared + sqrt(1 - q) private                 AR(1) series of variance 1; q: shared_noise
//
// H: convolution with the subject's own haemodynamic response within each story. A drive with several features is
// brought to one series by random weights, the same for all subjects. Shared noise is heard by all subjects in all
// repeats, but by no model; private noise is new in each repeat.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "simulate/drives.h"
#include "simulate/own_response.h"
#include "simulate/planting.h"

namespace arcuate {

struct BrainOptions {
  int64_t subjects = 4;
  int64_t repeats = 1;           ///< Times that every subject hears every story.
  double autocorrelation = 0.4;  ///< Of the noise, from volume to volume.
  double shared_noise = 0.1;     ///< Share of the noise's variance that all subjects have in common.
  double gain = 2;               ///< Standard deviation of a response, in units of 1/100 of its mean.
  double gain_spread = 0.3;      ///< Standard deviation of the gain's logarithm over vertices and subjects.
  ResponseSpread response{};
  uint64_t seed = 0;
};

/// "sim01", "sim02", …
std::string subject_name(int64_t subject);

class Brains {
 public:
  Brains(const Drives& drives, const std::vector<PlantedVertex>& vertices, const PlantOptions& plant,
         const DriveOptions& drive, const BrainOptions& options);

  /// The signal s of every vertex in one subject: T x V, variance 1, 0 where nothing is planted. float32.
  at::Tensor signals(int64_t subject) const;

  /// T x V, float32, both hemispheres side by side; the medial wall is 0.
  at::Tensor responses(const at::Tensor& signals, int64_t subject, int64_t repeat) const;

 private:
  const Drives& drives_;
  const std::vector<PlantedVertex>& vertices_;
  const PlantOptions& plant_;
  const DriveOptions& drive_;
  const BrainOptions& options_;
  at::Tensor shared_;  // T x V, float32
};

/// Independent AR(1) series of variance 1, one a column, begun anew in every story: T x V, float32.
at::Tensor autoregressive(const std::vector<RowRange>& stories, int64_t columns, double autocorrelation, uint64_t seed);

}  // namespace arcuate
