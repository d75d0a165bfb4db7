#include "cmd/labels_support.h"

#include <ATen/ATen.h>

#include <map>

#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/npy.h"

namespace arcuate {
namespace {

std::vector<std::string> numbers_as_labels(const fs::path& path, const char* what) {
  const auto numbers = read_npy(path);
  if (numbers.dim() != 1 || at::isFloatingType(numbers.scalar_type()))
    bad_input("'{}': groups are one whole number a {}, found {} of type {}", path.string(), what, shape_text(numbers),
              c10::toString(numbers.scalar_type()));
  std::vector<std::string> labels;
  for (const double value : to_vector(numbers)) labels.push_back(shortest(value));
  return labels;
}

std::vector<std::string> lines_as_labels(const fs::path& path) {
  auto lines = split_fields(read_file(path), '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  Problems problems(fmt::format("'{}' needs one label a line", path.string()));
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i] = std::string(trim(lines[i]));
    if (lines[i].empty()) problems.add("line {} is empty", i + 1);
  }
  problems.raise();
  return lines;
}

}  // namespace

std::vector<std::string> read_labels(const fs::path& path, const char* what) {
  return path.extension() == ".npy" ? numbers_as_labels(path, what) : lines_as_labels(path);
}

NumberedLabels number_labels(const std::vector<std::string>& labels) {
  NumberedLabels result;
  std::map<std::string, int64_t> known;
  for (const auto& label : labels) {
    const auto [place, is_new] = known.try_emplace(label, std::ssize(known));
    if (is_new) result.names.push_back(label);
    result.numbers.push_back(place->second);
  }
  return result;
}

}  // namespace arcuate
