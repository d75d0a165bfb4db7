#include "encode/rows.h"

#include <algorithm>
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

std::vector<Fold> contiguous_folds(std::span<const int64_t> rows, std::span<const RowRange> stories, int64_t folds,
                                   int64_t gap) {
  const auto count = static_cast<int64_t>(rows.size());
  if (folds < 2 || folds > count)
    bad_usage("{} folds of {} rows: at least 2 folds and one row in each are needed", folds, count);
  std::vector<Fold> splits;
  int64_t begin = 0;
  for (int64_t k = 0; k < folds; ++k) {
    const int64_t end = begin + count / folds + (k < count % folds ? 1 : 0);
    Fold fold;
    fold.test.assign(rows.begin() + begin, rows.begin() + end);
    fold.train = training_rows(rows, fold.test, stories, gap);
    if (fold.train.empty())
      bad_usage("fold {} of {} has no training row left with a gap of {}; use fewer folds or a smaller gap", k + 1,
                folds, gap);
    splits.push_back(std::move(fold));
    begin = end;
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
