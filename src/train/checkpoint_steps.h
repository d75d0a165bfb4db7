// After which steps a model is written.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace arcuate {

/// Ascending steps up to `steps`, which is always among them. Each text is a number (0: before the first step),
/// every:N, or log:N: N steps from 1 to the last with equal ratios, rounded, once each. Errors: usage.
std::vector<int64_t> checkpoint_steps(std::span<const std::string> texts, int64_t steps);

}  // namespace arcuate
