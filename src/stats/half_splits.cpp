#include "stats/half_splits.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "core/error.h"
#include "core/random.h"

namespace arcuate {

using at::Tensor;

namespace {

// 1 for `first`, -1 for the others, 0 for `left_out` (-1: none).
Tensor halves(int64_t repeats, const std::vector<int64_t>& first, int64_t left_out) {
  auto split = at::full({repeats}, -1.0, at::kDouble);
  for (const auto n : first) split[n] = 1.0;
  if (left_out >= 0) split[left_out] = 0.0;
  return split;
}

// All n-combinations of `from` that hold its first member, so that no split comes twice.
void combine(const std::vector<int64_t>& from, size_t next, size_t size, std::vector<int64_t>& chosen,
             const std::function<void(const std::vector<int64_t>&)>& visit) {
  if (chosen.size() == size) return visit(chosen);
  for (size_t i = next; i + size - chosen.size() <= from.size(); ++i) {
    if (chosen.empty() && i > 0) return;
    chosen.push_back(from[i]);
    combine(from, i + 1, size, chosen, visit);
    chosen.pop_back();
  }
}

std::vector<int64_t> without(int64_t repeats, int64_t left_out) {
  std::vector<int64_t> members;
  for (int64_t n = 0; n < repeats; ++n)
    if (n != left_out) members.push_back(n);
  return members;
}

// Of splits that exist: C(2n, n) / 2, times the repeats that may be left out.
double split_count(int64_t repeats) {
  const int64_t half = repeats / 2;
  double count = repeats % 2 == 0 ? 0.5 : 0.5 * static_cast<double>(repeats);
  for (int64_t i = 1; i <= half; ++i) count *= static_cast<double>(half + i) / static_cast<double>(i);
  return count;
}

}  // namespace

Tensor half_splits(int64_t repeats, int64_t most, uint64_t seed) {
  if (repeats < 2) bad_usage("{} repeats cannot be halved: at least 2 are needed", repeats);
  if (most < 1) bad_usage("{} splits into halves: at least 1 is needed", most);
  const bool odd = repeats % 2 != 0;
  const auto size = static_cast<size_t>(repeats / 2);
  std::vector<Tensor> splits;
  if (split_count(repeats) < static_cast<double>(most) + 0.5) {
    for (int64_t left_out = odd ? 0 : -1; left_out < (odd ? repeats : 0); ++left_out) {
      std::vector<int64_t> chosen;
      combine(without(repeats, left_out), 0, size, chosen,
              [&](const auto& first) { splits.push_back(halves(repeats, first, left_out)); });
    }
    return at::stack(splits);
  }
  Random random(derive_seed(seed, "halves of repeats"));
  std::set<std::vector<int64_t>> drawn;  // the one left out, then the half that holds the smallest other repeat
  while (std::ssize(drawn) < most) {
    const auto order = random.permutation(repeats);
    const int64_t left_out = odd ? order.back() : -1;
    std::vector<int64_t> first(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(size)),
        second(order.begin() + static_cast<std::ptrdiff_t>(size),
               order.begin() + static_cast<std::ptrdiff_t>(2 * size));
    std::sort(first.begin(), first.end());
    std::sort(second.begin(), second.end());
    auto& half = first.front() < second.front() ? first : second;
    half.insert(half.begin(), left_out);
    if (!drawn.insert(half).second) continue;
    splits.push_back(halves(repeats, {half.begin() + 1, half.end()}, left_out));
  }
  return at::stack(splits);
}

}  // namespace arcuate
