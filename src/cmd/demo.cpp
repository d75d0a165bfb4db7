// arcuate demo: a whole small study on simulated brains, from nothing to a report.
#include <cmath>
#include <map>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/groups.h"
#include "cmd/shipped_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/json.h"
#include "io/table.h"
#include "simulate/dataset.h"
#include "simulate/recovery.h"
#include "simulate/study_file.h"
#include "study/run_study.h"

namespace arcuate {
namespace {

struct Options {
  groups::OutputFolder output;
  fs::path model;
  fs::path text;
  int64_t vertices = 2562;
};

void describe(cli::Spec<Options>& s) {
  s.summary("a whole small study on simulated brains");
  s.description(
      "Gives a story the times at which a reader might say its words, simulates brains that are driven by known layers "
      "of a model, and runs a study on them: the model, untrained twins, word rate, random features. The report holds "
      "what was found against what was planted. The dataset and the study file stay in the output folder, so that the "
      "study can be read, changed in a copy and run again.");
  s.group(groups::output_folder, &Options::output);
  s.option("model", &Options::model, "folder of the model; the shipped models/tales-1m when not given").metavar("DIR");
  s.option("text", &Options::text, "the story as plain text; the shipped one when not given").metavar("FILE");
  s.option("vertices", &Options::vertices, "vertices of a hemisphere: 162, 642, 2562 or 10242; fewer are faster");
  s.example("arcuate demo --output demo", "ends with the path of the report");
}

// Three brains on a coarse cortex: small enough for three minutes on two cores.
SimulateOptions simulation_of(const Options& options, const cli::Run& run) {
  SimulateOptions simulation;
  simulation.drive.model = options.model.empty() ? find_shipped(shipped_model, "--model") : options.model;
  simulation.text = options.text.empty() ? find_shipped(shipped_story, "--text") : options.text;
  simulation.brain.subjects = 3;
  simulation.cortex.vertices = options.vertices;
  simulation.seed = static_cast<uint64_t>(run.common.seed);
  return simulation;
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
  out << fmt::format("{:<24}{:<24}{:<8}{}\n", "feature space", "mean r over vertices", "p",
                     "layers chosen on training folds");
  for (const auto& line : lines) {
    out << fmt::format("{:<24}{}", line.name, score_text(line.r));
    if (line.r.size() == 1)
      out << fmt::format("{:<19}{:<8.3f}{}", "", line.p, line.name.ends_with(", trained") ? line.layers : "");
    out << '\n';
  }
}

// The study's own tables, beside the one over layers.
fs::path headline_table(const StudyOutputs& outputs) {
  auto name = outputs.group_table.filename().string();
  const std::string over_layers = "desc-group";
  return outputs.group_table.parent_path() / name.replace(name.find(over_layers), over_layers.size(), "desc-headline");
}

// What was found against what was planted, right after the headline of the page.
Recovery add_recovery(const fs::path& dataset, const std::string& model, StudyOutputs& outputs) {
  const auto recovery = recover(dataset, outputs.folder, "demo", model);
  auto& sections = outputs.page.sections;
  sections.insert(sections.begin() + 2, recovery_section(recovery, Figures(outputs.figures)));
  write_page(outputs.report, outputs.page);
  write_json(outputs.folder / "recovery.json", recovery_json(recovery));
  return recovery;
}

int run(const Options& options, cli::Run& run) {
  const fs::path& output = options.output.path;
  const auto simulation = simulation_of(options, run);
  const auto brains = output / "brains";
  if (run.common.dry_run) {
    run.console.info("would simulate {} brains that hear '{}' through {}, and study them in {}",
                     simulation.brain.subjects, simulation.text.string(), simulation.drive.model.string(),
                     output.string());
    return 0;
  }
  const auto dataset = write_simulated_dataset(brains, simulation, run.compute);
  write_file(brains / "study.toml", study_file(simulation, dataset, {.name = "demo"}));
  run.console.info("simulated {} brains: {} words at {:.2f} a second, {} volumes, {} vertices",
                   simulation.brain.subjects, dataset.words, dataset.words_per_second, dataset.volumes,
                   dataset.vertices);
  auto outputs = run_study(read_study(brains / "study.toml", {}), output / "results", run);
  const auto recovery = add_recovery(brains, simulated_model_name(simulation), outputs);

  auto& out = run.console.out();
  out << "SIMULATED DATA: no person was recorded. Scores of the mean of the brains:\n\n";
  print_scores(headline_lines(read_table(headline_table(outputs))), out);
  out << '\n' << recovery_text(recovery) << "\nreport: " << outputs.report.string() << '\n';
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command demo = cli::command<Options, describe, run>("demo");
}
}  // namespace arcuate
