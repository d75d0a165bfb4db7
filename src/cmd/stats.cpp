// arcuate stats: what holds for a group, from tables or maps of scores; or within one subject, which of two models
// predicts better.
#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/encode_data_support.h"
#include "cmd/output_support.h"
#include "cmd/stats_maps_support.h"
#include "cmd/stats_options_support.h"
#include "cmd/stats_results_support.h"
#include "cmd/stats_table_support.h"
#include "cmd/stats_within_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "core/text.h"
#include "io/gifti.h"
#include "io/gzip.h"
#include "stats/fdr.h"
#include "stats/group_bootstrap.h"

namespace arcuate {
namespace {

constexpr size_t most_rows = 40;                  // of a table that is printed
constexpr int64_t smallest_number_of_blocks = 8;  // 2^7 exchanges that differ: p of 0.05 is far from the smallest

struct Options {
  std::vector<std::filesystem::path> inputs{};
  StatsColumns columns{};
  StatsMapNames maps{};
  WithinSubject within{};
  std::filesystem::path target_groups{};
  StatsTest test{};
  std::filesystem::path output{};
};

void describe(cli::Spec<Options>& s) {
  s.summary("group statistics of scores, in tables or maps, and paired tests within one subject");
  s.description(
      "Tables (.tsv, .csv) hold a row a score, as `arcuate run` writes them; each cell of --by is tested over "
      "subjects. "
      "Maps (.npy, .gii) are one file a subject and are tested vertex by vertex, and by region with --target-groups; "
      "they are read one after another, so memory does not grow with the number of subjects. --compare and --paired "
      "make the tests paired.");
  s.description(
      "With --responses and --predictions nothing is compared over subjects: within one subject, the predictions of "
      "two models trade places in blocks of volumes, for each target and, with --target-groups, each region.");
  s.description(
      "With --output it writes stats.tsv (cells or regions), targets.tsv (within one subject), the maps of a test of "
      "maps, and manifest.json.");
  s.optional_input("inputs", &Options::inputs, "tables, or one map a subject").metavar("FILE");
  s.option("output", &Options::output,
           "folder for the results, made if it is not there; without it they are printed only")
      .metavar("DIR")
      .short_name('o')
      .unrecorded();
  s.option(
      "target-groups", &Options::target_groups,
      "the region of each vertex or target: a text file of one label a line (n/a: none), whole numbers as FILE.npy "
      "(0: none), a .label.gii file, or FreeSurfer's .annot");
  s.group(describe_stats_test, &Options::test);
  s.group(describe_stats_columns, &Options::columns);
  s.group(describe_stats_maps, &Options::maps);
  s.group(describe_tfce, &Options::test);
  s.group(describe_within_subject, &Options::within);
  s.example("arcuate stats study/sub-*/sub-*_scores.tsv --value r --by space,layer,target --output group",
            "is r above 0 over subjects? q over all cells");
  s.example(
      "arcuate stats regions.tsv --value r --by region --compare hemisphere=L,R --test signed-rank --bootstrap 2000",
      "left less right in each region, with intervals");
  s.example(
      "arcuate stats a/sub-*.func.gii --paired b/sub-*.func.gii --map r --correct tfce --surface L.surf.gii -o tfce",
      "two models vertex by vertex, with cluster enhancement");
  s.example("arcuate stats --responses y.npy --predictions a.npy b.npy --volumes 300,280 --target-groups roi.txt",
            "two models within one subject");
  s.example(
      "arcuate stats --responses y.npy --predictions a.npy b.npy --correct tfce --surface L.surf.gii --output tfce",
      "the same vertex by vertex, with cluster enhancement");
}

enum class Kind { tables, maps, within };

bool is_table(const fs::path& path) {
  const auto extension = without_gz(path).extension();
  return extension == ".tsv" || extension == ".csv";
}
bool is_map(const fs::path& path) { return path.extension() == ".npy" || is_gifti_name(path); }

Kind kind_of(const Options& options) {
  if (options.inputs.empty()) {
    if (options.within.responses.empty())
      bad_usage("give tables, maps, or --responses and --predictions; see 'arcuate help stats'");
    return Kind::within;
  }
  if (std::all_of(options.inputs.begin(), options.inputs.end(), is_table)) return Kind::tables;
  if (std::all_of(options.inputs.begin(), options.inputs.end(), is_map)) return Kind::maps;
  Problems problems("inputs are tables (.tsv, .csv) or maps (.npy, .gii), and not both", Fault::usage);
  const bool tables = is_table(options.inputs.front());
  for (const auto& input : options.inputs)
    if (tables ? !is_table(input) : !is_map(input)) problems.add("'{}'", input.string());
  problems.raise();
  return Kind::maps;
}

// Options that say nothing about this kind of input would be ignored in silence.
void check_roles(const Options& options, Kind kind) {
  Problems problems("options that do not belong to these inputs", Fault::usage);
  const auto only = [&](const char* name, bool given, bool belongs, const char* where) {
    if (given && !belongs) problems.add("--{} belongs to {}", name, where);
  };
  const auto& c = options.columns;
  const auto& t = options.test;
  const StatsTest usual{};
  const bool tables = kind == Kind::tables, maps = kind == Kind::maps, within = kind == Kind::within;
  only("value", !c.value.empty(), tables, "tables");
  only("by", !c.by.empty(), tables, "tables");
  only("subject", !c.subject.empty(), tables, "tables");
  only("compare", !c.compare.empty(), tables, "tables; maps are compared by --paired");
  only("where", !c.where.empty(), tables, "tables");
  only("within", !c.within.empty(), tables, "tables");
  only("stories", c.stories != StoryDraws::nested, tables && !c.within.empty() && t.bootstrap > 0,
       "--within and --bootstrap");
  only("missing", c.missing != RowGaps::error, tables, "tables");
  only("repeated", c.repeated != RepeatedRows::error, tables, "tables");
  only("paired", !options.maps.paired.empty(), maps, "maps");
  only("map", !options.maps.map.empty(), maps, "maps");
  const bool enhances = (maps || within) && t.correct == Correction::tfce;
  only("surface", !t.surface.empty(), enhances, "maps, tests within one subject and --correct tfce");
  only("extent-power", t.extent_power != usual.extent_power, enhances, "--correct tfce");
  only("height-power", t.height_power != usual.height_power, enhances, "--correct tfce");
  only("extent", t.extent != usual.extent, enhances, "--correct tfce");
  only("correct tfce", t.correct == Correction::tfce, maps || within, "maps and tests within one subject");
  only("target-groups", !options.target_groups.empty(), !tables, "maps and tests within one subject");
  only("responses", !options.within.responses.empty(), within, "tests within one subject, which have no other inputs");
  only("predictions", !options.within.predictions.empty(), within, "tests within one subject");
  only("volumes", !options.within.volumes.empty(), within, "tests within one subject");
  only("test", t.test.has_value(), !within, "tests over subjects; within one it is by paired block permutation");
  only("against", t.against != 0, !within, "tests over subjects");
  only("bootstrap", t.bootstrap > 0, !within, "tests over subjects");
  only("least", t.least != usual.least, !within, "tests over subjects");
  only("level", t.level != usual.level, t.bootstrap > 0, "--bootstrap");
  only("block", options.within.block != WithinSubject{}.block, within, "tests within one subject");
  const bool permutes = within || t.test == GroupTest::sign_flip || enhances || t.correct == Correction::largest;
  only("draws", t.draws != usual.draws, permutes, "--test sign-flip and tests within one subject");
  problems.raise();
  if (tables && c.value.empty()) bad_usage("tables need --value: the column of scores");
}

// What a kind of input comes to.
struct Outcome {
  struct File {
    std::string name{}, description{};
    TidyTable table{};
  };
  std::vector<File> tables{};
  std::vector<NamedMap> maps{};
  std::map<std::string, std::string> structure{};  // of GIfTI maps
  Json summary = Json::object();
  bool simulated = false;
};

Json counts_of(const at::Tensor& p, const at::Tensor& corrected, const StatsTest& test) {
  const auto& decisive = corrected.defined() ? corrected : p;
  const auto untested = at::isnan(p).sum().item<int64_t>();
  return {{"tests", p.size(0) - untested},
          {"untested", untested},
          {"significant", (decisive < test.alpha).sum().item<int64_t>()}};
}

void tell(cli::Run& run, const std::string& heading, const TidyTable& table, const std::string& summary) {
  run.console.out() << heading << "\n\n" << readable_table(table, most_rows) << "\n" << summary << "\n";
}

std::string heading_of(const StatsTest& test, int64_t units, int64_t tests, const std::string& what, bool paired) {
  const auto correction = correction_text(test.correct, tests, what);
  return (paired ? "paired " : "") + test_text(test, units, "subjects") + (correction.empty() ? "" : "; " + correction);
}

void warn_of_few(cli::Run& run, const StatsTest& test, int64_t units) {
  if (const auto warning = few_units_warning(test, units); !warning.empty()) run.console.warn("{}", warning);
}

Compute compute_of(const cli::Run& run) {
  auto compute = run.compute;
  compute.memory = run.common.memory_limit.count;
  return compute;
}

// Of cells by subjects and stories.
void add_hierarchical(const StatsCells& cells, const StatsColumns& columns, const BootstrapOptions& bootstrap,
                      int threads, GroupTestResult& result) {
  const int64_t count = cells.by_story.size(1);
  result.low = at::empty({count}, at::kDouble);
  result.high = at::empty({count}, at::kDouble);
  parallel_for(count, threads, [&](int64_t c) {
    const auto interval = hierarchical_interval(cells.by_story.select(1, c), columns.stories, bootstrap);
    result.low.data_ptr<double>()[c] = interval.low;
    result.high.data_ptr<double>()[c] = interval.high;
  });
}

void tell_rows(cli::Run& run, const StatsCells& cells) {
  run.console.info("rows      {}; {} chosen{}{}", cells.rows, cells.chosen,
                   cells.mean_subject ? "; the subject 'mean' is left out" : "",
                   cells.left_out > 0 ? fmt::format("; {} without a number or partner left out", cells.left_out) : "");
  run.console.info("subjects  {}", cells.subjects.size());
  run.console.info("cells     {}", cells.labels.size());
}

std::optional<Outcome> run_tables(const Options& options, cli::Run& run) {
  const auto cells = read_stats_cells(options.inputs, options.columns);
  tell_rows(run, cells);
  const auto subjects = std::ssize(cells.subjects), count = std::ssize(cells.labels);
  if (subjects < 2) bad_input("a test over subjects needs two or more, found only {}", cells.subjects.front());
  if (run.common.dry_run) return std::nullopt;
  auto test = group_test_options(options.test, run.common.seed);
  const auto bootstrap = test.bootstrap;
  if (cells.by_story.defined()) test.bootstrap.draws = 0;
  warn_of_few(run, options.test, subjects);
  auto result = group_test(units_of(cells.values), test, compute_of(run));
  if (cells.by_story.defined() && bootstrap.draws > 0)
    add_hierarchical(cells, options.columns, bootstrap, run.compute.threads, result);
  std::vector<TableColumn> columns;
  for (const auto& name : options.columns.by) columns.push_back({name, "Of the cell"});
  Outcome outcome{.simulated = cells.simulated};
  outcome.tables.push_back(
      {"stats", "Group statistics: one row per cell", group_result_table(columns, cells.labels, result, options.test)});
  outcome.summary = counts_of(result.p, result.corrected, options.test);
  outcome.summary["subjects"] = cells.subjects;
  outcome.summary["rows"] = {{"read", cells.rows}, {"chosen", cells.chosen}, {"left_out", cells.left_out}};
  tell(run, heading_of(options.test, subjects, count, "cells", !options.columns.compare.empty()),
       outcome.tables.back().table, summary_text(result.p, result.corrected, options.test, "cells"));
  return outcome;
}

std::vector<std::vector<std::string>> as_labels(const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> labels;
  for (const auto& name : names) labels.push_back({name});
  return labels;
}

// Means over the vertices of each region, tested like the maps, but for TFCE: regions have no neighbours.
void add_regions(const Options& options, const UnitRows& units, const TargetRegions& regions, GroupTestOptions test,
                 cli::Run& run, Outcome& outcome) {
  auto shown = options.test;
  if (test.correction == Correction::tfce) test.correction = shown.correct = Correction::largest;
  const auto means = region_units(units, regions.numbers, std::ssize(regions.names));
  const auto result = group_test(means, test, compute_of(run));
  outcome.tables.push_back(
      {"stats", "Group statistics of the maps' means over regions: one row per region",
       group_result_table({{"region", "Of --target-groups"}}, as_labels(regions.names), result, shown)});
  outcome.summary["regions"] = counts_of(result.p, result.corrected, shown);
  tell(run, heading_of(shown, units.count, std::ssize(regions.names), "regions", !options.maps.paired.empty()),
       outcome.tables.back().table, summary_text(result.p, result.corrected, shown, "regions"));
}

std::optional<Outcome> run_maps(const Options& options, cli::Run& run) {
  auto test = group_test_options(options.test, run.common.seed);
  if (test.correction == Correction::tfce) test.surface = read_tfce_surface(options.test);
  auto names = options.maps;
  names.files = options.inputs;
  if (leave_out_mean_maps(names) > 0) run.console.info("maps      sub-mean is the mean of the others and is left out");
  const auto units = map_units(names);
  const auto regions = read_target_regions(options.target_groups, units.columns);
  run.console.info("maps      {} of {} vertices{}", units.count, units.columns,
                   names.paired.empty() ? "" : ", less as many others");
  if (units.count < 2) bad_input("a test over subjects needs two or more maps, found 1");
  if (run.common.dry_run) return std::nullopt;
  warn_of_few(run, options.test, units.count);
  const auto result = group_test(units, test, compute_of(run));
  const auto& n = result.moments.count;
  if (const auto gaps = at::logical_and(n > 0, n < units.count).sum().item<int64_t>(); gaps > 0)
    run.console.info("gaps      {} vertices have no value in some maps; they are tested over the others", gaps);
  Outcome outcome{.structure = structure_of(names.files.front()),
                  .simulated = std::any_of(names.files.begin(), names.files.end(), is_marked_simulated)};
  for (const auto& column : result_columns(result, options.test))
    outcome.maps.push_back({column.about.name, column.values});
  outcome.summary = counts_of(result.p, result.corrected, options.test);
  run.console.out() << heading_of(options.test, units.count, units.columns, "vertices", !names.paired.empty()) << "\n"
                    << summary_text(result.p, result.corrected, options.test, "vertices") << "\n";
  if (regions.given()) {
    run.console.out() << "\n";
    add_regions(options, units, regions, test, run, outcome);
  }
  return outcome;
}

void correct(PairedScores& scores, Correction correction) {
  if (correction == Correction::none) scores.corrected = at::Tensor();
  if (correction == Correction::bh) scores.corrected = bh_fdr(scores.p);
  if (correction == Correction::by) scores.corrected = by_fdr(scores.p);
}

void warn_of_few_blocks(cli::Run& run, const PairedBlockResult& result, int64_t block) {
  if (result.blocks < smallest_number_of_blocks)
    run.console.warn(
        "only {} blocks of {} volumes: no p is below {}; more volumes, or a shorter --block where the "
        "series forget sooner",
        result.blocks, block, shortest(smallest_sign_flip_p(result.blocks, result.draws, Alternative::two_sided)));
}

std::optional<Outcome> run_within(const Options& options, cli::Run& run) {
  const auto data = read_within_subject(options.within, response_memory(run.common));
  const auto regions = read_target_regions(options.target_groups, data.targets);
  run.console.info("responses  {} volumes x {} targets", data.rows, data.targets);
  PairedBlockOptions wanted{.block = options.within.block,
                            .draws = options.test.draws,
                            .alternative = options.test.alternative,
                            .seed = static_cast<uint64_t>(run.common.seed)};
  if (options.test.correct == Correction::tfce) wanted.surface = read_tfce_surface(options.test);
  if (run.common.dry_run) return std::nullopt;
  auto result = paired_block_test(data.source, data.targets, data.story_lengths, regions.numbers, wanted, run.compute);
  warn_of_few_blocks(run, result, options.within.block);
  correct(result.voxels, options.test.correct);
  std::vector<std::string> targets;
  for (int64_t v = 0; v < data.targets; ++v) targets.push_back(std::to_string(v));
  Outcome outcome;
  outcome.tables.push_back({"targets", "Two models within one subject: one row per target",
                            paired_result_table({{"target", "Column of the responses, from 0"}}, as_labels(targets),
                                                result.voxels, {}, options.test)});
  outcome.summary = counts_of(result.voxels.p, result.voxels.corrected, options.test);
  outcome.summary["blocks"] = result.blocks;
  outcome.summary["exchanges"] = result.draws;
  const auto heading = fmt::format("paired block permutation, {} blocks, {} exchanges{}", result.blocks, result.draws,
                                   result.exhaustive ? " (all)" : "");
  tell(run, heading, outcome.tables.back().table,
       summary_text(result.voxels.p, result.voxels.corrected, options.test, "targets"));
  if (!regions.given()) return outcome;
  auto shown = options.test;
  if (shown.correct == Correction::tfce) shown.correct = Correction::largest;  // regions have no neighbours
  correct(result.regions, shown.correct);
  outcome.tables.push_back({"stats", "Two models within one subject: one row per region",
                            paired_result_table({{"region", "Of --target-groups"}}, as_labels(regions.names),
                                                result.regions, result.region_sizes, shown)});
  outcome.summary["regions"] = counts_of(result.regions.p, result.regions.corrected, shown);
  run.console.out() << "\n";
  tell(run, "regions: mean over targets", outcome.tables.back().table,
       summary_text(result.regions.p, result.regions.corrected, shown, "regions"));
  return outcome;
}

std::vector<fs::path> input_files(const Options& options, Kind kind) {
  auto files = kind == Kind::within ? within_files(options.within) : options.inputs;
  files.insert(files.end(), options.maps.paired.begin(), options.maps.paired.end());
  for (const auto& more : {options.target_groups, options.test.surface})
    if (!more.empty()) files.push_back(more);
  return files;
}

// The manifest is written last: where it is, the rest is.
void write_outcome(const Options& options, Kind kind, const Outcome& outcome, const cli::Run& run) {
  ensure_writable_folder(options.output);
  fs::remove(options.output / "manifest.json");
  for (const auto& [name, description, table] : outcome.tables)
    write_table(options.output / (name + ".tsv"), table, description, outcome.simulated);
  if (!outcome.maps.empty())
    write_stats_maps(options.output, outcome.maps, is_gifti_name(options.inputs.front()), outcome.structure);
  auto manifest = cli::manifest(run.record, input_files(options, kind));
  manifest["summary"] = outcome.summary;
  manifest["simulated"] = outcome.simulated;
  write_json(options.output / "manifest.json", manifest);
}

int run(const Options& options, cli::Run& run) {
  const auto kind = kind_of(options);
  check_roles(options, kind);
  if (!options.output.empty()) refuse_to_replace(options.output / "manifest.json", run.common.force);
  const auto outcome = kind == Kind::tables ? run_tables(options, run)
                       : kind == Kind::maps ? run_maps(options, run)
                                            : run_within(options, run);
  if (!outcome || options.output.empty()) return 0;
  write_outcome(options, kind, *outcome, run);
  run.console.info("written {}", (options.output / "manifest.json").string());
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command stats = cli::command<Options, describe, run>("stats");
}
}  // namespace arcuate
