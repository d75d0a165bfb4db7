// arcuate ceiling: how well responses could be predicted at best, from repeats of one person or from several persons.
#include <ATen/ATen.h>

#include <functional>
#include <limits>
#include <optional>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/encode_data_support.h"
#include "cmd/groups.h"
#include "cmd/labels_support.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/score.h"
#include "io/table.h"
#include "stats/block_bootstrap.h"
#include "stats/ceiling.h"
#include "stats/half_splits.h"

namespace arcuate {
namespace {

using at::Tensor;

constexpr double no_limit = std::numeric_limits<double>::infinity();

enum class Of { repeats, subjects };

struct Options {
  std::vector<std::string> responses{};
  Of of = Of::repeats;
  fs::path groups{};
  int64_t splits = 50, draws = 500, block = 20;
  double interval = 0;
  groups::OutputFolder output{};
};

void describe(cli::Spec<Options>& s) {
  s.summary("how well responses could be predicted at best");
  s.description(
      "Noise ceilings of every target. From repeats, the same person's responses to the same story: CC_max, the "
      "highest "
      "correlation to be expected with their mean; explainable variance, the share of one repeat that is common to "
      "all, corrected for their number; and the split-half reliability of their mean. From several subjects: the "
      "correlation of each with the mean of the others.");
  s.description(
      "Writes to the output folder ceilings.tsv (target, flag and the ceilings of repeats; or subject, target, flag "
      "and "
      "isc; with --interval also <ceiling>_low and <ceiling>_high), ceilings.json (what the columns mean) and "
      "manifest.json. Bad targets have a flag and n/a for every number.");
  s.option("responses", &Options::responses, "an array for each repeat or subject: rows x targets, all alike")
      .required();
  s.option("of", &Options::of, "what the arrays are").choices({{"repeats", Of::repeats}, {"subjects", Of::subjects}});
  s.option("groups", &Options::groups,
           "the story of each row, a label a line: blocks of the bootstrap end where it ends");
  s.option("splits", &Options::splits, "ways to halve the repeats: all, or so many at random").range(1, no_limit);
  s.section("Intervals");
  s.option("interval", &Options::interval, "level of the intervals, by a block bootstrap over rows; 0: none")
      .range(0, 0.9999);
  s.option("draws", &Options::draws, "draws of the bootstrap").range(1, no_limit);
  s.option("block", &Options::block, "rows of its blocks").range(1, no_limit);
  s.group(groups::output_folder, &Options::output);
  s.example("arcuate ceiling --responses run1.npy run2.npy run3.npy --output ceilings", "one story heard three times");
  s.example("arcuate ceiling --responses s1.npy s2.npy s3.npy --of subjects --interval 0.95 --output shared",
            "what three listeners have in common");
}

// Arrays x rows x targets.
Tensor read_all(const std::vector<std::string>& names) {
  if (names.size() < 2) bad_usage("a ceiling needs two or more arrays (--responses A B …), found {}", names.size());
  std::vector<fs::path> files;
  for (const auto& name : names) files.push_back(array_file(name));
  check_there(files);
  std::vector<Tensor> arrays;
  Problems problems("all arrays must have the same rows and targets");
  for (const auto& name : names) {
    arrays.push_back(read_matrix(name).to(at::kDouble));
    if (arrays.back().sizes() != arrays.front().sizes())
      problems.add("'{}' is {}, and '{}' is {}", name, shape_text(arrays.back()), names.front(),
                   shape_text(arrays.front()));
  }
  problems.raise();
  return at::stack(arrays);
}

std::vector<int64_t> story_lengths(const fs::path& groups, int64_t rows) {
  if (groups.empty()) return {rows};
  const auto labels = read_labels(groups, "row");
  if (std::ssize(labels) != rows) bad_input("'{}' has {} labels for {} rows", groups.string(), labels.size(), rows);
  std::vector<RowRange> stories;
  append_stories(labels, {0, rows}, groups, stories);
  std::vector<int64_t> lengths;
  for (const auto& story : stories) lengths.push_back(story.size());
  return lengths;
}

// A repeat that is bad spoils its target; a subject only its own.
std::vector<Flag> flags_of(const Tensor& arrays, Of of) {
  if (of == Of::subjects) return flag_targets(arrays.permute({1, 0, 2}).flatten(1));
  auto flags = flag_targets(arrays[0]);
  for (int64_t n = 1; n < arrays.size(0); ++n) {
    const auto own = flag_targets(arrays[n]);
    for (size_t v = 0; v < flags.size(); ++v)
      if (flags[v] == Flag::ok) flags[v] = own[v];
  }
  return flags;
}

struct Column {
  std::string name{}, description{};
  Tensor values{};  // targets, or subjects x targets
};

// A ceiling, and its interval where one is asked for.
void add(std::vector<Column>& columns, const Column& ceiling, const std::function<TargetIntervals()>& interval,
         double level) {
  columns.push_back(ceiling);
  if (level <= 0) return;
  const auto ends = interval();
  const auto text = fmt::format(" end of the {:g} % interval of {}, by a block bootstrap", 100 * level, ceiling.name);
  columns.push_back({ceiling.name + "_low", "Lower" + text, ends.low});
  columns.push_back({ceiling.name + "_high", "Upper" + text, ends.high});
}

std::vector<Column> of_repeats(const Tensor& repeats, const Options& options, const BlockBootstrap* bootstrap,
                               const cli::Run& run) {
  std::vector<Column> columns;
  const auto covariances = repeat_covariances(repeats);
  const auto all = [&](const char* name, const char* description,
                       const std::function<Tensor(const Tensor&)>& statistic) {
    add(
        columns, {name, description, statistic(covariances)},
        [&] { return repeats_interval(repeats, statistic, *bootstrap, run.compute.threads); }, options.interval);
  };
  all("cc_max", "Highest r to be expected with the mean of the repeats (Schoppe et al. 2016)", ceiling_of_covariances);
  all("explainable_variance", "Share of one repeat's variance that repeats have in common, corrected for their number",
      explainable_variance);
  const auto splits = half_splits(repeats.size(0), options.splits, static_cast<uint64_t>(run.common.seed));
  all("split_half", "Split-half reliability of the mean of the repeats (Spearman-Brown)",
      [&](const Tensor& c) { return split_half_reliability(c, splits); });
  return columns;
}

std::vector<Column> of_subjects(const Tensor& subjects, const Options& options, const BlockBootstrap* bootstrap,
                                const cli::Run& run) {
  std::vector<Column> columns;
  const auto interval = [&]() -> TargetIntervals {
    std::vector<Tensor> low, high;
    each_against_others(
        subjects.size(0), [&](int64_t s) { return subjects[s]; },
        [&](int64_t, const Tensor& own, const Tensor& others) {
          const auto ends = correlation_interval(own, others, *bootstrap, run.compute.threads);
          low.push_back(ends.low);
          high.push_back(ends.high);
        });
    return {at::stack(low), at::stack(high)};
  };
  add(columns, {"isc", "Correlation of the subject with the mean of the others", inter_subject_correlation(subjects)},
      interval, options.interval);
  return columns;
}

void write_ceilings(const fs::path& folder, const std::vector<Column>& columns, const std::vector<Flag>& flags,
                    const std::vector<std::string>& subjects) {
  std::vector<std::string> names{"target", "flag"};
  Json about{{"target", {{"Description", "Column of the arrays, from 0"}}},
             {"flag", {{"Description", "ok, constant, nan or infinite"}}}};
  if (!subjects.empty()) {
    names.insert(names.begin(), "subject");
    about["subject"] = {{"Description", "Its array"}};
  }
  for (const auto& column : columns) {
    names.push_back(column.name);
    about[column.name] = {{"Description", column.description}};
  }
  const auto targets = subjects.empty() ? flags.size() : flags.size() / subjects.size();
  std::vector<std::vector<std::string>> rows;
  for (size_t c = 0; c < flags.size(); ++c) {
    std::vector<std::string> row{std::to_string(c % targets), flag_name(flags[c])};
    if (!subjects.empty()) row.insert(row.begin(), subjects[c / targets]);
    for (const auto& column : columns)
      row.push_back(flags[c] == Flag::ok ? shortest(column.values.flatten()[static_cast<int64_t>(c)].item<double>())
                                         : "n/a");
    rows.push_back(std::move(row));
  }
  write_json(folder / "ceilings.json", about);
  write_tsv(folder / "ceilings.tsv", names, rows);
}

int run(const Options& options, cli::Run& run) {
  const auto& folder = options.output.path;
  refuse_to_replace(folder / "ceilings.tsv", run.common.force);
  const auto arrays = read_all(options.responses);
  const auto lengths = story_lengths(options.groups, arrays.size(1));
  const bool repeats = options.of == Of::repeats;
  const auto flags = flags_of(arrays, options.of);
  std::optional<BlockBootstrap> bootstrap;
  if (options.interval > 0)
    bootstrap.emplace(lengths, BlockBootstrapOptions{.draws = options.draws,
                                                     .block = options.block,
                                                     .level = options.interval,
                                                     .seed = static_cast<uint64_t>(run.common.seed)});
  const auto* draws = bootstrap ? &*bootstrap : nullptr;
  run.console.info("responses  {} {}, {} rows x {} targets", arrays.size(0), repeats ? "repeats" : "subjects",
                   arrays.size(1), arrays.size(2));
  if (run.common.dry_run) return 0;
  const auto columns = repeats ? of_repeats(arrays, options, draws, run) : of_subjects(arrays, options, draws, run);
  ensure_writable_folder(folder);
  std::vector<fs::path> files;
  for (const auto& name : options.responses) files.push_back(array_file(name));
  if (!options.groups.empty()) files.push_back(options.groups);
  write_json(folder / "manifest.json", cli::manifest(run.record, files));
  write_ceilings(folder, columns, flags, repeats ? std::vector<std::string>{} : options.responses);
  for (const auto& column : columns)
    run.console.out() << fmt::format("{:<26}mean {:.4f}\n", column.name, at::nanmean(column.values).item<double>());
  run.console.info("written    {}", (folder / "ceilings.tsv").string());
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command ceiling = cli::command<Options, describe, run>("ceiling");
}
}  // namespace arcuate
