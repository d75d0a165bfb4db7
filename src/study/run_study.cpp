#include "study/run_study.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <tuple>

#include "core/error.h"
#include "core/files.h"
#include "core/process.h"
#include "core/text.h"
#include "study/run_log.h"
#include "study/run_units.h"
#include "study/shards.h"

namespace arcuate {
namespace {

void tell_plan(const PreparedStudy& prepared, cli::Console& console) {
  const auto& [plan, dataset, spaces] = std::tie(prepared.plan, prepared.dataset, prepared.spaces);
  for (const auto& note : dataset.notes) console.warn("{}", note);
  for (const auto& story : plan.stories)
    console.info(
        "story {}: {} words, {} volumes of {} s, {:.2f} words a volume", story.stimulus->name, story.words.size(),
        story.stimulus->volumes, story.stimulus->tr,
        static_cast<double>(story.words.size()) / static_cast<double>(story.stimulus->volumes + story.stimulus->lead));
  console.info("{} subjects, {} targets, {} feature spaces, {} outer folds", dataset.subjects.size(),
               dataset.targets.size(), spaces.size(), plan.splits.size());
  const auto bad = std::count_if(plan.responses.flags.begin(), plan.responses.flags.end(),
                                 [](Flag f) { return f != Flag::ok && f != Flag::masked; });
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
void write_log(const StudyOutputs& outputs, const cli::Run& run, std::chrono::duration<double> elapsed) {
  fs::create_directories(outputs.folder / "logs");
  std::ofstream(outputs.folder / "logs" / "runs.tsv", std::ios::app) << fmt::format(
      "{}\t{}\t{} threads\t{} units done\t{} reused\t{:.1f} s\t{}\n", cli::time_text(), host_name(),
      run.compute.threads, outputs.made, outputs.reused, elapsed.count(), join(run.record.arguments, " "));
}

// The command that makes one unit alone; "" where no study file is behind the run.
std::string unit_command(const cli::Run& run, const fs::path& output, const Unit& unit) {
  const auto& options = run.record.options;
  if (std::none_of(options.begin(), options.end(), [](const auto& option) { return option.name == "study"; }))
    return "";
  return command_of(run.record) + " --output " + shell_quoted(output.string()) + " --unit " + shell_quoted(unit.id);
}

std::vector<size_t> places_of(const WorkGraph& graph, const StudyPart& part) {
  if (!part.unit.empty()) return graph.needed_by(part.unit);
  return part.shard ? graph.shard(*part.shard) : graph.all();
}

void tell_units(const PreparedStudy& prepared, const UnitReports& found, cli::Run& run) {
  for (size_t i = 0; i < found.places.size(); ++i) {
    const bool finished = !found.reports.empty() && found.reports[i].state == UnitState::finished;
    run.console.out() << (finished ? "finished  " : "to do     ") << prepared.graph.units()[found.places[i]].id << '\n';
  }
}

}  // namespace

StudyMachine machine_of(const cli::Run& run) {
  return {.device = run.compute.device, .memory = run.common.memory_limit.count, .threads = run.compute.threads};
}

UnitReports inspect_units(const PreparedStudy& prepared, std::vector<size_t> places, const cli::Run& run) {
  UnitReports found{.places = std::move(places)};
  if (!run.common.force && !prepared.output.empty())
    found.reports = inspect_all(prepared.graph, found.places, run.compute.threads);
  return found;
}

StudyOutputs run_study(const Study& study, const fs::path& output, cli::Run& run, const StudyPart& part) {
  const auto start = std::chrono::steady_clock::now();
  const bool whole = !part.shard && part.unit.empty();
  const PreparedStudy prepared(study, output, machine_of(run),
                               whole && !run.common.dry_run ? StudyUse::results : StudyUse::units);
  const auto found = inspect_units(prepared, places_of(prepared.graph, part), run);
  StudyOutputs outputs{.folder = output};
  if (run.common.dry_run) {
    tell_units(prepared, found, run);
    return outputs;
  }
  if (run.common.memory_limit.count > 0)
    check_memory(plan_study(prepared, found, run.compute.threads), memory_limit(run.common.memory_limit.count));
  ensure_writable_folder(output);
  check_overwrite(output, study, run.common.force);
  run.resume_hint = run.common.force ? "run the same command without --force: finished units are kept"
                                     : "run the same command again: finished units are kept";
  tell_plan(prepared, run.console);
  RunLog log(output, run);
  const auto counts = run_units(prepared.graph,
                                {.output = output,
                                 .places = found.places,
                                 .reports = found.reports,
                                 .check_inputs = [&] { prepared.stamps.check_unchanged(); },
                                 .repeat_command = [&](const Unit& unit) { return unit_command(run, output, unit); }},
                                log, run);
  run.console.info("{} units of work done, {} found finished", counts.made, counts.reused);
  if (part.shard) record_shard(prepared, *part.shard, run.record);
  if (whole) {
    log.begin_results();
    with_folder_lock(output, run, [&] { outputs = write_results(prepared, run.record, run.console); });
  }
  log.finish(RunState::done);
  outputs.made = counts.made;
  outputs.reused = counts.reused;
  write_log(outputs, run, std::chrono::steady_clock::now() - start);
  return outputs;
}

void explain_unit(const Study& study, const fs::path& output, const std::string& unit, cli::Run& run) {
  const PreparedStudy prepared(study, output, machine_of(run), StudyUse::units);
  const auto& asked = prepared.graph.at(unit);
  const auto report = inspect(asked);
  auto& out = run.console.out();
  if (report.state == UnitState::finished) {
    out << asked.id << " is finished: '" << asked.output.string() << "' is what this study asks for\n";
    return;
  }
  out << asked.id << " would run:\n";
  for (const auto& reason : report.reasons) out << "  " << reason << '\n';
}

}  // namespace arcuate
