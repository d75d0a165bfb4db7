#include "encode/rows.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "core/error.h"

namespace arcuate {

std::vector<RowRange> stack_ranges(std::span<const int64_t> lengths) {
  std::vector<RowRange> ranges;
  int64_t begin = 0;
  for (int64_t length : lengths) {
    ranges.push_back({begin, begin + length});
    begin += length;
  }
  return ranges;
}

std::vector<int64_t> all_rows(int64_t n) {
  std::vector<int64_t> rows(static_cast<size_t>(n));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

static size_t story_of(int64_t row, std::span<const RowRange> stories) {
  for (size_t s = 0; s < stories.size(); ++s)
    if (row >= stories[s].begin && row < stories[s].end) return s;
  fail(Fault::failed, "row {} belongs to no story", row);
}

std::vector<int64_t> training_rows(std::span<const int64_t> rows, std::span<const int64_t> test,
                                   std::span<const RowRange> stories, int64_t gap) {
  std::vector<RowRange> barred;  // ascending, without overlap
  for (const auto& story : stories) {
    const auto first = std::lower_bound(test.begin(), test.end(), story.begin),
               last = std::lower_bound(test.begin(), test.end(), story.end);
    for (auto row = first; row != last; ++row) {
      const RowRange span{std::max(story.begin, *row - gap), std::min(story.end, *row + gap + 1)};
      if (!barred.empty() && barred.back().end >= span.begin && barred.back().end > story.begin)
        barred.back().end = std::max(barred.back().end, span.end);
      else
        barred.push_back(span);
    }
  }
  std::vector<int64_t> train;
  for (int64_t row : rows) {
    const auto after = std::upper_bound(barred.begin(), barred.end(), row,
                                        [](int64_t r, const RowRange& span) { return r < span.begin; });
    if (after == barred.begin() || row >= std::prev(after)->end) train.push_back(row);
  }
  return train;
}

// Sizes as even as can be, the first ones larger.
static std::vector<std::vector<int64_t>> contiguous_blocks(std::span<const int64_t> rows, int64_t blocks) {
  const auto count = static_cast<int64_t>(rows.size());
  std::vector<std::vector<int64_t>> result;
  int64_t begin = 0;
  for (int64_t k = 0; k < blocks; ++k) {
    const int64_t end = begin + count / blocks + (k < count % blocks ? 1 : 0);
    result.emplace_back(rows.begin() + begin, rows.begin() + end);
    begin = end;
  }
  return result;
}

static void check_training_rows(const Fold& fold, int64_t number, int64_t folds, int64_t gap) {
  if (fold.train.empty())
    bad_usage("fold {} of {} has no training row left with a gap of {}; use fewer folds or a smaller gap", number,
              folds, gap);
}

std::vector<Fold> contiguous_folds(std::span<const int64_t> rows, std::span<const RowRange> stories, int64_t folds,
                                   int64_t gap) {
  const auto count = static_cast<int64_t>(rows.size());
  if (folds < 2 || folds > count)
    bad_usage("{} folds of {} rows: at least 2 folds and one row in each are needed", folds, count);
  std::vector<Fold> splits;
  for (const auto& test : contiguous_blocks(rows, folds)) {
    splits.push_back({training_rows(rows, test, stories, gap), test});
    check_training_rows(splits.back(), std::ssize(splits), folds, gap);
  }
  return splits;
}

std::vector<Fold> time_series_folds(std::span<const int64_t> rows, std::span<const RowRange> stories, int64_t folds,
                                    int64_t gap) {
  const auto count = static_cast<int64_t>(rows.size());
  if (folds < 1 || folds >= count)
    bad_usage("{} folds in time of {} rows: they are cut into {} blocks, and each needs a row", folds, count,
              folds + 1);
  const auto blocks = contiguous_blocks(rows, folds + 1);
  std::vector<Fold> splits;
  for (size_t k = 1; k < blocks.size(); ++k) {
    const auto before = std::lower_bound(rows.begin(), rows.end(), blocks[k].front());
    const auto past = rows.first(static_cast<size_t>(before - rows.begin()));
    splits.push_back({training_rows(past, blocks[k], stories, gap), blocks[k]});
    check_training_rows(splits.back(), std::ssize(splits), folds, gap);
  }
  return splits;
}

std::vector<Fold> labelled_folds(std::span<const int64_t> rows, std::span<const int64_t> fold_of,
                                 std::span<const RowRange> stories, int64_t gap) {
  std::map<int64_t, std::vector<int64_t>> tests;
  for (int64_t row : rows)
    if (const int64_t fold = fold_of[static_cast<size_t>(row)]; fold >= 0) tests[fold].push_back(row);
  if (tests.empty()) bad_usage("no row belongs to a fold: every one is marked as never tested");
  std::vector<Fold> splits;
  for (const auto& [fold, test] : tests) {
    splits.push_back({training_rows(rows, test, stories, gap), test});
    check_training_rows(splits.back(), std::ssize(splits), std::ssize(tests), gap);
  }
  return splits;
}

std::vector<Fold> leave_one_story_out(std::span<const int64_t> rows, std::span<const RowRange> stories) {
  std::vector<Fold> splits(stories.size());
  for (int64_t row : rows) {
    const size_t own = story_of(row, stories);
    for (size_t s = 0; s < stories.size(); ++s) (s == own ? splits[s].test : splits[s].train).push_back(row);
  }
  std::erase_if(splits, [](const Fold& fold) { return fold.test.empty(); });
  if (splits.size() < 2)
    bad_usage("leaving one story out needs at least two stories, found {}; use a number of folds", splits.size());
  return splits;
}

}  // namespace arcuate
