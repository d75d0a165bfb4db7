#include "study/run_study.h"

#include <ATen/ATen.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fstream>
#include <optional>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/text.h"
#include "core/version.h"
#include "study/analysis.h"
#include "study/encoding.h"
#include "study/study_page.h"
#include "study/surface_maps.h"
#include "study/tables.h"

namespace arcuate {
namespace {

constexpr double loud_edge_share = 0.01;

void write_tables(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary, const fs::path& output,
                  StudyOutputs& outputs) {
  const bool simulated = dataset.simulated;
  const auto task = bids_label(plan.study.name);
  const auto group = [&](const char* kind) {
    return output / "group" / fmt::format("task-{}_desc-{}_scores.tsv", task, kind);
  };
  for (size_t s = 0; s < plan.responses.subjects.size(); ++s) {
    const auto label = "sub-" + bids_label(plan.responses.subjects[s]);
    write_table(output / label / "func" / fmt::format("{}_task-{}_desc-brainscore_scores.tsv", label, task),
                dataset.places.empty() ? score_table(plan, summary, s) : region_table(plan, dataset, summary, s),
                dataset.places.empty() ? "Brain scores of one subject: one row per feature space, layer and target"
                                       : "Brain scores of one subject: one row per feature space, layer and region",
                simulated);
  }
  outputs.group_table = group("group");
  write_table(outputs.group_table, group_table(plan, summary),
              "Brain scores over subjects: one row per feature space and layer", simulated);
  write_table(group("headline"), headline_table(plan, summary), "Brain scores with the layer chosen on training folds",
              simulated);
  const auto flagged = flagged_table(plan, dataset);
  if (!flagged.rows.empty()) write_table(group("flagged"), flagged, "Targets without a score, and why", simulated);
  if (!summary.spreads.empty())
    write_table(group("spread"), spread_table(summary), "Spread over seeds of untrained twins and random features",
                simulated);
}

void write_description(const fs::path& output, const Dataset& dataset) {
  Json json{{"Name", "arcuate brain scores"},
            {"BIDSVersion", "1.9.0"},
            {"DatasetType", "derivative"},
            {"GeneratedBy", {{{"Name", "arcuate"}, {"Version", version}}}}};
  if (dataset.simulated) json["Simulated"] = true;
  write_json(output / "dataset_description.json", json);
  write_file(output / ".bidsignore",
             "work/\nlogs/\ngroup/\n*_scores.tsv\n*_scores.json\n*.toml\nreport.html\nmanifest.json\n");
}

Json manifest_of(const EncodingPlan& plan, const Dataset& dataset, const std::vector<FeatureSpace>& spaces,
                 const cli::Run& run) {
  auto inputs = dataset.inputs;
  for (const auto& space : spaces)
    if (space.model && space.training == Training::trained) inputs.push_back(space.model->path);
  for (const auto& space : spaces)
    if (space.feature && space.feature->kind == "file")
      for (const auto& story : plan.stories) inputs.push_back(feature_file(*space.feature, story.stimulus->name));
  Json json = cli::manifest(run.record, inputs);
  json["study_sha256"] = sha256(resolved_toml(plan.study));
  json["seed"] = plan.study.seed;
  json["simulated"] = dataset.simulated;
  json["left_out"] = dataset.notes;
  Json flags = Json::object();
  for (const auto flag : plan.responses.flags) flags[flag_name(flag)] = flags.value(flag_name(flag), 0) + 1;
  json["targets_by_flag"] = flags;
  json["rows"] = plan.responses.matrix.size(0);
  for (const auto& split : plan.splits)
    json["outer_folds"].push_back(
        {{"train", cli::row_ranges(split.outer.train)}, {"test", cli::row_ranges(split.outer.test)}});
  json["permutation"] = {
      {"kind", plan.study.permutation.refit ? "features shifted, model refitted" : "predictions shifted"},
      {"draws", plan.shifts.size()},
      {"smallest_p", 1.0 / static_cast<double>(plan.shifts.size() + 1)},
      {"min_shift", plan.study.min_shift()}};
  if (plan.control_design.defined())
    json["increment_test"] = {{"kind", "block swap"},
                              {"draws", plan.study.permutation.count},
                              {"block", plan.study.min_shift()},
                              {"smallest_p", 1.0 / static_cast<double>(plan.study.permutation.count + 1)}};
  return json;
}

void warn_about_edges(const Summary& summary, cli::Console& console) {
  double low = 0, high = 0;
  for (const auto& layer : summary.layers) {
    low += layer.edge_low / static_cast<double>(summary.layers.size());
    high += layer.edge_high / static_cast<double>(summary.layers.size());
  }
  const auto text = fmt::format("{:.1f} % of the penalties chosen are the smallest of the grid, {:.1f} % the largest",
                                100 * low, 100 * high);
  if (low > loud_edge_share || high > loud_edge_share)
    console.warn(
        "{}; targets that cannot be predicted go to the largest, others ask for a wider grid (encode.penalties)", text);
  else
    console.info("{}", text);
}

void tell_plan(const EncodingPlan& plan, const Dataset& dataset, const std::vector<FeatureSpace>& spaces,
               cli::Console& console) {
  for (const auto& note : dataset.notes) console.warn("{}", note);
  for (const auto& story : plan.stories)
    console.info(
        "story {}: {} words, {} volumes of {} s, {:.2f} words a volume", story.stimulus->name, story.words.size(),
        story.stimulus->volumes, story.stimulus->tr,
        static_cast<double>(story.words.size()) / static_cast<double>(story.stimulus->volumes + story.stimulus->lead));
  console.info("{} subjects, {} targets, {} feature spaces, {} outer folds", dataset.subjects.size(),
               dataset.targets.size(), spaces.size(), plan.splits.size());
  const auto bad =
      std::count_if(plan.responses.flags.begin(), plan.responses.flags.end(), [](Flag f) { return f != Flag::ok; });
  if (bad > 0)
    console.warn("{} of {} targets (over all subjects) are constant or not finite and get no score", bad,
                 plan.responses.flags.size());
  const auto draws = static_cast<int64_t>(plan.shifts.size());
  console.info("{} circular shifts, at least {} volumes from zero; the smallest attainable p is 1/{}", draws,
               plan.study.min_shift(), draws + 1);
  if (draws < plan.study.permutation.count)
    console.info("({} shifts were asked for; no more exist)", plan.study.permutation.count);
  if (plan.study.align.zscore)
    console.warn(
        "align.zscore is on: test rows take part in the scaling of their own story (a published convention, not the "
        "default)");
}

// Where and when: the one file that differs between two runs of the same study.
void write_log(const fs::path& output, const StudyOutputs& outputs, const cli::Run& run,
               std::chrono::duration<double> elapsed) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char date[32] = "";
  std::strftime(date, sizeof date, "%FT%TZ", std::gmtime(&now));
  fs::create_directories(output / "logs");
  std::ofstream(output / "logs" / "runs.tsv", std::ios::app)
      << fmt::format("{}\t{}\t{} threads\t{} units done\t{} reused\t{:.1f} s\t{}\n", date, host, run.compute.threads,
                     outputs.made, outputs.reused, elapsed.count(), join(run.record.arguments, " "));
}

// Where the output went and how many threads there were changes nothing, so it is not part of what is repeated.
std::string repeat_command(const cli::Run& run) {
  std::string command = "arcuate " + run.record.command;
  for (const auto& option : run.record.options) {
    if (option.name == "study") command += " " + join(option.value.items, " ");
    if (option.name == "set")
      for (const auto& item : option.value.items) command += " --set '" + item + "'";
    if (option.name == "seed" && option.value.items != std::vector<std::string>{"0"})
      command += " --seed " + join(option.value.items, " ");
  }
  return command + " --output OUTPUT";
}

void check_overwrite(const fs::path& output, const Study& study, bool force) {
  const auto config = output / "config_resolved.toml";
  if (force || !fs::exists(config)) return;
  if (read_file(config) == resolved_toml(study)) return;
  // Units are keyed by content, so another study in the same folder is safe; results of the old one would be
  // overwritten.
  const auto name = read_file(config).find(fmt::format("name = '{}'", study.name));
  if (name == std::string::npos)
    bad_usage("'{}' holds the results of another study; choose another --output or give --force", output.string());
}

std::vector<AnalysisInput> analysis_inputs(const EncodingPlan& plan, const Dataset& dataset,
                                           const std::vector<FeatureSpace>& spaces, const std::vector<Unit>& encodings,
                                           const SurfaceMaps* maps) {
  std::vector<AnalysisInput> inputs;
  for (const auto& entry : plan.study.analyses)
    inputs.push_back(
        {.plan = plan, .dataset = dataset, .spaces = spaces, .encodings = encodings, .maps = maps, .name = entry.name});
  return inputs;
}

std::vector<Unit> analysis_units(const Study& study, const std::vector<AnalysisInput>& inputs) {
  std::vector<Unit> units;
  for (size_t i = 0; i < inputs.size(); ++i)
    for (auto& unit : study.analyses[i].analysis->units(inputs[i])) units.push_back(std::move(unit));
  return units;
}

void tell_units(const std::vector<Unit>& units, std::ostream& out) {
  for (const auto& unit : units) out << (is_finished(unit) ? "finished  " : "to do     ") << unit.id << '\n';
}

// An analysis has its section after those of the scores themselves, before what was left out and how it was done.
void finish_analyses(const std::vector<AnalysisInput>& inputs, const Summary& summary, const fs::path& output,
                     Page& page) {
  constexpr std::ptrdiff_t last_sections = 3;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto& study = inputs[i].plan.study;
    const AnalysisOutput place(output, study, inputs[i].name, inputs[i].dataset.simulated);
    page.sections.insert(page.sections.end() - last_sections,
                         study.analyses[i].analysis->finish(inputs[i], summary, place));
  }
}

}  // namespace

StudyOutputs run_study(const Study& study, const fs::path& output, cli::Run& run) {
  const auto start = std::chrono::steady_clock::now();
  const auto dataset = read_dataset(study.dataset);
  std::optional<SurfaceMaps> maps;
  if (has_surfaces(dataset)) maps.emplace(dataset);
  const auto stories = read_stories(study, dataset);
  const auto spaces = feature_spaces(study);
  const auto responses = clean_responses(study, dataset);
  const auto work = output / "work";
  StudyOutputs outputs{.folder = output, .report = output / "report.html", .figures = output / "figures"};
  const auto extractions = extraction_units(study, spaces, stories, work);
  const auto plan = plan_encoding(study, responses, stories, spaces, work);
  const auto encodings = encoding_units(plan, spaces, extractions);
  const auto analyses = analysis_inputs(plan, dataset, spaces, encodings, maps ? &*maps : nullptr);
  const auto further = analysis_units(study, analyses);
  if (run.common.dry_run) {
    for (const auto* units : {&extractions, &encodings, &further}) tell_units(*units, run.console.out());
    return outputs;
  }
  ensure_writable_folder(output);
  check_overwrite(output, study, run.common.force);
  run.resume_hint = "run the same command again: finished units are kept";
  const auto extracted = run_units(extractions, run.compute, run.console, "extracting", run.common.force);
  tell_plan(plan, dataset, spaces, run.console);
  const auto encoded = run_units(encodings, run.compute, run.console, "encoding", run.common.force);
  const auto analysed = run_units(further, run.compute, run.console, "analysing", run.common.force);
  outputs.made = extracted.made + encoded.made + analysed.made;
  outputs.reused = extracted.reused + encoded.reused + analysed.reused;
  run.console.info("{} units of work done, {} found finished", outputs.made, outputs.reused);

  const auto summary = summarize(plan, spaces);
  warn_about_edges(summary, run.console);
  write_description(output, dataset);
  write_file(output / "config_resolved.toml", resolved_toml(study));
  const auto manifest = manifest_of(plan, dataset, spaces, run);
  write_json(output / "manifest.json", manifest);
  write_tables(plan, dataset, summary, output, outputs);
  if (maps) write_surface_maps(*maps, plan, dataset, summary, output);
  outputs.page = study_page(plan, dataset, summary, maps ? &*maps : nullptr, Figures(outputs.figures),
                            {manifest, resolved_toml(study), repeat_command(run)});
  finish_analyses(analyses, summary, output, outputs.page);
  write_page(outputs.report, outputs.page);
  write_log(output, outputs, run, std::chrono::steady_clock::now() - start);
  return outputs;
}

}  // namespace arcuate
