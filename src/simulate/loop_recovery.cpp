#include "simulate/loop_recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/table.h"

namespace arcuate {

std::vector<RecoveredLoop> recover_loops(const std::filesystem::path& barcodes, const std::set<std::string>& planted) {
  std::vector<RecoveredLoop> loops;
  if (!std::filesystem::exists(barcodes)) return loops;
  const auto table = read_table(barcodes);
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto text = [&](const char* column) { return table.text(row, table.column(column)); };
    const auto number = [&](const char* column) { return table.number(row, table.column(column)); };
    if (text("subject") != "mean" || text("dimension") != "1") continue;
    const double longest = number("longest"), second = number("second");
    loops.push_back({.region = text("region"),
                     .hemisphere = text("hemisphere"),
                     .planted = planted.contains(text("region")),
                     .longest = longest,
                     .ratio = std::isnan(second) ? INFINITY : longest / second});  // a bar alone has no second
  }
  return loops;
}

std::string loop_text(const std::vector<RecoveredLoop>& loops) {
  double least = INFINITY, most = 0;
  for (const auto& loop : loops)
    if (!std::isnan(loop.longest)) {
      if (loop.planted)
        least = std::min(least, loop.ratio);
      else
        most = std::max(most, loop.ratio);
    }
  if (std::none_of(loops.begin(), loops.end(), [](const RecoveredLoop& l) { return l.planted; })) return "";
  return fmt::format(
      "where a loop was planted, the longest bar of dimension 1 is {:.2f} times the second or more; elsewhere {:.2f} "
      "times or less",
      least, most);
}

Json loop_json(const std::vector<RecoveredLoop>& loops) {
  Json list = Json::array();
  for (const auto& loop : loops)
    list.push_back({{"region", loop.region},
                    {"hemisphere", loop.hemisphere},
                    {"planted", loop.planted},
                    {"longest", loop.longest},
                    {"ratio", loop.ratio}});
  return list;
}

}  // namespace arcuate
