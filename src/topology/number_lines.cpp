#include "topology/number_lines.h"

#include <algorithm>

#include "core/text.h"

namespace arcuate {

std::string shown(std::string_view text) {
  constexpr size_t longest = 40;
  std::string result(text.substr(0, longest));
  std::replace_if(result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.size() > longest ? result + "..." : result;
}

std::string_view next_line(std::string_view& rest) {
  const auto line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return line.substr(0, line.find('#'));
}

void read_numbers(std::string_view text, size_t line, std::vector<double>& values, Problems& problems) {
  constexpr std::string_view separators = " \t\r\f\v,";
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
    if (text.empty()) return;
    const auto word = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(word.size());
    const auto value = to_double(word);
    if (!value) problems.add("line {}: expected a number, found '{}'", line, shown(word));
    values.push_back(value.value_or(0));
  }
}

std::vector<NumberLine> number_lines(std::string_view bytes, Problems& problems) {
  std::vector<NumberLine> lines;
  for (size_t line = 1; !bytes.empty(); ++line) {
    NumberLine read{.line = line};
    read_numbers(next_line(bytes), line, read.values, problems);
    if (!read.values.empty()) lines.push_back(std::move(read));
  }
  return lines;
}

}  // namespace arcuate
