// The units of a study as a graph: a unit comes after those that it reads.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "study/unit.h"

namespace arcuate {

/// Part I of N of a study's work, I from 1.
struct Shard {
  int64_t part = 1, of = 1;
};
/// "2/8". Errors: usage.
Shard parse_shard(const std::string& text);

class WorkGraph {
 public:
  /// Completes the unit by its key. Its inputs are in the graph already, and no unit has its id.
  const Unit& add(Unit unit);

  const std::vector<Unit>& units() const { return units_; }
  /// Errors: usage, with the nearest name.
  const Unit& at(const std::string& id) const;
  bool contains(const std::string& id) const { return places_.contains(id); }

  /// Places of all units.
  std::vector<size_t> all() const;
  /// Places of a unit and of all that it needs, ascending.
  std::vector<size_t> needed_by(const std::string& id) const;
  /// Places of the units that a shard works on, ascending: its share of those that no other unit reads (neighbours, and
  /// alike in work), and all that these need. Shards may share inputs.
  std::vector<size_t> shard(const Shard& shard) const;

 private:
  void add_needs(size_t place, std::vector<bool>& needed) const;

  std::vector<Unit> units_{};
  std::map<std::string, size_t> places_{};
};

}  // namespace arcuate
