#include "train/checkpoint_steps.h"

#include <cmath>
#include <set>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

static int64_t count_in(const std::string& text, std::string_view digits, int64_t lowest) {
  const auto count = to_integer(digits);
  if (!count || *count < lowest)
    bad_usage("checkpoints '{}': a number of steps, every:N or log:N expected, N at least 1", text);
  return *count;
}

std::vector<int64_t> checkpoint_steps(std::span<const std::string> texts, int64_t steps) {
  std::set<int64_t> chosen{steps};
  for (const auto& text : texts) {
    if (text.starts_with("every:")) {
      const int64_t every = count_in(text, std::string_view(text).substr(6), 1);
      for (int64_t step = every; step < steps; step += every) chosen.insert(step);
    } else if (text.starts_with("log:")) {
      const int64_t count = count_in(text, std::string_view(text).substr(4), 1);
      for (int64_t i = 0; i + 1 < count; ++i)
        chosen.insert(std::llround(
            std::pow(static_cast<double>(steps), static_cast<double>(i) / static_cast<double>(count - 1))));
    } else {
      const int64_t step = count_in(text, text, 0);
      if (step > steps) bad_usage("checkpoints: step {} comes after the last of {}", step, steps);
      chosen.insert(step);
    }
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace arcuate
