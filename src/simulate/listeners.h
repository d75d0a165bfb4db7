// Simulated listeners: targets whose responses are known to come from one layer of a model, to see what a study finds.
//
//   response = sqrt(s) signal + sqrt(1 - s) noise                    s: signal_share of the target
//   signal   = sqrt(1 - w) z(H X b) + sqrt(w) z(H rate)              w: share of word rate in the signal
//   noise    = sqrt(c) common + sqrt(1 - c) own                      c: shared_noise; AR(1) series of variance 1
//
// X: the layer's features at the volumes; b: random weights, the same for all listeners; H: convolution with the
// listener's own haemodynamic response on the grid of volumes; common: heard by all, but by no model.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace arcuate {

/// A difference of two gamma densities with a scale of 1 s; the constants are those commonly used by default (as in
/// SPM).
struct HaemodynamicResponse {
  double peak = 6;         ///< Shape of the response: it is highest peak - 1 seconds after a word.
  double undershoot = 16;  ///< Shape of the undershoot.
  double undershoot_size = 1.0 / 6;
  double length = 32;  ///< Seconds after which it is cut off.
};

/// Its values at lags 0, tr, 2 tr, …
std::vector<double> response_weights(const HaemodynamicResponse& response, double tr);

enum class Defect { none, constant, hole };  ///< hole: NaN in one volume of the second listener.

struct PlantedTarget {
  std::string name{};
  std::optional<int64_t> layer{};  ///< Where its signal comes from; empty: from no layer.
  double signal_share = 0;         ///< Share of the response's variance, in each listener.
  double word_rate = 0;            ///< Share of the signal's variance that is word rate.
  Defect defect = Defect::none;
};

struct ListenerOptions {
  int64_t listeners = 4;
  double tr = 2.0;         ///< Seconds.
  int64_t per_layer = 15;  ///< Targets planted from each layer; every third also carries word rate.
  int64_t word_rate_only = 3;
  int64_t noise_only = 10;
  double signal_share = 0.3;       ///< Of planted targets.
  double word_rate = 0.3;          ///< Of the signal, where a planted target carries word rate.
  double autocorrelation = 0.4;    ///< Of the noise, from volume to volume.
  double shared_noise = 0.2;       ///< Share of the noise that all listeners have in common.
  double peak_spread = 0.7;        ///< Seconds by which a listener's peak may differ from 6 s (uniform), either way.
  double undershoot_spread = 0.3;  ///< Likewise for the undershoot's size, as a share of it.
  uint64_t seed = 0;
};

/// Targets in order: planted by layer, word rate only, noise only, then one constant and one with a hole.
std::vector<PlantedTarget> plan_targets(const std::vector<int64_t>& layers, const ListenerOptions& options);

/// What the listeners heard, at the time of the volumes.
struct HeardStory {
  std::map<int64_t, at::Tensor> layers{};  ///< volumes x features
  at::Tensor word_rate{};                  ///< volumes x 1
};

/// One volumes x targets array (float32) a listener. Errors: failed, when a target's layer is not in `story`.
std::vector<at::Tensor> simulate_listeners(const HeardStory& story, const std::vector<PlantedTarget>& targets,
                                           const ListenerOptions& options);

/// "sim01", "sim02", …
std::string listener_name(int64_t listener);

}  // namespace arcuate
