// How long units take, from those that were made in the same folder: seconds a unit of work, stage by stage.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "study/unit.h"

namespace arcuate {

/// A unit that was made.
struct UnitTime {
  std::string id{}, stage{};
  double work = 0, seconds = 0;
  int64_t peak = 0;  ///< Bytes that the process had at most while it was made.
};

class UnitRates {
 public:
  /// What logs/units.tsv of an output folder tells; lines that cannot be read are passed over.
  static UnitRates read(const std::filesystem::path& output);

  void add(const UnitTime& time);
  /// Seconds that a unit will take; nothing while no unit of its stage was made.
  std::optional<double> seconds(const Unit& unit) const;
  bool empty() const { return sums_.empty(); }

 private:
  struct Sums {
    double work = 0, seconds = 0;
  };
  std::map<std::string, Sums> sums_{};
};

/// Appends a line to logs/units.tsv.
void record_time(const std::filesystem::path& output, const UnitTime& time);

}  // namespace arcuate
