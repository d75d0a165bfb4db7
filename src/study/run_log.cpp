#include "study/run_log.h"

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "core/interrupt.h"
#include "core/memory.h"
#include "core/process.h"
#include "study/run_status.h"

namespace arcuate {

std::string state_name(RunState state) {
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::waiting:
      return "waiting";
    case RunState::done:
      return "done";
    case RunState::failed:
      return "failed";
    case RunState::interrupted:
      return "interrupted";
  }
  return "";
}

RunLog::RunLog(fs::path output, cli::Run& run)
    : output_(std::move(output)), run_(run), rates_(UnitRates::read(output_)), started_(cli::time_text()) {
  ensure_writable_folder(output_ / "logs");
  for (const auto& status : read_status(output_))
    if (is_running(status.process) == false) fs::remove(status.file);
}

RunLog::~RunLog() {
  try {
    if (state_ == RunState::running || state_ == RunState::waiting)
      finish(interrupted() ? RunState::interrupted : RunState::failed);
  } catch (const std::exception&) {
    // A full disk, most likely: it has its own message.
  }
}

void RunLog::start(const std::vector<const Unit*>& to_make, int64_t reused) {
  left_ = to_make;
  reused_ = reused;
  units_ = reused + static_cast<int64_t>(to_make.size());
  run_.console.event("start", {{"units", units_}, {"finished", reused_}});
  write();
}

void RunLog::begin(const std::vector<const Unit*>& units) {
  state_ = RunState::running;
  running_ = units.front()->id;
  if (units.size() > 1) running_ += fmt::format(" and {} more", units.size() - 1);
  running_since_ = cli::time_text();
  began_ = Clock::now();
  work_ = 0;
  for (const auto* unit : units) {
    work_ += unit->needs.work;
    run_.console.event("unit", {{"unit", unit->id}, {"state", "running"}});
  }
  write();
}

void RunLog::begin_results() {
  state_ = RunState::running;
  running_ = "results";
  running_since_ = cli::time_text();
  run_.console.event("results", {{"state", "running"}});
  write();
}

void RunLog::forget(const Unit& unit) {
  std::erase(left_, &unit);
  running_.clear();
}

// Of units that are made in one go each has its share of the time.
void RunLog::made(const Unit& unit) {
  const UnitTime time{.id = unit.id,
                      .stage = unit.stage,
                      .work = unit.needs.work,
                      .seconds = std::chrono::duration<double>(Clock::now() - began_).count() * unit.needs.work / work_,
                      .peak = peak_memory()};
  made_.push_back(time);
  rates_.add(time);
  peak_ = std::max(peak_, time.peak);
  record_time(output_, time);
  forget(unit);
  run_.console.event("unit",
                     {{"unit", unit.id}, {"state", "done"}, {"seconds", time.seconds}, {"peak_memory", time.peak}});
  write();
}

void RunLog::failed(const Unit& unit, const std::string& message) {
  failures_.push_back({unit.id, message});
  forget(unit);
  run_.console.event("unit", {{"unit", unit.id}, {"state", "failed"}, {"message", message}});
  write();
}

void RunLog::made_elsewhere(const Unit& unit) {
  ++elsewhere_;
  forget(unit);
  run_.console.event("unit", {{"unit", unit.id}, {"state", "made by another process"}});
  write();
}

void RunLog::wait_for(const Unit& unit, const std::string& holder) {
  if (state_ == RunState::waiting) return;
  state_ = RunState::waiting;
  run_.console.info("waiting for {}, which {} is making", unit.id, holder.empty() ? "another process" : holder);
  run_.console.event("wait", {{"unit", unit.id}, {"process", holder}});
  write();
}

void RunLog::finish(RunState state) {
  state_ = state;
  running_.clear();
  run_.console.event("end", {{"state", state_name(state)}, {"peak_memory", peak_}});
  write();
}

void RunLog::write() const {
  Json failures = Json::array(), slowest = Json::array();
  for (const auto& failure : failures_) failures.push_back({{"unit", failure.id}, {"message", failure.message}});
  auto times = made_;
  std::stable_sort(times.begin(), times.end(),
                   [](const UnitTime& a, const UnitTime& b) { return a.seconds > b.seconds; });
  for (size_t i = 0; i < std::min<size_t>(times.size(), 10); ++i)
    slowest.push_back({{"unit", times[i].id}, {"seconds", times[i].seconds}, {"peak_memory", times[i].peak}});
  double left = 0;
  bool known = true;
  for (const auto* unit : left_) {
    const auto seconds = rates_.seconds(*unit);
    known = known && seconds;
    left += seconds.value_or(0);
  }
  try {
    write_json(status_file(output_),
               {{"process", this_process()},
                {"state", state_name(state_)},
                {"started", started_},
                {"updated", cli::time_text()},
                {"threads", run_.compute.threads},
                {"units", units_},
                {"found_finished", reused_},
                {"made", made_.size()},
                {"made_elsewhere", elsewhere_},
                {"running", running_.empty() ? Json() : Json{{"unit", running_}, {"since", running_since_}}},
                {"failed", failures},
                {"seconds_left", known ? Json(left) : Json()},
                {"peak_memory", peak_},
                {"slowest", slowest}});
  } catch (const Error& error) {
    run_.console.verbose("{}", error.what());  // a status that cannot be written is no reason to stop
  }
}

}  // namespace arcuate
