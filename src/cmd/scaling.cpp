// arcuate scaling: how scores grow with the size of a model or with the amount of data.
#include "cli/command.h"
#include "cli/run.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "cmd/scaling_table_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/version.h"
#include "report/figures.h"
#include "study/scaling_report.h"

namespace arcuate {
namespace {

struct Options {
  ScoreTables tables{};
  groups::OutputFolder output{};
  Base base = Base::fitted;
  double level = 0.95;
  int64_t draws = 2000;
};

void describe_tables(cli::Spec<ScoreTables>& s) {
  s.input("tables", &ScoreTables::files, "tables of scores (.tsv or .csv), a row for each score").metavar("TABLE");
  s.option("models", &ScoreTables::models,
           "a table with a row for each model, joined by the model's name: its size, family or number of layers, where "
           "the scores do not say them")
      .metavar("FILE");
  s.option("where", &ScoreTables::where, "only rows with COLUMN=VALUE, or COLUMN!=VALUE; all conditions must hold")
      .metavar("CONDITION");
}

void describe_columns(cli::Spec<ScoreColumns>& s) {
  s.section("Columns");
  s.option("score", &ScoreColumns::score, "of scores; if not given, score, r, single_subject_r or mean_r")
      .metavar("COLUMN");
  s.option(
       "size", &ScoreColumns::size,
       "what the score grows with; if not given, size, parameters, n_parameters, parameters_millions, training_rows "
       "or training_trs")
      .metavar("COLUMN");
  s.option("model", &ScoreColumns::model, "of the model; if not given, model, space, name or model_name")
      .metavar("COLUMN");
  s.option("family", &ScoreColumns::family, "of the family, which gets a line of its own; if not given, family")
      .metavar("COLUMN");
  s.option("subject", &ScoreColumns::subject, "of the subject; if not given, subject").metavar("COLUMN");
  s.option("story", &ScoreColumns::story, "of the story; if not given, story").metavar("COLUMN");
  s.option("layer", &ScoreColumns::layer, "of the layer: a number, or final; if not given, layer").metavar("COLUMN");
  s.option("layers", &ScoreColumns::layers,
           "of the number of layers of the model; if not given, layers or n_layers, else its largest layer")
      .metavar("COLUMN");
  s.option("depth", &ScoreColumns::depth, "of the relative depth; if not given, depth, else layer / layers")
      .metavar("COLUMN");
  s.option("choose-by", &ScoreColumns::choice,
           "of scores on training rows, by which each model's layer is chosen; without it the layer that is best by "
           "test stands for its model, and is named so")
      .metavar("COLUMN");
}

void describe(cli::Spec<Options>& s) {
  s.summary("scaling laws: how scores grow with the size of a model or the amount of data");
  s.description(
      "Fits score = a + b log10(size) to tables of scores, over all models and for each family, for the mean over "
      "subjects and for every subject. The gain per decade b comes with an interval over models (Student's t) and one "
      "over subjects and stories (bootstrap), and as a percentage of a base that is named.");
  s.description(
      "Rows that agree in model, size, layer, subject and story (targets, seeds) are averaged. The group and subject "
      "tables of `arcuate run` are read as they are, with --models for sizes; their rows of untrained twins are lines "
      "of "
      "their own. So is `subsets.tsv` of `arcuate subsets`.");
  s.description(
      "Writes to the output folder scaling.tsv (a row for each point), fits.tsv (for each line), depth.tsv (for each "
      "layer, if there are several), a .json beside each that says what the columns mean, figures, report.html and "
      "manifest.json.");
  s.group(describe_tables, &Options::tables);
  s.group(groups::output_folder, &Options::output);
  s.section("Fit");
  s.option("base", &Options::base,
           "what the percentage is of: the score at the smallest size, the mean score, or the fitted line at the "
           "smallest size")
      .choices({{"smallest", Base::smallest}, {"mean", Base::mean}, {"fitted", Base::fitted}});
  s.option("level", &Options::level, "of all intervals").range(0.5, 0.9999);
  s.option("draws", &Options::draws, "bootstrap draws of subjects and stories; 0: no such intervals").range(0, 1e6);
  s.group([](cli::Spec<ScoreTables>& t) { t.group(describe_columns, &ScoreTables::columns); }, &Options::tables);
  s.example("arcuate scaling scores.tsv --size parameters --score r --output law", "columns model, parameters, r");
  s.example("arcuate scaling results/sub-*/func/*_scores.tsv --models sizes.tsv --where training=trained --output law",
            "what `run` wrote for each subject, with a table of the models' sizes");
}

// The page is written last: where it is, the rest is.
void write_scaling(const fs::path& folder, const ScalingReport& report) {
  const auto write = [&](const char* name, const TidyTable& table, const char* what) {
    write_table(folder / name, table, what, report.simulated);
  };
  write("scaling.tsv", points_table(report), "Points of the scaling law: one row per model and size");
  write("fits.tsv", fits_table(report), "Lines: one row per family and subject");
  if (has_layers_to_compare(report)) write("depth.tsv", depth_table(report), "All layers: one row per model and layer");
  const Figures figures(folder / "figures");
  const auto add = [&](const auto& name, const auto& svg, const auto& data, const auto& caption) {
    return figures.add(name, svg, data, caption);
  };
  write_page(folder / "report.html",
             {.title = fmt::format("{} against {}", report.score_name, report.size_name),
              .subtitle = "How scores grow with size",
              .simulated = report.simulated,
              .sections = scaling_sections(report, add),
              .footer = fmt::format("arcuate {}. Full precision: the .tsv files beside this page.", version)});
}

Json manifest_of(const Options& options, const ScalingReport& report, const cli::Run& run) {
  auto inputs = options.tables.files;
  if (!options.tables.models.empty()) inputs.push_back(options.tables.models);
  Json manifest = cli::manifest(run.record, inputs);
  manifest["columns"] = {{"score", report.score_name}, {"size", report.size_name}};
  manifest["layer_choice"] = choice_name(report.chosen.choice);
  manifest["notes"] = report.notes;
  manifest["simulated"] = report.simulated;
  return manifest;
}

int run(const Options& options, cli::Run& run) {
  const auto& folder = options.output.path;
  refuse_to_replace(folder / "report.html", run.common.force);
  const auto read = read_scores(options.tables);
  for (const auto& note : read.notes) run.console.info("note       {}", note);
  ScalingReport report{
      .score_name = read.score_name,
      .size_name = read.size_name,
      .notes = read.notes,
      .simulated = read.simulated,
      .options = {.base = options.base,
                  .bootstrap = {
                      .draws = options.draws, .level = options.level, .seed = static_cast<uint64_t>(run.common.seed)}}};
  fit_report(report, read.records);
  run.console.info("scores     {} rows: {} points, {} subjects, {} stories; {} against {}", read.records.size(),
                   report.chosen.points.size(), report.grid.subjects.size(), report.grid.stories.size(),
                   report.score_name, report.size_name);
  if (run.common.dry_run) return 0;
  ensure_writable_folder(folder);
  write_json(folder / "manifest.json", manifest_of(options, report, run));
  write_scaling(folder, report);
  run.console.out() << scaling_text(report);
  run.console.info("written    {}", (folder / "report.html").string());
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command scaling = cli::command<Options, describe, run>("scaling");
}
}  // namespace arcuate
