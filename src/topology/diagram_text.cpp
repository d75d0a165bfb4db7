#include "topology/diagram_text.h"

#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "topology/number_lines.h"

namespace arcuate {

constexpr std::string_view heading = "persistence intervals in dim ";

static void check_bar(const Bar& bar, size_t line, Problems& problems) {
  if (std::isnan(bar.birth) || std::isnan(bar.death) || bar.death < bar.birth || bar.birth == INFINITY ||
      bar.death == -INFINITY)
    problems.add("line {}: a bar is born before it dies, found {} and {}", line, bar.birth, bar.death);
}

// "[birth,death)" or "[birth, )".
static std::optional<Bar> read_bar(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(')')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  const auto comma = text.find(',');
  if (comma == text.npos) return std::nullopt;
  const auto birth = to_double(trim(text.substr(0, comma)));
  const auto end = trim(text.substr(comma + 1));
  const auto death = end.empty() ? std::optional<double>(INFINITY) : to_double(end);
  if (!birth || !death) return std::nullopt;
  return Bar{*birth, *death};
}

// The dimension that a heading names.
static std::optional<int> read_heading(std::string_view text) {
  if (!text.starts_with(heading) || !text.ends_with(':')) return std::nullopt;
  text.remove_prefix(heading.size());
  const auto dimension = to_integer(text.substr(0, text.size() - 1));
  constexpr long long most = 1000;
  return dimension && *dimension >= 0 && *dimension < most ? std::optional(static_cast<int>(*dimension)) : std::nullopt;
}

static std::vector<ReadDiagram> parse_barcode(std::string_view bytes, const std::string& source) {
  std::vector<ReadDiagram> diagrams;
  Problems problems(source);
  for (size_t line = 1; !bytes.empty(); ++line) {
    const auto text = trim(next_line(bytes));
    if (const auto dimension = read_heading(text)) {
      for (const auto& other : diagrams)
        if (other.dimension == dimension) problems.add("line {}: dimension {} begins again", line, *dimension);
      diagrams.push_back({dimension, {}});
    } else if (!diagrams.empty() && !text.empty()) {
      const auto bar = read_bar(text);
      if (bar)
        check_bar(*bar, line, problems);
      else
        problems.add("line {}: expected a bar like [0.5,1.25) or [0.5, ), found '{}'", line, shown(text));
      diagrams.back().bars.push_back(bar.value_or(Bar{}));
    }
  }
  problems.raise();
  if (diagrams.empty()) bad_input("{}: no line '{}k:' begins a dimension", source, heading);
  return diagrams;
}

static std::vector<ReadDiagram> parse_pairs(std::string_view bytes, const std::string& source) {
  ReadDiagram diagram;
  Problems problems(source);
  for (const auto& [line, values] : number_lines(bytes, problems)) {
    if (values.size() != 2) {
      problems.add("line {}: expected a birth and a death, found {} numbers", line, values.size());
      continue;
    }
    diagram.bars.push_back({values[0], values[1]});
    check_bar(diagram.bars.back(), line, problems);
  }
  problems.raise();
  return {std::move(diagram)};
}

std::vector<ReadDiagram> parse_diagrams(std::string_view bytes, const std::string& source) {
  return bytes.find(heading) == bytes.npos ? parse_pairs(bytes, source) : parse_barcode(bytes, source);
}

std::string barcode_text(const std::vector<Diagram>& diagrams) {
  std::string text;
  for (size_t k = 0; k < diagrams.size(); ++k) {
    text += fmt::format("{}{}:\n", heading, k);
    for (const Bar& bar : diagrams[k])
      text += std::isinf(bar.death) ? fmt::format(" [{:g}, )\n", bar.birth)
                                    : fmt::format(" [{:g},{:g})\n", bar.birth, bar.death);
  }
  return text;
}

}  // namespace arcuate
