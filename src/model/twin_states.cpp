#include "model/twin_states.h"

#include <ATen/ATen.h>

#include "core/error.h"

namespace arcuate {

at::Tensor mean_twin_states(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                            std::span<const std::vector<std::string>> twins, const TwinOptions& options,
                            const ExtractOptions& extraction, const Compute& compute) {
  if (twins.empty()) bad_usage("the mean over texts of the same syntax needs at least one text");
  auto plain = extraction;
  plain.predictions = false;
  at::Tensor sum;
  for (size_t i = 0; i < twins.size(); ++i) {
    Compute inner = compute;
    if (compute.progress)
      inner.progress = [&, i](int64_t done, int64_t all) {
        compute.progress(static_cast<int64_t>(i) * all + done, static_cast<int64_t>(twins.size()) * all);
      };
    const auto states = options.past == TwinPast::twin
                            ? extract(model, tokenizer, twins[i], plain, inner).states
                            : continued_states(model, tokenizer, words, twins[i], options.ahead, plain, inner);
    sum = sum.defined() ? sum.add_(states) : states.to(at::kDouble);
  }
  return sum.div_(static_cast<double>(twins.size()));
}

}  // namespace arcuate
