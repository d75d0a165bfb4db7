// Finds marks in a drawing for the tests: the numbers that a pattern captures.
#pragma once
#include <regex>
#include <string>
#include <vector>

namespace arcuate::test {

/// All captures of all matches, as numbers, in the order of the text.
inline std::vector<double> numbers_in(const std::string& svg, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<double> found;
  for (std::sregex_iterator match(svg.begin(), svg.end(), expression), end; match != end; ++match)
    for (size_t i = 1; i < match->size(); ++i) found.push_back(std::stod((*match)[i]));
  return found;
}

/// Where the text stands whose words are `words` (a pattern): x, y.
inline std::vector<double> text_place(const std::string& svg, const std::string& words) {
  return numbers_in(svg, "<text x=\"([0-9.-]+)\" y=\"([0-9.-]+)\"[^>]*>" + words + "</text>");
}

/// The value at `at` on an axis that shows the value `a` at `at_a` and `b` at `at_b`.
inline double on_axis(double at, double a, double at_a, double b, double at_b) {
  return a + (at - at_a) / (at_b - at_a) * (b - a);
}

inline const std::string hostile = "<script>alert('x')</script> & \"quotes\"";

}  // namespace arcuate::test
