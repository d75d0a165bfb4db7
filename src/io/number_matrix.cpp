#include "io/number_matrix.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {

// Cuts the first run of non-blank characters off `rest`; empty at the end.
static std::string_view next_word(std::string_view& rest) {
  constexpr std::string_view blanks = " \t\f\v";
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  const auto word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

// Cuts the first line off `rest`: it ends with LF, CRLF or CR.
static std::string_view next_line(std::string_view& rest) {
  const auto line = rest.substr(0, rest.find_first_of("\r\n"));
  rest.remove_prefix(line.size());
  rest.remove_prefix(std::min<size_t>(rest.starts_with("\r\n") ? 2 : 1, rest.size()));
  return line;
}

// Appends the numbers of one line and returns how many fields it has.
static size_t read_line(std::string_view text, size_t line, std::vector<double>& values, Problems& problems) {
  size_t fields = 0;
  for (auto word = next_word(text); !word.empty(); word = next_word(text)) {
    ++fields;
    const auto value = to_double(word);
    if (!value) problems.add("line {}, column {}: expected a number, found '{}'", line, fields, excerpt(word));
    values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  return fields;
}

at::Tensor parse_number_matrix(std::string_view bytes, const std::string& source) {
  Problems problems(source);
  std::vector<double> values;
  size_t rows = 0, columns = 0, first_line = 0, line = 0;
  for (auto rest = without_bom(bytes); !rest.empty();) {
    const auto text = next_line(rest);
    const size_t fields = read_line(text.substr(0, text.find('#')), ++line, values, problems);
    if (fields == 0) continue;
    if (rows++ == 0) {
      columns = fields;
      first_line = line;
    } else if (fields != columns) {
      problems.add("line {}: {} numbers where line {} has {}", line, fields, first_line, columns);
    }
  }
  problems.raise();
  if (rows == 0) bad_input("{}: no numbers; expected one row of numbers a line", source);
  return to_tensor(values).reshape({static_cast<int64_t>(rows), static_cast<int64_t>(columns)});
}

at::Tensor read_number_matrix(const fs::path& path) { return parse_number_matrix(read_file(path), path.string()); }

}  // namespace arcuate
