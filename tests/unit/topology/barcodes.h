// What the tests of the topology layer share: barcodes as sorted lists, reference files, seeded distances.
#pragma once
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "core/random.h"
#include "io/json.h"
#include "support.h"
#include "topology/diagram.h"
#include "topology/diagram_text.h"
#include "topology/distances.h"

namespace arcuate::test {

inline Diagram sorted(Diagram bars) {
  std::sort(bars.begin(), bars.end(),
            [](const Bar& a, const Bar& b) { return std::pair(a.birth, a.death) < std::pair(b.birth, b.death); });
  return bars;
}

inline std::vector<Diagram> sorted(std::vector<Diagram> diagrams) {
  for (auto& diagram : diagrams) diagram = sorted(std::move(diagram));
  return diagrams;
}

/// As they read once printed with six digits, each dimension sorted.
inline std::vector<Diagram> printed(const std::vector<Diagram>& diagrams) {
  std::vector<Diagram> read;
  for (auto& diagram : parse_diagrams(barcode_text(diagrams), "printed")) read.push_back(sorted(diagram.bars));
  return read;
}

/// [[birth, death], …] where a death that never comes is null.
inline Diagram bars_of(const Json& json) {
  Diagram bars;
  for (const auto& bar : json)
    bars.push_back({bar[0].get<double>(), bar[1].is_null() ? INFINITY : bar[1].get<double>()});
  return bars;
}

inline Json reference(const std::string& name) { return read_json(source_path("reference/topology/" + name)); }

/// Whole numbers up to `largest`: many ties.
inline LowerDistances tied_distances(int64_t points, uint64_t largest, uint64_t seed) {
  Random random(seed);
  LowerDistances distances{.points = points};
  for (int64_t i = 0; i < points * (points - 1) / 2; ++i)
    distances.values.push_back(static_cast<float>(1 + random.below(largest)));
  return distances;
}

}  // namespace arcuate::test
