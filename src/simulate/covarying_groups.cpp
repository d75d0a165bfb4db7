#include "simulate/covarying_groups.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "brain/clean.h"
#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

// A candidate for the next group.
struct Group {
  std::vector<int64_t> members{};
  Tensor mean{};  // T, of norm 1
  double merit = -std::numeric_limits<double>::infinity();
};

class Chooser {
 public:
  Chooser(const Tensor& series, int64_t size)
      : z_(zscore(series) / std::sqrt(static_cast<double>(series.size(0)))),
        size_(size),
        free_(at::ones({series.size(1)}, at::kBool)) {}

  bool is_free(int64_t column) const { return free_[column].item<bool>(); }

  void take_best(const std::vector<int64_t>& firsts) {
    Group best;
    for (const int64_t first : firsts)
      if (auto group = around(first); group.merit > best.merit) best = std::move(group);
    free_.index_fill_(0, index_tensor(best.members), false);
    means_.push_back(best.mean);
    std::sort(best.members.begin(), best.members.end());
    groups_.push_back(std::move(best.members));
  }

  std::vector<std::vector<int64_t>> groups() const { return groups_; }

 private:
  Group around(int64_t first) const {
    Group group{.members = {first}, .mean = z_.select(1, first)};
    auto left = free_.clone();
    left[first] = false;
    while (std::ssize(group.members) < size_) {
      constexpr double taken = -2;  // below any r
      const auto r = at::where(left, z_.t().mv(group.mean), at::full({}, taken, at::kDouble));
      group.members.push_back(r.argmax().item<int64_t>());
      left[group.members.back()] = false;
      group.mean = z_.index_select(1, index_tensor(group.members)).mean(1);
      group.mean = group.mean / group.mean.norm();
    }
    group.merit = z_.index_select(1, index_tensor(group.members)).t().mv(group.mean).mean().item<double>();
    if (!means_.empty()) {
      const double alike = at::stack(means_).mv(group.mean).abs().max().item<double>();
      group.merit *= std::sqrt(std::max(0.0, 1 - alike * alike));
    }
    return group;
  }

  Tensor z_;  // columns of norm 1
  int64_t size_;
  Tensor free_;
  std::vector<Tensor> means_{};
  std::vector<std::vector<int64_t>> groups_{};
};

constexpr size_t most_drawn = 64;  // columns that a group may begin with: more make it hardly better

}  // namespace

std::vector<std::vector<int64_t>> covarying_groups(const Tensor& series, int64_t groups, int64_t size, uint64_t seed) {
  const auto order = Random(seed).permutation(series.size(1));
  Chooser chooser(series, size);
  for (int64_t g = 0; g < groups; ++g) {
    std::vector<int64_t> drawn;
    for (size_t i = 0; i < order.size() && drawn.size() < most_drawn; ++i)
      if (chooser.is_free(order[i])) drawn.push_back(order[i]);
    chooser.take_best(drawn);
  }
  return chooser.groups();
}

}  // namespace arcuate
