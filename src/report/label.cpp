// Labels: widths from a coarse table of letter classes; positions by isotonic regression (pool adjacent violators).
#include "report/label.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "core/text.h"

namespace arcuate {

// Em widths, rounded up from common sans-serif faces.
static double letter_width(char32_t letter) {
  if (letter >= 0x2E80) return 1.05;  // ideographs and emoji
  if (letter > 0x7F) return 0.65;
  const auto narrow = std::u32string_view(U"ijltfIr.,:;|!'()[] /-");
  if (narrow.find(letter) != narrow.npos) return 0.38;
  if (std::u32string_view(U"mwMW@%").find(letter) != narrow.npos) return 0.95;
  return letter >= U'A' && letter <= U'Z' ? 0.7 : 0.6;
}

double text_width(std::string_view text, double font_size) {
  double width = 0;
  for (const char32_t letter : code_points(text)) width += letter_width(letter);
  return width * font_size;
}

// The smallest parts that a line may be made of: up to and with a separator, and never wider than the line.
static std::vector<std::string> breakable_parts(const std::string& text, double font_size, double width) {
  std::vector<std::string> parts(1);
  for (const char32_t letter : code_points(text)) {
    if (!parts.back().empty() && text_width(parts.back() + to_utf8(letter), font_size) > width) parts.emplace_back();
    parts.back() += to_utf8(letter);
    if (std::u32string_view(U" /-_,").find(letter) != std::u32string_view::npos) parts.emplace_back();
  }
  return parts;
}

std::vector<std::string> wrap_text(const std::string& text, double font_size, double width) {
  std::vector<std::string> lines(1);
  for (const std::string& part : breakable_parts(text, font_size, width)) {
    if (text_width(trim(lines.back() + part), font_size) > width) lines.emplace_back();
    lines.back() += part;
  }
  for (std::string& line : lines) line = std::string(trim(line));
  std::erase(lines, "");
  return lines;
}

namespace {
// Labels that touch: they share one shift.
struct Pool {
  double sum = 0;
  size_t count = 0;
  double mean() const { return sum / static_cast<double>(count); }
};
}  // namespace

// The non-decreasing sequence nearest to `values`.
static std::vector<double> isotonic(const std::vector<double>& values) {
  std::vector<Pool> pools;
  for (const double value : values) {
    pools.push_back({value, 1});
    while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back().sum += last.sum;
      pools.back().count += last.count;
    }
  }
  std::vector<double> fitted;
  for (const Pool& pool : pools) fitted.insert(fitted.end(), pool.count, pool.mean());
  return fitted;
}

std::vector<double> spread_labels(const std::vector<double>& wanted, const std::vector<double>& heights, double top,
                                  double bottom) {
  std::vector<size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return std::pair(wanted[i], i); });
  // Less the heights of all labels above it, a label's upper edge only has to be no higher than its neighbour's.
  std::vector<double> edges, above;
  double sum = 0;
  for (const size_t i : order) {
    edges.push_back(wanted[i] - heights[i] / 2 - sum);
    above.push_back(sum);
    sum += heights[i];
  }
  edges = isotonic(edges);
  std::vector<double> centres(wanted.size());
  for (size_t k = 0; k < order.size(); ++k) {
    const double edge = std::clamp(edges[k], top, std::max(top, bottom - sum));
    centres[order[k]] = edge + above[k] + heights[order[k]] / 2;
  }
  return centres;
}

}  // namespace arcuate
