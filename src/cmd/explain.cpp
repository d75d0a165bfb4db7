// arcuate explain: which features explain a score, by one regression in each cell of a table.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "analysis/explain.h"
#include "cli/command.h"
#include "cli/run.h"
#include "cmd/explain_data_support.h"
#include "cmd/explain_text_support.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "core/version.h"
#include "report/figures.h"
#include "study/explain_report.h"

namespace arcuate {
namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

struct Options {
  ExplainColumns columns{};
  bool intercept = true;
  ZScore standardize = ZScore::none;
  CoefficientErrors errors = CoefficientErrors::classical;
  Criterion select = Criterion::none;
  double confidence = 0.95;
  int64_t folds = 5;
  std::optional<Shuffle> shuffle{};
  int64_t shuffles = 1000;
  int64_t bootstrap = 1000;
  double alpha = 0.05;
  std::filesystem::path output{};
};

void describe_columns(cli::Spec<ExplainColumns>& s) {
  s.input("table", &ExplainColumns::table, "a .tsv or .csv file with a header, one row a score").metavar("TABLE");
  s.option("response", &ExplainColumns::response, "the column to explain").metavar("COLUMN").required();
  s.option("predictors", &ExplainColumns::predictors, "the columns that may explain it: numbers")
      .metavar("COLUMN")
      .required();
  s.option(
       "cells", &ExplainColumns::cells,
       "columns whose values make the cells, each with a regression of its own: roi,hemisphere; without it all rows "
       "are one cell")
      .metavar("COLUMN");
  s.option("groups", &ExplainColumns::groups,
           "the column of what belongs together (model, family): its rows are held out, shuffled and resampled as one")
      .metavar("COLUMN");
  s.option("where", &ExplainColumns::where,
           "only rows with this value in this column; given again, values of one column are alternatives and several "
           "columns must all agree")
      .metavar("COLUMN=VALUE")
      .whole_values();
  s.option("missing", &ExplainColumns::missing, "what a row with n/a in the response or a predictor does")
      .choices({{"error", Missing::error}, {"drop", Missing::drop}});
}

void describe_regression(cli::Spec<Options>& s) {
  s.section("Regression");
  s.option("standardize", &Options::standardize,
           "what is z-scored in each cell: predictors makes their estimates comparable (change of the response for one "
           "deviation), both gives standardised coefficients")
      .choices({{"none", ZScore::none}, {"predictors", ZScore::predictors}, {"both", ZScore::both}});
  s.flag("no-intercept", &Options::intercept, "fit no constant; R2 is then about 0");
  s.option("errors", &Options::errors,
           "standard errors: classical, or one of the kinds that allow for residuals of unequal spread")
      .choices({{"classical", CoefficientErrors::classical},
                {"hc0", CoefficientErrors::hc0},
                {"hc1", CoefficientErrors::hc1},
                {"hc2", CoefficientErrors::hc2},
                {"hc3", CoefficientErrors::hc3}});
  s.option("select", &Options::select,
           "which predictors: none takes all; aic and bic try every subset of at most 12 and keep the best, anew in "
           "every fold and shuffle")
      .choices({{"none", Criterion::none}, {"aic", Criterion::aic}, {"bic", Criterion::bic}});
  s.option("confidence", &Options::confidence, "of all intervals").range(0.5, 0.9999);
}

void describe_tests(cli::Spec<Options>& s) {
  s.section("Reliable and valid");
  s.option("folds", &Options::folds, "contiguous runs of groups (of rows without --groups), left out in turn")
      .range(2, no_limit);
  s.option("shuffles", &Options::shuffles, "draws of the permutation test of the held-out R2").range(1, no_limit);
  s.option(
       "shuffle", &Options::shuffle,
       "what trades places in a draw: rows, all of them; within, those of one group; groups, whole groups of as many "
       "rows and the rows within them; if not given, groups with --groups, else rows")
      .choices({{"rows", Shuffle::rows}, {"within", Shuffle::within}, {"groups", Shuffle::groups}});
  s.option("bootstrap", &Options::bootstrap, "draws of groups (rows) with replacement").range(100, no_limit);
  s.option("alpha", &Options::alpha, "level below which p and q count as significant").range(0.0001, 0.5);
}

void describe(cli::Spec<Options>& s) {
  s.summary("which features explain a score: regressions in the cells of a table");
  s.description(
      "Fits one least-squares regression of the response on the predictors in each cell and prints its table: "
      "estimate, "
      "standard error (SE), t, p, confidence interval (CI) and variance inflation factor (VIF) of each term; R2, "
      "adjusted R2, F, AIC, BIC and the number of rows of the whole.");
  s.description(
      "A predictor is reliable when it has p < alpha, the same sign and p < alpha in the refit without each fold, and "
      "a "
      "bootstrap interval on the same side of 0. A cell is valid when F has p < alpha and rows that were held out are "
      "predicted better than by their mean: R2 above 0 with a permutation q < alpha (false discovery rate over "
      "cells).");
  s.description(
      "With --output it writes regression.tsv (cell x term), cells.tsv, a heat map of t (explain.svg, explain.tsv), "
      "report.html and manifest.json.");
  s.group(describe_columns, &Options::columns);
  s.option("output", &Options::output,
           "folder for the results, made if it is not there; without it they are printed only")
      .metavar("DIR")
      .short_name('o')
      .unrecorded();
  describe_regression(s);
  describe_tests(s);
  s.example("arcuate explain scores.tsv --response r --predictors log10_parameters,layers", "one regression");
  s.example(
      "arcuate explain scores.tsv --response r --predictors w1,w2 --cells roi,hemisphere --groups model --output "
      "explained",
      "one regression a region and hemisphere; both twins of a model are held out together");
}

Shuffle shuffle_of(const Options& options) {
  const bool grouped = !options.columns.groups.empty();
  if (options.shuffle && *options.shuffle != Shuffle::rows && !grouped)
    bad_usage("--shuffle {} needs --groups", *options.shuffle == Shuffle::within ? "within" : "groups");
  return options.shuffle.value_or(grouped ? Shuffle::groups : Shuffle::rows);
}

ExplainOptions explain_options(const Options& options, const cli::Run& run) {
  return {.regression = {.intercept = options.intercept, .confidence = options.confidence, .errors = options.errors},
          .z_score = options.standardize,
          .select = options.select,
          .folds = options.folds,
          .shuffle = shuffle_of(options),
          .shuffles = options.shuffles,
          .resamples = options.bootstrap,
          .alpha = options.alpha,
          .seed = static_cast<uint64_t>(run.common.seed)};
}

void tell_rows(const ExplainRows& rows, cli::Console& console) {
  console.info("rows   {}{}{}", rows.read,
               rows.chosen < rows.read ? fmt::format("; --where leaves {}", rows.chosen) : "",
               rows.dropped > 0 ? fmt::format("; {} dropped for want of a number", rows.dropped) : "");
  console.info("cells  {}", cells_text(rows.data.cells));
}

void tell_sums(const std::vector<CellResult>& results, const ExplainRows& rows, cli::Console& console) {
  if (results.size() < 2) return;
  const auto share = [&](auto holds) { return std::count_if(results.begin(), results.end(), holds); };
  console.out() << fmt::format("\nvalid {} of {} cells\n", share([](const auto& r) { return r.valid; }),
                               results.size());
  for (size_t j = 0; j < rows.data.predictors.size(); ++j)
    console.out() << fmt::format("reliable in {} of {} cells: {}\n",
                                 share([j](const auto& r) { return r.features[j].reliable; }), results.size(),
                                 rows.data.predictors[j]);
}

Json make_manifest(const Options& options, const ExplainRows& rows, const ExplainOptions& used, const cli::Run& run) {
  const std::vector<std::filesystem::path> files{options.columns.table};
  auto manifest = cli::manifest(run.record, files);
  manifest["rows"] = {{"read", rows.read}, {"chosen", rows.chosen}, {"dropped", rows.dropped}};
  manifest["cells"] = rows.data.cells.cells.size();
  manifest["shuffle"] = used.shuffle == Shuffle::rows ? "rows" : used.shuffle == Shuffle::within ? "within" : "groups";
  return manifest;
}

void write_explain_page(const fs::path& folder, const ExplainStory& story, const std::vector<CellResult>& results) {
  const Figures figures(folder);
  const auto add = [&](const auto& name, const auto& svg, const auto& data, const auto& caption) {
    return figures.add(name, svg, data, caption);
  };
  write_page(folder / "report.html",
             {.title = "What explains " + story.response,
              .subtitle = fmt::format("{} in {}", join(story.predictors, ", "), cells_text(story.cells)),
              .sections = explain_sections(story, results, add),
              .footer = fmt::format("arcuate {}. Full precision: the .tsv files beside this page.", version)});
}

// regression.tsv is written last: where it is, the rest is.
void write_explain(const fs::path& folder, const ExplainStory& story, const std::vector<CellResult>& results,
                   const Json& manifest) {
  fs::remove(folder / "regression.tsv");
  write_json(folder / "manifest.json", manifest);
  write_explain_page(folder, story, results);
  write_table(folder / "cells.tsv", cell_table(story, results), "Regressions: one row per cell", false);
  write_table(folder / "regression.tsv", regression_table(story, results), "Regressions: one row per cell and term",
              false);
}

int run(const Options& options, cli::Run& run) {
  const auto used = explain_options(options, run);
  if (!options.output.empty()) refuse_to_replace(options.output / "regression.tsv", run.common.force);
  const auto rows = read_explain_rows(options.columns);
  tell_rows(rows, run.console);
  if (run.common.dry_run) return 0;
  const auto results = explain(rows.data, used, run.compute);
  const ExplainStory story{.response = options.columns.response,
                           .groups = options.columns.groups,
                           .cells = rows.data.cells,
                           .predictors = rows.data.predictors,
                           .options = used};
  run.console.out() << regression_text(story, results);
  tell_sums(results, rows, run.console);
  if (options.output.empty()) return 0;
  ensure_writable_folder(options.output);
  write_explain(options.output, story, results, make_manifest(options, rows, used, run));
  run.console.info("written {}", (options.output / "report.html").string());
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command explain = cli::command<Options, describe, run>("explain");
}
}  // namespace arcuate
