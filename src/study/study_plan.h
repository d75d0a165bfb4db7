// What a study will take before it is run: peak memory stage by stage, disk and time.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "study/prepared_study.h"
#include "study/unit_store.h"

namespace arcuate {

/// Units of one stage, or the results that follow from all.
struct StagePlan {
  std::string name{};
  int64_t units = 0, finished = 0;
  int64_t memory = 0;               ///< Bytes: the most that the process comes to.
  int64_t disk = 0;                 ///< Bytes of the outputs that are to be made.
  std::optional<double> seconds{};  ///< Of the units that are to be made; nothing where no unit was timed.
};

struct StudyPlan {
  std::vector<StagePlan> stages{};
  int64_t read = 0;  ///< Bytes in memory once the data are read.
  int64_t peak = 0;  ///< Of the whole run, and of one with a single thread.
  int64_t peak_of_one_thread = 0;
  int64_t disk = 0;       ///< That it will write.
  int64_t scratch = 0;    ///< And that it takes for a while besides.
  std::string largest{};  ///< The largest array besides the responses, in words, and its bytes.
  int64_t largest_bytes = 0;
  double seconds = 0;
  bool measured = false;  ///< Times are those of units made in this folder; else from this machine's products a second.
};

/// Units that are looked at, and what is there of them.
struct UnitReports {
  std::vector<size_t> places{};       ///< Of the graph's units.
  std::vector<UnitReport> reports{};  ///< Of each; empty where nothing is to be used.
};

/// The study's data were just read by this process, which is what peaks start from.
StudyPlan plan_study(const PreparedStudy& prepared, const UnitReports& found, int threads);

/// Errors: usage, saying what would make it fit: one thread, or the limit it needs.
void check_memory(const StudyPlan& plan, const MemoryLimit& limit);
/// Errors: failed, when the disk has not the room.
void check_disk(const PreparedStudy& prepared, const StudyPlan& plan);

std::string plan_text(const PreparedStudy& prepared, const StudyPlan& plan, const MemoryLimit& limit);

}  // namespace arcuate
