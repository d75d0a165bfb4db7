// Rows of the stacked time axis: which belong to one story, which to training and test.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace arcuate {

/// Rows [begin, end) of one story or run.
struct RowRange {
  int64_t begin = 0, end = 0;
  int64_t size() const { return end - begin; }
};

/// Ranges of stories of the given lengths, one after another.
std::vector<RowRange> stack_ranges(std::span<const int64_t> lengths);

/// One split. `gap` rows are in neither part.
struct Fold {
  std::vector<int64_t> train, test;
};

/// `rows` (ascending) cut into `folds` contiguous blocks, sizes as even as can be (the first ones larger). Training
/// rows of the same story that lie within `gap` rows of a test row are left out. Errors: usage, when a part would be
/// empty.
std::vector<Fold> contiguous_folds(std::span<const int64_t> rows, std::span<const RowRange> stories, int64_t folds,
                                   int64_t gap);

/// Those of `rows` (ascending) that are no test rows and not within `gap` rows of one in the same story. `test` is
/// ascending too.
std::vector<int64_t> training_rows(std::span<const int64_t> rows, std::span<const int64_t> test,
                                   std::span<const RowRange> stories, int64_t gap);

/// `rows` (ascending) cut into `folds` + 1 contiguous blocks, as even as can be (the first ones larger). Each block but
/// the first is tested by a model of the rows before it; the gap as above. Errors: usage, when a part would be empty.
std::vector<Fold> time_series_folds(std::span<const int64_t> rows, std::span<const RowRange> stories, int64_t folds,
                                    int64_t gap);

/// One fold for each number of `fold_of` that occurs in `rows` (ascending), in order; the gap as above. `fold_of`: one
/// number for each row of the time axis, below 0 where a row is never tested. Errors: usage, when a part would be
/// empty.
std::vector<Fold> labelled_folds(std::span<const int64_t> rows, std::span<const int64_t> fold_of,
                                 std::span<const RowRange> stories, int64_t gap);

/// Each story is the test set once.
std::vector<Fold> leave_one_story_out(std::span<const int64_t> rows, std::span<const RowRange> stories);

/// 0 … n-1.
std::vector<int64_t> all_rows(int64_t n);

}  // namespace arcuate
