#include "io/freesurfer_label.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr size_t columns = 5;  // vertex, x, y, z, value

std::string_view next_line(std::string_view& rest) {
  const auto line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return trim(line);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (line = trim(line); !line.empty(); line = trim(line)) {
    words.push_back(line.substr(0, line.find_first_of(" \t")));
    line.remove_prefix(words.back().size());
  }
  return words;
}

bool read_line(std::string_view line, int number, std::vector<int>& vertices, std::vector<float>& numbers,
               Problems& problems) {
  const auto words = words_of(line);
  if (words.size() != columns) {
    problems.add("line {}: {} fields where 5 are expected: vertex, x, y, z, value", number, words.size());
    return false;
  }
  const auto vertex = to_integer(words[0]);
  if (!vertex || *vertex < -1 || *vertex > std::numeric_limits<int32_t>::max())
    problems.add("line {}: expected the number of a vertex, found '{}'", number, excerpt(words[0]));
  vertices.push_back(static_cast<int>(vertex.value_or(-1)));
  for (size_t i = 1; i < columns; ++i) {
    const auto value = to_double(words[i]);
    if (!value) problems.add("line {}, field {}: expected a number, found '{}'", number, i + 1, excerpt(words[i]));
    numbers.push_back(static_cast<float>(value.value_or(0)));
  }
  return true;
}

void check_twice(const std::vector<int>& vertices, Problems& problems) {
  std::set<int> known;
  for (const int vertex : vertices)
    if (vertex >= 0 && !known.insert(vertex).second) problems.add("vertex {} is listed twice", vertex);
}

}  // namespace

FreesurferLabel parse_freesurfer_label(std::string_view bytes, const std::string& source) {
  constexpr std::string_view mark = "#!";
  if (const auto bad = invalid_utf8(bytes))
    bad_input("'{}' is no label of FreeSurfer: byte {} is no text", source, *bad);
  auto rest = bytes;
  const auto comment = next_line(rest);
  if (!comment.starts_with("#"))
    bad_input("'{}' is no label of FreeSurfer: expected the first line '#!ascii label …', found '{}'", source,
              excerpt(comment));
  Problems problems("'" + source + "'");
  const auto text = next_line(rest);
  const auto declared = to_integer(text);
  if (!declared || *declared < 0) problems.add("line 2: expected the number of vertices, found '{}'", excerpt(text));
  std::vector<int> vertices;
  std::vector<float> numbers;
  int64_t lines = 0;
  for (int number = 3; !rest.empty(); ++number)
    if (const auto line = next_line(rest); !line.empty()) {
      ++lines;
      read_line(line, number, vertices, numbers, problems);
    }
  if (declared && *declared >= 0 && lines != *declared)
    problems.add("line 2 declares {} vertices, but there are {}; is the file truncated?", *declared, lines);
  check_twice(vertices, problems);
  problems.raise();
  const auto table = at::tensor(numbers, at::kFloat).view({lines, static_cast<int64_t>(columns) - 1});
  return {.comment = std::string(trim(comment.starts_with(mark) ? comment.substr(2) : comment.substr(1))),
          .vertices = at::tensor(vertices, at::kInt),
          .points = table.slice(1, 0, 3).contiguous(),
          .values = table.select(1, 3).contiguous()};
}

}  // namespace arcuate
