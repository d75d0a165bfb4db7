#include "study/study_plan.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>

#include "cli/console.h"
#include "cli/machine.h"
#include "core/error.h"
#include "core/memory.h"
#include "study/study_needs.h"
#include "study/unit_rates.h"

namespace arcuate {
namespace {

std::string readable(int64_t bytes) { return cli::readable_bytes({bytes}); }

int64_t memory_of(const UnitNeeds& needs, int threads) { return needs.memory + threads * needs.of_a_thread; }

// Multiplications a second that one thread does in products of float32. Units come to about a third of it.
double products_a_second() {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t size = 384;
  constexpr double share = 0.33, long_enough = 0.05;
  const auto a = at::ones({size, size}), b = at::ones({size, size});
  auto c = at::mm(a, b);
  const auto start = Clock::now();
  double count = 0, seconds = 0;
  while (seconds < long_enough) {
    at::mm_out(c, a, b);
    count += static_cast<double>(size * size * size);
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return share * count / seconds;
}

StagePlan& stage_of(const std::string& name, std::vector<StagePlan>& stages) {
  const auto found = std::find_if(stages.begin(), stages.end(), [&](const auto& stage) { return stage.name == name; });
  if (found != stages.end()) return *found;
  return stages.emplace_back(StagePlan{.name = name});
}

void note_largest(const UnitNeeds& needs, StudyPlan& plan) {
  if (needs.largest_bytes <= plan.largest_bytes) return;
  plan.largest_bytes = needs.largest_bytes;
  plan.largest = needs.largest;
}

std::string line(const std::string& name, const std::string& text) { return fmt::format("{:<10}{}\n", name, text); }

std::string time_text(const std::optional<double>& seconds) { return seconds ? cli::clock_text(*seconds) : "?"; }

std::string stage_table(const StudyPlan& plan) {
  auto text =
      fmt::format("{:<24}{:>8}{:>10}{:>12}{:>12}{:>12}\n", "stage", "units", "finished", "memory", "disk", "time");
  for (const auto& stage : plan.stages)
    text += fmt::format("{:<24}{:>8}{:>10}{:>12}{:>12}{:>12}\n", stage.name, stage.units, stage.finished,
                        stage.memory > 0 ? readable(stage.memory) : "-", stage.disk > 0 ? readable(stage.disk) : "-",
                        time_text(stage.seconds));
  return text;
}

std::string dataset_text(const PreparedStudy& prepared) {
  const auto& responses = prepared.responses;
  auto text = line("study", fmt::format("{}: {} subjects, {} targets, {} feature spaces, {} outer folds",
                                        prepared.study.name, prepared.dataset.subjects.size(), responses.targets.size(),
                                        prepared.spaces.size(), prepared.plan.splits.size()));
  if (!prepared.study.encode.test.empty())
    text +=
        line("scored", fmt::format("{} volumes of {} test stories, heard {} times; trained on {} volumes of the others",
                                   responses.scored.size(), responses.scored_lengths().size(), responses.repeats,
                                   prepared.plan.splits.front().outer.train.size()));
  for (const auto& story : prepared.stories) {
    const auto volumes = story.stimulus->volumes + story.stimulus->lead;
    text += line("story", fmt::format("{}: {} words, {} volumes of {} s, {:.2f} words a volume", story.stimulus->name,
                                      story.words.size(), story.stimulus->volumes, story.stimulus->tr,
                                      static_cast<double>(story.words.size()) / static_cast<double>(volumes)));
  }
  for (const auto& match : prepared.dataset.matches) text += line("matched", match);
  for (const auto& note : prepared.dataset.notes) text += line("left out", note);
  const auto bad = std::count_if(responses.flags.begin(), responses.flags.end(),
                                 [](Flag f) { return f != Flag::ok && f != Flag::masked; });
  const auto masked = std::count(responses.flags.begin(), responses.flags.end(), Flag::masked);
  if (masked > 0)
    text += line("left out", fmt::format("{} of {} targets (over all subjects): masked by the localiser", masked,
                                         responses.flags.size()));
  if (bad > 0)
    text += line("left out", fmt::format("{} of {} targets (over all subjects): constant or not finite", bad,
                                         responses.flags.size()));
  return text;
}

}  // namespace

StudyPlan plan_study(const PreparedStudy& prepared, const UnitReports& found, int threads) {
  StudyPlan plan{.read = resident_bytes(), .peak = peak_memory(), .peak_of_one_thread = peak_memory()};
  const auto rates = prepared.output.empty() ? UnitRates() : UnitRates::read(prepared.output);
  plan.measured = !rates.empty();
  const double rate = products_a_second() * threads;
  for (size_t i = 0; i < found.places.size(); ++i) {
    const auto& unit = prepared.graph.units()[found.places[i]];
    auto& stage = stage_of(unit.stage, plan.stages);
    ++stage.units;
    if (!found.reports.empty() && found.reports[i].state == UnitState::finished) {
      ++stage.finished;
      continue;
    }
    stage.memory = std::max(stage.memory, plan.read + memory_of(unit.needs, threads));
    plan.peak_of_one_thread = std::max(plan.peak_of_one_thread, plan.read + memory_of(unit.needs, 1));
    stage.disk += unit.needs.disk;
    plan.scratch = std::max(plan.scratch, unit.needs.scratch);
    note_largest(unit.needs, plan);
    const bool counted = unit.needs.work > 1;  // multiplications, and not just one unit
    const auto seconds = rates.seconds(unit).value_or(counted ? unit.needs.work / rate : -1);
    if (seconds >= 0) stage.seconds = stage.seconds.value_or(0) + seconds;
  }
  const auto results = result_needs(prepared.plan, prepared.spaces);
  plan.stages.push_back({.name = "results", .memory = plan.read + memory_of(results, threads)});
  plan.peak_of_one_thread = std::max(plan.peak_of_one_thread, plan.read + memory_of(results, 1));
  note_largest(results, plan);
  for (const auto& stage : plan.stages) {
    plan.peak = std::max(plan.peak, stage.memory);
    plan.disk += stage.disk;
    plan.seconds += stage.seconds.value_or(0);
  }
  return plan;
}

void check_memory(const StudyPlan& plan, const MemoryLimit& limit) {
  if (plan.peak <= limit.bytes) return;
  const auto need = fmt::format("the study needs about {} of memory, and {} {}", readable(plan.peak),
                                readable(limit.bytes), limit.given ? "are allowed (--memory-limit)" : "are free");
  if (plan.peak_of_one_thread <= limit.bytes) bad_usage("{}; --threads 1 would make it fit", need);
  bad_usage(
      "{}; {} are taken once the data are read: choose fewer subjects or stories (dataset.subjects, "
      "dataset.stories), or allow {}",
      need, readable(plan.read), readable(plan.peak));
}

void check_disk(const PreparedStudy& prepared, const StudyPlan& plan) {
  auto folder = prepared.output.empty() ? std::filesystem::current_path() : std::filesystem::absolute(prepared.output);
  while (!std::filesystem::exists(folder)) folder = folder.parent_path();
  const auto room = cli::free_disk(folder).count;
  if (plan.disk + plan.scratch > room)
    fail(Fault::failed, "the study writes about {}, and the disk of '{}' has room for {}",
         readable(plan.disk + plan.scratch), folder.string(), readable(room));
}

std::string plan_text(const PreparedStudy& prepared, const StudyPlan& plan, const MemoryLimit& limit) {
  const auto& matrix = prepared.responses.matrix;
  auto text = dataset_text(prepared) + '\n' + stage_table(plan) + '\n';
  text += line("memory", fmt::format("peak about {}, of which {} with the data read; {} {}", readable(plan.peak),
                                     readable(plan.read), readable(limit.bytes), limit.given ? "allowed" : "free"));
  const auto response_bytes = matrix.rows() * matrix.targets() * static_cast<int64_t>(sizeof(double));
  text += line("largest", fmt::format("responses: {} x {} float64, {}{}", matrix.rows(), matrix.targets(),
                                      readable(response_bytes), matrix.in_memory() ? "" : ", in a scratch file"));
  if (plan.largest_bytes > 0) text += line("", fmt::format("{}, {}", plan.largest, readable(plan.largest_bytes)));
  text +=
      line("disk", fmt::format("about {} to be written{}", readable(plan.disk),
                               plan.scratch > 0 ? fmt::format(", and {} for a while", readable(plan.scratch)) : ""));
  const bool unknown = std::any_of(plan.stages.begin(), plan.stages.end(),
                                   [](const auto& stage) { return stage.units > stage.finished && !stage.seconds; });
  text += line("time",
               fmt::format("about {}{} ({})", cli::clock_text(plan.seconds),
                           unknown ? " and the stages whose time is not known" : "",
                           plan.measured ? "as units in this folder took" : "from this machine's products a second"));
  return text;
}

}  // namespace arcuate
