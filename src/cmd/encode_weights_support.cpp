#include "cmd/encode_weights_support.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/tensor.h"
#include "io/hdf5.h"

namespace arcuate {

using at::Tensor;

void write_weights(const std::filesystem::path& path, const EncodeWeights& weights, const std::vector<Flag>& flags) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<int64_t> bad;
  std::vector<std::string> names;
  for (size_t v = 0; v < flags.size(); ++v) {
    names.push_back(flag_name(flags[v]));
    if (flags[v] != Flag::ok) bad.push_back(static_cast<int64_t>(v));
  }
  // Targets are the last dimension.
  const auto of_targets = [&](const Tensor& values) {
    return values.index_fill(values.dim() - 1, index_tensor(bad), nan).contiguous();
  };
  Hdf5Writer file(path);
  file.attribute("format", "arcuate weights 1");
  file.write("weights", of_targets(weights.fit.weights));
  file.write("intercepts", of_targets(weights.fit.intercepts));
  file.write("penalties", of_targets(weights.penalties));
  file.write("feature_means", weights.fit.feature_means);
  file.write("feature_deviations", weights.fit.feature_deviations);
  file.write("response_means", of_targets(weights.fit.response_means));
  file.write("response_deviations", of_targets(weights.fit.response_deviations));
  file.write("delays", index_tensor(weights.delays.empty() ? std::vector<int64_t>{0} : weights.delays));
  file.write("flags", names);
  file.finish();
}

}  // namespace arcuate
