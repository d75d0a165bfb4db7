// Order, range, names and table of persistence bars.
#include "report/persistence_bar.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

bool has_place(const PersistenceBar& bar) {
  return drawable(bar.birth) && (drawable(bar.death) || bar.death == INFINITY);
}

std::vector<PersistenceBar> sorted_bars(const std::vector<PersistenceBar>& bars, const std::string& title) {
  Problems problems(fmt::format("chart '{}'", title), Fault::failed);
  for (size_t i = 0; i < bars.size(); ++i) {
    if (bars[i].death < bars[i].birth)
      problems.add("bar {} needs a death no earlier than its birth {}, but has {}", i + 1, bars[i].birth,
                   bars[i].death);
    if (bars[i].dimension < 0)
      problems.add("bar {} needs a dimension of at least 0, but has {}", i + 1, bars[i].dimension);
  }
  problems.raise();
  std::vector<PersistenceBar> sorted;
  std::ranges::copy_if(bars, std::back_inserter(sorted), has_place);
  std::ranges::sort(sorted, {},
                    [](const PersistenceBar& bar) { return std::tuple(bar.dimension, bar.birth, bar.death); });
  return sorted;
}

ValueRange finite_range(const std::vector<PersistenceBar>& bars) {
  ValueRange range;
  for (const PersistenceBar& bar : bars)
    if (has_place(bar)) range.include(bar.birth), range.include(bar.death);
  return range;
}

std::string homology_name(int dimension) {
  std::string name = "H";
  for (const char digit : std::to_string(dimension)) name += to_utf8(U'₀' + static_cast<char32_t>(digit - '0'));
  return name;
}

ChartData persistence_data(const std::vector<PersistenceBar>& bars, bool simulated) {
  ChartData data{.columns = {"dimension", "birth", "death"}};
  for (const PersistenceBar& bar : bars)
    data.rows.push_back({std::to_string(bar.dimension), shortest(bar.birth), shortest(bar.death)});
  mark_simulated(data, simulated);
  return data;
}

std::string placeless_note(const std::vector<PersistenceBar>& bars) {
  const auto count = std::ranges::count_if(bars, [](const PersistenceBar& bar) { return !has_place(bar); });
  return count == 0 ? "" : fmt::format("Without birth or death, not drawn: {}.", count);
}

}  // namespace arcuate
