#include "study/results.h"

#include <ATen/ATen.h>

#include <tuple>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/text.h"
#include "core/version.h"
#include "study/score_maps.h"
#include "study/study_page.h"
#include "study/tables.h"
#include "study/unit_store.h"

namespace arcuate {
namespace {

constexpr double loud_edge_share = 0.01;

// The table over layers.
fs::path write_tables(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary,
                      const fs::path& output) {
  const bool simulated = dataset.simulated;
  const auto task = bids_label(plan.study.name);
  const auto group = [&](const char* kind) {
    return output / "group" / fmt::format("task-{}_desc-{}_scores.tsv", task, kind);
  };
  for (size_t s = 0; s < plan.responses.subjects.size(); ++s) {
    const auto label = bids_subject(plan.responses.subjects[s]);
    write_table(output / label / "func" / fmt::format("{}_task-{}_desc-brainscore_scores.tsv", label, task),
                dataset.places.empty() ? score_table(plan, summary, s) : region_table(plan, dataset, summary, s),
                dataset.places.empty() ? "Brain scores of one subject: one row per feature space, layer and target"
                                       : "Brain scores of one subject: one row per feature space, layer and region",
                simulated);
  }
  write_table(group("group"), group_table(plan, summary),
              "Brain scores over subjects: one row per feature space and layer", simulated);
  write_table(group("headline"), headline_table(plan, summary), "Brain scores with the layer chosen on training folds",
              simulated);
  if (!plan.study.encode.test.empty())
    write_table(group("stories"), story_table(plan, summary),
                "Brain scores within test stories: one row per feature space, layer, subject and story", simulated);
  const auto flagged = flagged_table(plan, dataset);
  if (!flagged.rows.empty()) write_table(group("flagged"), flagged, "Targets without a score, and why", simulated);
  if (!summary.spreads.empty())
    write_table(group("spread"), spread_table(summary), "Spread over seeds of untrained twins and random features",
                simulated);
  return group("group");
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

// What CC_norm divides by; null where stories were heard once.
Json normalization(const EncodingPlan& plan) {
  if (!plan.responses.repeat_ceiling.defined()) return nullptr;
  return {{"ceiling", "cc_max"},
          {"repeats", plan.responses.repeats},
          {"floor", plan.study.score.cc_floor},
          {"formula", "r / max(cc_max, floor)"}};
}

Json manifest_of(const PreparedStudy& prepared, const cli::Record& record) {
  const auto& plan = prepared.plan;
  Json json = cli::manifest(record, prepared.inputs());
  json["study_sha256"] = sha256(resolved_toml(plan.study));
  json["seed"] = plan.study.seed;
  json["simulated"] = prepared.dataset.simulated;
  json["left_out"] = prepared.dataset.notes;
  Json flags = Json::object();
  for (const auto flag : plan.responses.flags) flags[flag_name(flag)] = flags.value(flag_name(flag), 0) + 1;
  json["targets_by_flag"] = flags;
  json["rows"] = plan.responses.matrix.rows();
  json["cc_norm"] = normalization(plan);
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

// Of results that a killed process was writing. Top-level files of other names are somebody else's.
static void remove_what_was_left(const fs::path& output) {
  for (const char* name :
       {"report.html", "manifest.json", "config_resolved.toml", "dataset_description.json", ".bidsignore"})
    remove_parts(output / name);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(output, ignored)) {
    const auto name = entry.path().filename().string();
    if (name == "group" || name == "figures") remove_all_parts(entry.path());
    if (name.starts_with("sub-")) remove_all_parts(entry.path() / "func");
  }
}

std::string command_of(const cli::Record& record) {
  std::string command = "arcuate " + record.command;
  for (const auto& option : record.options) {
    if (option.name == "study") command += " " + shell_quoted(join(option.value.items, " "));
    if (option.name == "set")
      for (const auto& item : option.value.items) command += " --set " + shell_quoted(item);
    if (option.name == "seed" && option.value.items != std::vector<std::string>{"0"})
      command += " --seed " + join(option.value.items, " ");
  }
  return command;
}

void check_overwrite(const fs::path& output, const Study& study, bool force) {
  const auto config = output / "config_resolved.toml";
  if (force || !fs::exists(config)) return;
  // Units are keyed by content, so another study in the same folder is safe; results of the old one would be
  // overwritten.
  if (read_file(config).find(fmt::format("name = '{}'", study.name)) == std::string::npos)
    bad_usage("'{}' holds the results of another study; choose another --output or give --force", output.string());
}

static void check_units(const PreparedStudy& prepared) {
  for (const auto& unit : prepared.graph.units()) check_stored_key(unit);
}

StudyOutputs write_results(const PreparedStudy& prepared, const cli::Record& record, cli::Console& console) {
  const auto& [study, output] = std::tie(prepared.study, prepared.output);
  const auto& plan = prepared.plan;
  const auto* maps = prepared.maps ? &*prepared.maps : nullptr;
  StudyOutputs outputs{.folder = output, .report = output / "report.html", .figures = output / "figures"};
  check_units(prepared);
  const auto summary = summarize(plan, prepared.spaces);
  warn_about_edges(summary, console);
  prepared.stamps.check_unchanged();
  remove_what_was_left(output);
  write_description(output, prepared.dataset);
  write_file(output / "config_resolved.toml", resolved_toml(study));
  const auto manifest = manifest_of(prepared, record);
  write_json(output / "manifest.json", manifest);
  outputs.group_table = write_tables(plan, prepared.dataset, summary, output);
  if (const MapPlaces places{&prepared.dataset, maps, study.maps.pycortex}; places.any())
    write_score_maps(places, plan, summary, output);
  outputs.page = study_page(plan, prepared.dataset, summary, maps, Figures(outputs.figures),
                            {manifest, resolved_toml(study), command_of(record) + " --output OUTPUT"});
  finish_analyses(prepared.analyses, summary, output, outputs.page);
  check_units(prepared);
  write_page(outputs.report, outputs.page);
  return outputs;
}

}  // namespace arcuate
