#include "cmd/encode_folds_support.h"

#include <algorithm>
#include <set>

#include "cmd/labels_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr int64_t usual_folds = 5;

// Rows beyond the arrays' own ends need not be counted.
int64_t gap_of(const EncodeData& data, const FoldOptions& options) {
  return std::min(options.gap, data.features.size(0));
}

void check_enough_rows(int64_t rows, int64_t folds, int64_t gap) {
  const int64_t needed = folds * (1 + 2 * gap);
  if (gap > 0 && rows < needed)
    bad_usage(
        "{} rows are too few for {} folds with a gap of {}: {} are needed, a row and the gap on both sides of it for "
        "each fold; use fewer folds or a smaller gap",
        rows, folds, gap, needed);
}

std::vector<Fold> cut(std::span<const int64_t> rows, const EncodeData& data, const FoldOptions& options,
                      bool by_group) {
  const int64_t folds = options.folds.value_or(usual_folds), gap = gap_of(data, options);
  if (!options.labels.of_row.empty()) return labelled_folds(rows, options.labels.of_row, data.stories, gap);
  if (by_group) return leave_one_story_out(rows, data.stories);
  check_enough_rows(std::ssize(rows), folds, gap);
  return options.outer == OuterRule::time_series ? time_series_folds(rows, data.stories, folds, gap)
                                                 : contiguous_folds(rows, data.stories, folds, gap);
}

bool leaves_groups_out(const FoldOptions& options) {
  return options.by_group && !options.folds && options.labels.of_row.empty() && options.outer == OuterRule::automatic;
}

int64_t remaining_folds(std::span<const int64_t> rows, const FoldLabels& labels) {
  std::set<int64_t> folds;
  for (const int64_t row : rows)
    if (const int64_t fold = labels.of_row[static_cast<size_t>(row)]; fold >= 0) folds.insert(fold);
  return std::ssize(folds);
}

// Where nothing else is asked for, the rule of the outer folds is that of the inner ones too.
std::vector<Fold> cut_again(std::span<const int64_t> rows, const EncodeData& data, const FoldOptions& options,
                            bool by_group, size_t split) {
  auto how = options.inner;
  how.blocks = options.inner_folds.value_or(usual_folds);
  how.gap = gap_of(data, options);
  if (how.rule == InnerRule::automatic) {
    if (!options.labels.of_row.empty() && !options.inner_folds && remaining_folds(rows, options.labels) > 1)
      return labelled_folds(rows, options.labels.of_row, data.stories, how.gap);
    if (options.outer == OuterRule::time_series) how.rule = InnerRule::time_series;
  }
  return inner_folds(rows, data.stories, how, by_group, split);
}

}  // namespace

RidgeSplit whole_split(const EncodeData& data, const FoldOptions& options) {
  const auto train = all_rows(data.train_rows);
  const bool by_group = leaves_groups_out(options) && !options.inner_folds;
  return {{train, {}}, cut_again(train, data, options, by_group, 0)};
}

std::vector<RidgeSplit> encode_splits(const EncodeData& data, const FoldOptions& options) {
  const int64_t all = data.features.size(0);
  const auto train = all_rows(data.train_rows);
  const bool by_group = leaves_groups_out(options);
  if (all > data.train_rows) {
    std::vector<int64_t> test;
    for (int64_t row = data.train_rows; row < all; ++row) test.push_back(row);
    auto inside = options;
    inside.inner_folds = options.folds;
    return {{{train, test},
             options.inner.rule == InnerRule::automatic ? cut(train, data, options, by_group)
                                                        : cut_again(train, data, inside, by_group, 0)}};
  }
  const auto outer = cut(train, data, options, by_group);
  const bool inner_by_group = by_group && !options.inner_folds && outer.size() > 2;
  std::vector<RidgeSplit> splits;
  for (const auto& fold : outer)
    splits.push_back({fold, cut_again(fold.train, data, options, inner_by_group, splits.size())});
  return splits;
}

void describe_encode_cuts(cli::Spec<EncodeCuts>& s) {
  s.option("outer", &EncodeCuts::outer,
           "how outer folds are cut: auto, groups one at a time where there are some and no --folds, else contiguous; "
           "contiguous, also where there are groups; or time-series, which cuts --folds blocks and one more and tests "
           "each but the first by a model of the rows before it")
      .choices({{"auto", OuterRule::automatic},
                {"contiguous", OuterRule::contiguous},
                {"time-series", OuterRule::time_series}});
  s.option(
       "inner", &EncodeCuts::inner,
       "how inner folds are cut: auto, as --inner-folds says or as the outer ones; contiguous, also where groups "
       "are left out; time-series, as of --outer; bootstrap:BOOTS:LENGTH:HELD_OUT, which holds out random chunks "
       "of LENGTH rows, BOOTS times; HELD_OUT is a share of the rows (0.25) or a number of chunks; or no folds: loo, "
       "which leaves out each training row by itself, exactly, or gcv, generalised cross-validation; both are wrong "
       "for autocorrelated rows")
      .metavar("HOW");
  s.option("folds-from", &EncodeCuts::folds_from,
           "the outer fold of each training row (with test arrays the fold that chooses penalties): a table (.tsv, "
           ".csv) with a column fold, or a text file of one label a line; rows labelled - or n/a are never tested. A "
           "group cannot be torn: its rows need one label. Inner folds are the other folds, if there are two and "
           "--inner-folds is not given");
}

FoldOptions with_cuts(FoldOptions options, const EncodeCuts& cuts, bool test_arrays, int64_t seed) {
  options.outer = cuts.outer;
  if (!cuts.folds_from.empty() && (options.folds || cuts.outer != OuterRule::automatic))
    bad_usage("--folds-from and {} both say how outer folds are cut; give one of them",
              options.folds ? "--folds" : "--outer");
  options.inner = within("--inner", [&] { return parse_inner_folds(cuts.inner); });
  if (options.inner.rule != InnerRule::automatic && test_arrays &&
      (!cuts.folds_from.empty() || cuts.outer != OuterRule::automatic))
    bad_usage("with test arrays {} and --inner both say how inner folds are cut; give one of them",
              cuts.folds_from.empty() ? "--outer" : "--folds-from");
  const bool single_rows = options.inner.rule == InnerRule::left_out || options.inner.rule == InnerRule::gcv;
  if (options.inner.rule != InnerRule::chunks && !single_rows) return options;
  // Chunks and single rows take the place of the contiguous inner folds, which therefore must not be asked for too.
  if (options.inner_folds) bad_usage("--inner and --inner-folds both say how inner folds are cut; give one of them");
  if (options.folds && test_arrays)
    bad_usage("with test arrays --folds and --inner both say how inner folds are cut; give one of them");
  if (single_rows && options.gap > 0 && test_arrays)
    bad_usage("with test arrays and --inner {} there are no folds to leave a --gap in", cuts.inner);
  options.inner.chunks.seed = static_cast<uint64_t>(seed);
  return options;
}

namespace {

bool never_tested(const std::string& label) { return label == "-" || label == "n/a"; }

std::vector<std::string> read_rows(const fs::path& path) {
  if (path.extension() != ".tsv" && path.extension() != ".csv") return read_labels(path, "row");
  const auto table = read_table(path);
  const size_t column = table.column("fold");
  std::vector<std::string> labels;
  for (size_t row = 0; row < table.rows.size(); ++row) labels.push_back(table.text(row, column));
  return labels;
}

void check_whole_groups(const fs::path& path, const std::vector<std::string>& labels, const EncodeData& data) {
  Problems problems(fmt::format("'{}': a group cannot be torn, all of its rows must have one label", path.string()));
  for (const auto& story : data.stories) {
    if (story.begin >= data.train_rows) continue;
    const auto& first = labels[static_cast<size_t>(story.begin)];
    for (int64_t row = story.begin + 1; row < story.end; ++row)
      if (const auto& label = labels[static_cast<size_t>(row)]; label != first) {
        problems.add("rows {} to {} are one group; row {} is of fold '{}', row {} of fold '{}' (counted from 0)",
                     story.begin, story.end - 1, story.begin, first, row, label);
        break;
      }
  }
  problems.raise();
}

}  // namespace

FoldLabels read_fold_labels(const fs::path& path, const EncodeData& data) {
  if (path.empty()) return {};
  const auto labels = read_rows(path);
  if (std::ssize(labels) != data.train_rows)
    bad_input("'{}' has {} labels of folds for {} training rows", path.string(), labels.size(), data.train_rows);
  if (data.grouped) check_whole_groups(path, labels, data);
  std::vector<std::string> tested;
  std::copy_if(labels.begin(), labels.end(), std::back_inserter(tested),
               [](const auto& label) { return !never_tested(label); });
  auto numbered = number_labels(tested);
  FoldLabels result{.names = std::move(numbered.names), .of_row = std::vector<int64_t>(labels.size(), -1)};
  for (size_t row = 0, next = 0; row < labels.size(); ++row)
    if (!never_tested(labels[row])) result.of_row[row] = numbered.numbers[next++];
  return result;
}

}  // namespace arcuate
