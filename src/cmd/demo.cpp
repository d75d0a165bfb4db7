// arcuate demo: a whole small study on simulated listeners, from nothing to a report.
#include <cmath>
#include <map>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/groups.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/table.h"
#include "simulate/demo_study.h"
#include "study/run_study.h"

namespace arcuate {
namespace {

constexpr const char* shipped_model = "models/tales-1m";
constexpr const char* shipped_story = "assets/stories/turning_light.txt";

struct Options {
  groups::OutputFolder output;
  fs::path model;
  fs::path text;
};

void describe(cli::Spec<Options>& s) {
  s.summary("a whole small study on simulated listeners");
  s.description(
      "Gives a story the times at which a reader might say its words, simulates listeners whose responses come from "
      "known layers of a model, and runs a study on them: the model, untrained twins, word rate and random features. "
      "The dataset and the study file stay in the output folder, so that the study can be read, changed in a copy and "
      "run again.");
  s.group(groups::output_folder, &Options::output);
  s.option("model", &Options::model, "folder of the model; the shipped models/tales-1m when not given").metavar("DIR");
  s.option("text", &Options::text, "the story as plain text; the shipped one when not given").metavar("FILE");
  s.example("arcuate demo --output demo", "ends with the path of the report");
}

// Shipped files lie in the source tree that the program was built in, in share/arcuate of an installation, or here.
fs::path find_shipped(const char* relative) {
  std::error_code ignored;
  const auto program = fs::read_symlink("/proc/self/exe", ignored);
  std::vector<fs::path> roots;
  auto folder = program.parent_path();
  for (int level = 0; level < 3; ++level, folder = folder.parent_path()) {
    roots.push_back(folder);
    roots.push_back(folder / "share/arcuate");
  }
  roots.push_back(fs::current_path());
  for (const auto& root : roots)
    if (fs::exists(root / relative)) return root / relative;
  bad_usage(
      "cannot find '{}' beside the program ('{}') or in the current folder; name your own with --model and --text",
      relative, program.string());
}

// One feature space with all its seeds: the headline scores of the mean subject.
struct Line {
  std::string name{};
  std::vector<double> r{};
  std::string layers{};  ///< One a fold; of the first seed.
  double p = 0;
};

std::vector<Line> headline_lines(const Table& table) {
  std::vector<Line> lines;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto text = [&](const char* column) { return table.text(row, table.column(column)); };
    if (text("subject") != "mean") continue;
    const auto name = text("space") + (text("training") == "n/a" ? "" : ", " + text("training"));
    if (lines.empty() || lines.back().name != name)
      lines.push_back({.name = name, .layers = text("chosen_layers"), .p = table.number(row, table.column("p_value"))});
    lines.back().r.push_back(table.number(row, table.column("r")));
  }
  return lines;
}

// Mean, with the standard deviation over seeds where there are several.
std::string score_text(const std::vector<double>& r) {
  double mean = 0, squares = 0;
  for (double value : r) mean += value / static_cast<double>(r.size());
  if (r.size() == 1) return fmt::format("{:.3f}", mean);
  for (double value : r) squares += (value - mean) * (value - mean);
  return fmt::format("{:.3f} ± {:.3f} ({} seeds)", mean, std::sqrt(squares / static_cast<double>(r.size() - 1)),
                     r.size());
}

void print_scores(const std::vector<Line>& lines, std::ostream& out) {
  out << fmt::format("{:<24}{:<24}{:<8}{}\n", "feature space", "mean r over targets", "p",
                     "layers chosen on training folds");
  for (const auto& line : lines) {
    out << fmt::format("{:<24}{}", line.name, score_text(line.r));
    if (line.r.size() == 1)
      out << fmt::format("{:<19}{:<8.3f}{}", "", line.p, line.name.ends_with(", trained") ? line.layers : "");
    out << '\n';
  }
}

void print_depths(const std::vector<FoundDepth>& depths, std::ostream& out) {
  std::map<int64_t, std::map<int64_t, int>> counts;  // planted layer -> recovered layer -> targets
  for (const auto& depth : depths) ++counts[depth.planted][depth.found];
  out << fmt::format("\nplanted against recovered depth, {} targets with r > 0.1: median |error| {} layers\n",
                     depths.size(), shortest(median_depth_error(depths)));
  for (const auto& [planted, found] : counts) {
    out << fmt::format("  planted in layer {}, best r in layer (targets):", planted);
    for (const auto& [layer, count] : found) out << fmt::format("  {} ({})", layer, count);
    out << '\n';
  }
}

// The study's own tables, beside the one over layers.
fs::path headline_table(const StudyOutputs& outputs) {
  auto name = outputs.group_table.filename().string();
  const std::string over_layers = "desc-group";
  return outputs.group_table.parent_path() / name.replace(name.find(over_layers), over_layers.size(), "desc-headline");
}

DemoOptions demo_options(const Options& options, const cli::Run& run) {
  return {.model = options.model.empty() ? find_shipped(shipped_model) : options.model,
          .text = options.text.empty() ? find_shipped(shipped_story) : options.text,
          .seed = static_cast<uint64_t>(run.common.seed)};
}

int run(const Options& options, cli::Run& run) {
  const fs::path& output = options.output.path;
  const auto demo = demo_options(options, run);
  if (run.common.dry_run) {
    run.console.info("would simulate listeners of '{}' from {} and study them in {}", demo.text.string(),
                     demo.model.string(), output.string());
    return 0;
  }
  const auto dataset = write_simulated_dataset(output / "simulated", demo, run.compute);
  write_file(output / "study.toml", demo_study_toml(demo));
  run.console.info("simulated {} listeners: {} words at {:.2f} a second, {} volumes, {} targets",
                   demo.listeners.listeners, dataset.words, dataset.words_per_second, dataset.volumes, dataset.targets);
  const auto outputs = run_study(read_study(output / "study.toml", {}), output / "results", run);

  auto& out = run.console.out();
  out << "SIMULATED DATA: no person was recorded. Scores of the mean of the listeners:\n\n";
  print_scores(headline_lines(read_table(headline_table(outputs))), out);
  const auto scores = outputs.folder / "sub-mean/func/sub-mean_task-demo_desc-brainscore_scores.tsv";
  print_depths(found_depths(output / "simulated/truth.tsv", scores, demo_model_name(demo)), out);
  out << "\nreport: " << outputs.report.string() << '\n';
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command demo = cli::command<Options, describe, run>("demo");
}
}  // namespace arcuate
