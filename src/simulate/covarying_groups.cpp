#include "simulate/covarying_groups.h"

#include <ATen/ATen.h>

#include <algorithm>
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
      : z_(zscore(series)), r_(z_.t().mm(z_) / z_.size(0)), size_(size), free_(at::ones({z_.size(1)}, at::kBool)) {}

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
    constexpr double taken = -2;  // below any r
    const auto r = at::where(free_, r_[first], at::full({}, taken, at::kDouble));
    const auto [largest, members] = r.topk(size_);
    Group group{.mean = z_.index_select(1, members).mean(1)};
    const auto order = members.contiguous();
    group.members.assign(order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + order.numel());
    group.mean = group.mean / group.mean.norm();
    group.merit = largest.mean().item<double>();
    if (!means_.empty()) group.merit -= at::stack(means_).mv(group.mean).abs().max().item<double>();
    return group;
  }

  Tensor z_, r_;
  int64_t size_;
  Tensor free_;
  std::vector<Tensor> means_{};
  std::vector<std::vector<int64_t>> groups_{};
};

}  // namespace

std::vector<std::vector<int64_t>> covarying_groups(const Tensor& series, int64_t groups, int64_t size, uint64_t seed) {
  const auto order = Random(seed).permutation(series.size(1));
  Chooser chooser(series, size);
  for (int64_t g = 0; g < groups; ++g) {
    std::vector<int64_t> drawn, all;
    for (size_t i = 0; i < order.size(); ++i) {
      if (!chooser.is_free(order[i])) continue;
      all.push_back(order[i]);
      if (2 * i < order.size()) drawn.push_back(order[i]);
    }
    chooser.take_best(drawn.empty() ? all : drawn);
  }
  return chooser.groups();
}

}  // namespace arcuate
