#include "input/word_vectors.h"

#include <ATen/ATen.h>

#include <cmath>
#include <fstream>
#include <optional>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr std::string_view blanks = " \t\r";

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    if (line.empty()) return fields;
    fields.push_back(line.substr(0, line.find_first_of(blanks)));
    line.remove_prefix(fields.back().size());
  }
}

// The width that word2vec's header announces.
std::optional<int64_t> announced_width(const std::vector<std::string_view>& fields) {
  if (fields.size() != 2 || !to_integer(fields[0])) return {};
  return to_integer(fields[1]);
}

class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : file_(path), path_(path.string()) {
    if (!file_) bad_input("cannot read '{}'", path_);
  }
  bool next() {
    ++number_;
    return static_cast<bool>(std::getline(file_, text_));
  }
  std::string_view text() const { return text_; }
  int64_t number() const { return number_; }

 private:
  std::ifstream file_;
  std::string path_, text_{};
  int64_t number_ = 0;
};

// The first line that holds a vector tells the width, or the header does.
int64_t read_width(Lines& lines, const std::string& source, bool& at_vector) {
  if (!lines.next()) bad_input("'{}' is empty: a word and its numbers a line expected", source);
  const auto fields = fields_of(lines.text());
  const auto announced = announced_width(fields);
  at_vector = !announced;
  const auto width = announced.value_or(std::ssize(fields) - 1);
  if (width < 1)
    bad_input("'{}': line 1 holds {} fields; a word and its numbers, or word2vec's two counts, expected", source,
              fields.size());
  return width;
}

// The word before the last `width` fields, with its blanks.
std::string_view word_of(std::string_view line, const std::vector<std::string_view>& fields, int64_t width) {
  const auto first = fields[fields.size() - static_cast<size_t>(width)];
  return trim(line.substr(0, static_cast<size_t>(first.data() - line.data())));
}

}  // namespace

int64_t word_vector_width(const std::filesystem::path& path) {
  Lines lines(path);
  bool at_vector = false;
  return read_width(lines, path.string(), at_vector);
}

WordVectors read_word_vectors(const std::filesystem::path& path, const std::set<std::string>& wanted) {
  Lines lines(path);
  bool at_vector = false;
  WordVectors result{.width = read_width(lines, path.string(), at_vector)};
  Problems problems(fmt::format("'{}' is no file of word vectors", path.string()));
  for (bool more = at_vector || lines.next(); more; more = lines.next()) {
    const auto fields = fields_of(lines.text());
    if (fields.empty()) continue;
    if (std::ssize(fields) < result.width + 1) {
      problems.add("line {}: {} fields, a word and {} numbers expected", lines.number(), fields.size(), result.width);
      continue;
    }
    const auto word = std::string(word_of(lines.text(), fields, result.width));
    if (!wanted.contains(word) || result.vectors.contains(word)) continue;
    std::vector<double> numbers;
    for (auto field = fields.end() - result.width; field != fields.end(); ++field) {
      const auto number = to_double(*field);
      if (!number || !std::isfinite(*number))
        problems.add("line {}, '{}': expected a finite number, found '{}'", lines.number(), excerpt(word),
                     excerpt(*field));
      numbers.push_back(number.value_or(0));
    }
    result.vectors[word] = to_tensor(numbers);
  }
  problems.raise();
  return result;
}

}  // namespace arcuate
