// Text files of bare numbers: lines of numbers separated by blanks or commas, '#' begins a comment.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace arcuate {

struct NumberLine {
  size_t line = 0;  ///< Of the file, from 1.
  std::vector<double> values{};
};

/// Lines without a number are left out; inf, -inf and nan are numbers. What is none goes to `problems`, with its line.
std::vector<NumberLine> number_lines(std::string_view bytes, Problems& problems);

/// Appends the numbers of one line. `line` is for the message.
void read_numbers(std::string_view text, size_t line, std::vector<double>& values, Problems& problems);

/// Cuts the first line off `rest`, without its comment.
std::string_view next_line(std::string_view& rest);

/// The beginning of `text`, with '?' for what a terminal cannot show.
std::string shown(std::string_view text);

}  // namespace arcuate
