#include "study/run_units.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "core/error.h"
#include "core/file_lock.h"
#include "core/files.h"
#include "core/interrupt.h"
#include "core/memory.h"
#include "core/process.h"
#include "study/run_log.h"
#include "study/unit_store.h"

namespace arcuate {
namespace {

using std::chrono::milliseconds;

fs::path lock_file(const fs::path& output, std::string id) {
  std::replace(id.begin(), id.end(), '/', '+');
  return output / "logs" / "locks" / (id + ".lock");
}

void wait_a_little() {
  for (int i = 0; i < 10; ++i) {
    stop_if_interrupted();
    std::this_thread::sleep_for(milliseconds(25));
  }
}

// Whether an output of so many bytes could not be kept.
bool is_disk_full(const fs::path& folder, int64_t bytes) {
  constexpr int64_t least = 1 << 20;
  std::error_code code;
  const auto space = fs::space(folder, code);
  return !code && space.available < static_cast<uintmax_t>(std::max(least, bytes));
}

enum class State { to_make, finished, failed, waiting };  // waiting: for one that failed

class UnitRunner {
 public:
  UnitRunner(const WorkGraph& graph, const UnitRun& work, RunLog& log, cli::Run& run)
      : graph_(graph), work_(work), run_(run), log_(log), states_(graph.units().size(), State::finished) {}

  UnitCounts run() {
    find_finished();
    cli::Progress bar(run_.console, "units");
    const auto total = static_cast<int64_t>(work_.places.size());
    const auto show = [&] { bar.update(total - remaining(), total); };
    for (show(); remaining() > 0; show())
      if (!pass(show)) wait_a_little();
    raise_failures();
    return counts_;
  }

 private:
  const Unit& unit(size_t place) const { return graph_.units()[place]; }

  int64_t remaining() const { return std::count(states_.begin(), states_.end(), State::to_make); }

  void find_finished() {
    std::vector<UnitReport> reports;
    if (!run_.common.force) reports = inspect_all(graph_, work_.places, run_.compute.threads);
    std::vector<const Unit*> to_make;
    for (size_t i = 0; i < work_.places.size(); ++i) {
      const size_t place = work_.places[i];
      if (!reports.empty() && reports[i].state == UnitState::finished) {
        ++counts_.reused;
        continue;
      }
      states_[place] = State::to_make;
      to_make.push_back(&unit(place));
      if (!reports.empty() && reports[i].state == UnitState::damaged)
        run_.console.warn("{} is made again: {}", unit(place).id, reports[i].reasons.front());
    }
    log_.start(to_make, counts_.reused);
  }

  // Tries every unit once; whether any got on.
  bool pass(const std::function<void()>& show) {
    bool moved = false;
    for (const size_t place : work_.places) {
      if (states_[place] != State::to_make) continue;
      stop_if_interrupted();
      const auto inputs = state_of_inputs(place);
      if (inputs == State::to_make) continue;
      if (inputs == State::waiting)
        states_[place] = State::waiting;
      else if (!attempt(place))
        continue;
      moved = true;
      show();
    }
    return moved;
  }

  State state_of_inputs(size_t place) const {
    State state = State::finished;
    for (const auto& id : unit(place).inputs) {
      const auto input = states_[static_cast<size_t>(&graph_.at(id) - graph_.units().data())];
      if (input == State::failed || input == State::waiting) return State::waiting;
      if (input == State::to_make) state = State::to_make;
    }
    return state;
  }

  // False while another process has the unit.
  bool attempt(size_t place) {
    const auto lock = lock_unit(work_.output, unit(place).id);
    if (!lock) {
      log_.wait_for(unit(place), FileLock::holder(lock_file(work_.output, unit(place).id)));
      return false;
    }
    if (!run_.common.force && is_finished(unit(place))) {
      log_.made_elsewhere(unit(place));
      states_[place] = State::finished;
      ++counts_.reused;
      return true;
    }
    make(place);
    return true;
  }

  // Another run with other settings may have replaced what this unit reads: then its key would promise too much.
  void check_before_receipt(const Unit& own) const {
    for (const auto& id : own.inputs) check_stored_key(graph_.at(id));
    if (work_.check_inputs) work_.check_inputs();
  }

  void make(size_t place) {
    const auto& own = unit(place);
    run_.console.verbose("{}", own.id);
    log_.begin(own);
    std::optional<Error> stop;
    const auto check = [&] {
      try {
        check_before_receipt(own);
      } catch (const Error& error) {
        stop = error;
        throw;
      }
    };
    try {
      make_unit(own, run_.compute, check);
      release_freed_memory();
      states_[place] = State::finished;
      ++counts_.made;
      log_.made(own);
    } catch (const Error& error) {
      if (error.fault() == Fault::interrupted || stop) throw;
      fail_unit(place, error.fault(), error.what());
    } catch (const fs::filesystem_error& error) {
      fail_unit(place, Fault::failed, error.what());
    } catch (const std::exception& error) {
      if (!is_out_of_memory(error)) throw;
      fail_unit(place, Fault::failed, out_of_memory_advice);
    }
  }

  void fail_unit(size_t place, Fault fault, const std::string& message) {
    if (is_disk_full(work_.output, unit(place).needs.disk))
      fail(Fault::failed, "the disk of '{}' is full: {} could not be made ({})", work_.output.string(), unit(place).id,
           message);
    states_[place] = State::failed;
    failures_.push_back({unit(place).id, message});
    faults_.push_back(fault);
    log_.failed(unit(place), message);
    run_.console.warn("{} failed; the units that do not need it go on", unit(place).id);
  }

  void raise_failures() const {
    if (failures_.empty()) return;
    const bool alike = std::all_of(faults_.begin(), faults_.end(), [&](Fault f) { return f == faults_.front(); });
    const auto waiting = std::count(states_.begin(), states_.end(), State::waiting);
    Problems problems(fmt::format("{} of {} units of work failed{}", failures_.size(), work_.places.size(),
                                  waiting > 0 ? fmt::format(", and {} wait for them", waiting) : ""),
                      alike ? faults_.front() : Fault::failed);
    for (const auto& failure : failures_) {
      const auto command = work_.repeat_command ? work_.repeat_command(graph_.at(failure.id)) : "";
      problems.add("in the unit {}:\n  {}{}", failure.id, failure.message,
                   command.empty() ? "" : "\n  to repeat it alone: " + command);
    }
    problems.raise();
  }

  const WorkGraph& graph_;
  const UnitRun& work_;
  cli::Run& run_;
  RunLog& log_;
  std::vector<State> states_;
  UnitCounts counts_{};
  std::vector<UnitFailure> failures_{};
  std::vector<Fault> faults_{};
};

}  // namespace

UnitCounts run_units(const WorkGraph& graph, const UnitRun& work, RunLog& log, cli::Run& run) {
  return UnitRunner(graph, work, log, run).run();
}

std::optional<FileLock> lock_unit(const fs::path& output, const std::string& id) {
  return FileLock::try_take(lock_file(output, id), this_process());
}

void with_folder_lock(const fs::path& output, cli::Run& run, const std::function<void()>& write) {
  const auto file = lock_file(output, "results");
  while (true) {
    if (const auto lock = FileLock::try_take(file, this_process())) return write();
    run.console.verbose("waiting for {}, which writes the results", FileLock::holder(file));
    wait_a_little();
  }
}

}  // namespace arcuate
