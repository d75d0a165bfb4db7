#include "analysis/row_groups.h"

#include <ATen/ATen.h>

#include <map>

#include "core/error.h"
#include "core/random.h"

namespace arcuate {

namespace {

int64_t row_count(const RowGroups& groups) {
  int64_t rows = 0;
  for (const auto& group : groups) rows += static_cast<int64_t>(group.size());
  return rows;
}

// Groups among which whole groups trade places: those of one size.
std::vector<std::vector<size_t>> of_one_size(const RowGroups& groups) {
  std::map<size_t, std::vector<size_t>> by_size;
  for (size_t g = 0; g < groups.size(); ++g) by_size[groups[g].size()].push_back(g);
  std::vector<std::vector<size_t>> classes;
  for (auto& [size, members] : by_size) classes.push_back(std::move(members));
  return classes;
}

// The rows of `to` receive those of `from` in random order.
void exchange(const std::vector<int64_t>& to, const std::vector<int64_t>& from, Random& random, int64_t* order) {
  const auto places = random.permutation(static_cast<int64_t>(from.size()));
  for (size_t i = 0; i < to.size(); ++i) order[to[i]] = from[static_cast<size_t>(places[i])];
}

void draw_order(const RowGroups& groups, const std::vector<std::vector<size_t>>& classes, Random& random,
                int64_t* order) {
  for (const auto& members : classes) {
    const auto places = random.permutation(static_cast<int64_t>(members.size()));
    for (size_t i = 0; i < members.size(); ++i)
      exchange(groups[members[i]], groups[members[static_cast<size_t>(places[i])]], random, order);
  }
}

}  // namespace

RowGroups row_groups(const std::vector<std::string>& labels) {
  RowGroups groups;
  std::map<std::string, size_t> known;
  for (size_t row = 0; row < labels.size(); ++row) {
    const auto [place, is_new] = known.emplace(labels[row], groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(static_cast<int64_t>(row));
  }
  return groups;
}

RowGroups single_rows(int64_t rows) {
  RowGroups groups;
  for (int64_t row = 0; row < rows; ++row) groups.push_back({row});
  return groups;
}

std::vector<Fold> grouped_folds(const RowGroups& groups, int64_t folds) {
  const auto count = static_cast<int64_t>(groups.size());
  if (count < folds)
    bad_input("{} folds need at least as many groups, found {}: use fewer folds or more groups", folds, count);
  std::vector<int64_t> fold_of(static_cast<size_t>(row_count(groups)));
  int64_t group = 0;
  for (int64_t fold = 0; fold < folds; ++fold)
    for (const int64_t end = group + count / folds + (fold < count % folds ? 1 : 0); group < end; ++group)
      for (const int64_t row : groups[static_cast<size_t>(group)]) fold_of[static_cast<size_t>(row)] = fold;
  std::vector<Fold> result(static_cast<size_t>(folds));
  for (size_t row = 0; row < fold_of.size(); ++row)
    for (int64_t fold = 0; fold < folds; ++fold) {
      auto& part = result[static_cast<size_t>(fold)];
      (fold_of[row] == fold ? part.test : part.train).push_back(static_cast<int64_t>(row));
    }
  return result;
}

at::Tensor shuffled_orders(const RowGroups& groups, Shuffle shuffle, int64_t count, uint64_t seed) {
  const auto blocks = shuffle == Shuffle::rows ? single_rows(row_count(groups)) : groups;
  std::vector<std::vector<size_t>> classes;
  if (shuffle == Shuffle::within)
    for (size_t g = 0; g < blocks.size(); ++g) classes.push_back({g});
  else
    classes = of_one_size(blocks);
  Random random(derive_seed(seed, "shuffles of rows"));
  auto orders = at::empty({count, row_count(groups)}, at::kLong);
  for (int64_t i = 0; i < count; ++i) draw_order(blocks, classes, random, orders[i].data_ptr<int64_t>());
  return orders;
}

at::Tensor resampled_counts(const RowGroups& groups, int64_t count, uint64_t seed) {
  Random random(derive_seed(seed, "resamples of groups"));
  auto counts = at::zeros({count, row_count(groups)}, at::kDouble);
  for (int64_t i = 0; i < count; ++i) {
    auto* drawn = counts[i].data_ptr<double>();
    for (size_t g = 0; g < groups.size(); ++g)
      for (const int64_t row : groups[random.below(groups.size())]) drawn[row] += 1;
  }
  return counts;
}

}  // namespace arcuate
