// The log of a training: one row a step that is reported, kept as text and written whole.
#pragma once
#include <limits>
#include <string>
#include <vector>

#include "core/files.h"
#include "train/trainer.h"

namespace arcuate {

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

/// What was measured at a step; NaN ("n/a") where it was not.
struct LogRow {
  int64_t step = 0;  ///< Steps done; 0: before the first.
  StepReport report{not_measured, not_measured, not_measured, not_measured, not_measured, not_measured};
  Losses validation{not_measured, not_measured};
};

class TrainingLog {
 public:
  void add(const LogRow& row);
  void write(const fs::path& file) const;
  /// The rows of a file up to a step. Errors: input.
  static TrainingLog read(const fs::path& file, int64_t last_step);

 private:
  std::vector<std::vector<std::string>> rows_{};
};

}  // namespace arcuate
