// What a run tells the outside while it works: logs/status-HOST-PID.json for other terminals (`arcuate status`), a line
// a unit in logs/units.tsv, and events in the log when it is one of JSON lines.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/run.h"
#include "study/unit_rates.h"
#include "study/work_graph.h"

namespace arcuate {

enum class RunState { running, waiting, done, failed, interrupted };

struct UnitFailure {
  std::string id{}, message{};
};

class RunLog {
 public:
  RunLog(std::filesystem::path output, cli::Run& run);
  /// A run that ends by an exception is told as failed, or as interrupted.
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  /// The units of this run that are to be made, and how many were found finished.
  void start(const std::vector<const Unit*>& to_make, int64_t reused);
  /// One unit, or several of a group that are made in one go.
  void begin(const std::vector<const Unit*>& units);
  void begin_results();
  void made(const Unit& unit);
  void failed(const Unit& unit, const std::string& message);
  /// Another process made it.
  void made_elsewhere(const Unit& unit);
  void wait_for(const Unit& unit, const std::string& holder);
  void finish(RunState state);

 private:
  using Clock = std::chrono::steady_clock;
  void forget(const Unit& unit);
  void write() const;

  std::filesystem::path output_;
  cli::Run& run_;
  RunState state_ = RunState::running;
  std::vector<const Unit*> left_{};
  std::vector<UnitTime> made_{};
  std::vector<UnitFailure> failures_{};
  UnitRates rates_{};
  std::string started_{}, running_{}, running_since_{};
  int64_t units_ = 0, reused_ = 0, elsewhere_ = 0, peak_ = 0;
  Clock::time_point began_{};
  double work_ = 1;  // of what is being made
};

std::string state_name(RunState state);

}  // namespace arcuate
