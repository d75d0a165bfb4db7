#include "study/run_units.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

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
    const auto& reports = work_.reports;
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
    std::vector<FileLock> locks;
    if (!take(place, locks)) {
      log_.wait_for(unit(place), FileLock::holder(lock_file(work_.output, unit(place).id)));
      return false;
    }
    if (states_[place] != State::to_make) return true;
    std::vector<size_t> places{place};
    for (const size_t other : others_of_group(place))
      if (take(other, locks) && states_[other] == State::to_make) places.push_back(other);
    make(places);
    return true;
  }

  // Locks the unit, unless another process has it; finds out whether one made it meanwhile.
  bool take(size_t place, std::vector<FileLock>& locks) {
    auto lock = lock_unit(work_.output, unit(place).id);
    if (!lock) return false;
    if (!lock->guards()) warn_of_no_locks();
    locks.push_back(std::move(*lock));
    if (work_.reports.empty() || !is_finished(unit(place))) return true;
    log_.made_elsewhere(unit(place));
    states_[place] = State::finished;
    ++counts_.reused;
    return true;
  }

  void warn_of_no_locks() {
    if (std::exchange(warned_, true)) return;
    run_.console.warn(
        "the file system of '{}' knows no locks: let no other run work in this folder at the same time, which might "
        "make units twice; shards with folders of their own, joined by merge, need none",
        work_.output.string());
  }

  // Those that are to be made and can be.
  std::vector<size_t> others_of_group(size_t place) const {
    const auto& group = unit(place).group.name;
    std::vector<size_t> others;
    if (group.empty()) return others;
    for (const size_t other : work_.places)
      if (other != place && unit(other).group.name == group && states_[other] == State::to_make &&
          state_of_inputs(other) == State::finished)
        others.push_back(other);
    return others;
  }

  // Another run with other settings may have replaced what this unit reads: then its key would promise too much.
  void check_before_receipt(const Unit& own) const {
    for (const auto& id : own.inputs) check_stored_key(graph_.at(id));
    if (work_.check_inputs) work_.check_inputs();
  }

  void make(const std::vector<size_t>& places) {
    std::vector<const Unit*> units;
    for (const size_t place : places) {
      run_.console.verbose("{}", unit(place).id);
      units.push_back(&unit(place));
    }
    log_.begin(units);
    std::optional<Error> stop;
    const auto check = [&](const Unit& own) {
      try {
        check_before_receipt(own);
      } catch (const Error& error) {
        stop = error;
        throw;
      }
    };
    try {
      make_units(units, run_.compute, check);
      release_freed_memory();
      for (const size_t place : places) {
        states_[place] = State::finished;
        ++counts_.made;
        log_.made(unit(place));
      }
    } catch (const Error& error) {
      if (error.fault() == Fault::interrupted || stop) throw;
      fail(places, error.fault(), error.what());
    } catch (const fs::filesystem_error& error) {
      fail(places, Fault::failed, error.what());
    } catch (const std::exception& error) {
      if (!is_out_of_memory(error)) throw;
      fail(places, Fault::failed, out_of_memory_advice);
    }
  }

  // Of several units one may be at fault: each is made alone then.
  void fail(const std::vector<size_t>& places, Fault fault, const std::string& message) {
    if (places.size() == 1) return fail_unit(places.front(), fault, message);
    for (const size_t place : places) make({place});
  }

  void fail_unit(size_t place, Fault fault, const std::string& message) {
    if (is_disk_full(work_.output, unit(place).needs.disk))
      arcuate::fail(Fault::failed, "the disk of '{}' is full: {} could not be made ({})", work_.output.string(),
                    unit(place).id, message);
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
  bool warned_ = false;
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
