#include "study/section.h"

#include <toml++/toml.h>

#include <cmath>
#include <cstdlib>

#include "core/files.h"
#include "core/text.h"

namespace arcuate {
namespace {

// Where a value was written.
std::string place(const toml::node& node) {
  return node.source().begin.line > 0 ? fmt::format("line {}", node.source().begin.line) : "--set";
}

// Counts of rows, folds, words and draws: sums and products of two such numbers do not overflow.
constexpr int64_t largest_count = 1'000'000'000;
bool is_count(const toml::node& node) {
  const auto value = node.value_or(largest_count + 1);
  return node.is_integer() && value >= -largest_count && value <= largest_count;
}

}  // namespace

StudySection::StudySection(const toml::table& table, std::string name, Problems& problems, const fs::path& folder)
    : table_(table), name_(std::move(name)), problems_(problems), folder_(folder) {}

StudySection::~StudySection() {
  if (ignores_unknown_) return;
  for (const auto& [key, node] : table_)
    if (!known_.contains(std::string(key.str())))
      problems_.add("{}: unknown key '{}{}'{}", place(node), name_, std::string(key.str()),
                    suggestion(key.str(), std::vector<std::string>(known_.begin(), known_.end())));
}

const toml::node* StudySection::find(const char* key) {
  known_.insert(key);
  return table_.get(key);
}

bool StudySection::contains(const char* key) const { return table_.contains(key); }

template <class T, class Fits>
void StudySection::read_as(const char* key, T& field, const std::string& expected, Fits fits) {
  const auto* node = find(key);
  if (!node) return;
  const auto value = node->value<T>();
  if (value && fits(*node))
    field = *value;
  else
    wrong(key, *node, expected);
}

void StudySection::read(const char* key, std::string& field) {
  if (const auto* node = find(key)) {
    if (const auto value = node->value<std::string>(); value && node->is_string())
      field = *value;
    else if (node->is_integer())
      field = std::to_string(*node->value<int64_t>());
    else
      wrong(key, *node, "text");
  }
}

void StudySection::read(const char* key, bool& field) {
  read_as(key, field, "true or false", [](const toml::node& n) { return n.is_boolean(); });
}

void StudySection::read(const char* key, int64_t& field) {
  read_as(key, field, fmt::format("a whole number of at most {}", largest_count), is_count);
}

void StudySection::read(const char* key, uint64_t& field) {
  auto value = static_cast<int64_t>(field);
  read_as(key, value, "a whole number", [](const toml::node& n) { return n.is_integer(); });
  field = static_cast<uint64_t>(value);
}

void StudySection::read(const char* key, int& field) {
  int64_t value = field;
  read(key, value);
  field = static_cast<int>(value);
}

void StudySection::read(const char* key, double& field) {
  read_as(key, field, "a finite number",
          [](const toml::node& n) { return n.is_number() && std::isfinite(n.value<double>().value_or(INFINITY)); });
}
void StudySection::read_or_inf(const char* key, double& field) {
  read_as(key, field, "a number or inf",
          [](const toml::node& n) { return n.is_number() && !std::isnan(n.value<double>().value_or(NAN)); });
}

void StudySection::read(const char* key, fs::path& field, std::string& given) {
  read(key, given);
  if (contains(key)) field = resolve(given, key);
}

void StudySection::read(const char* key, std::vector<fs::path>& field, std::vector<std::string>& given) {
  read(key, given);
  field.clear();
  for (const auto& path : given) field.push_back(resolve(path, key));
}

template <class T>
void StudySection::read_list(const char* key, std::vector<T>& field, const char* expected) {
  const auto* node = find(key);
  if (!node) return;
  field.clear();
  const auto add = [&](const toml::node& item) {
    if (const auto value = item.value<T>(); value && item.is_string() == std::is_same_v<T, std::string>)
      field.push_back(*value);
    else
      wrong(key, item, expected);
  };
  if (const auto* array = node->as_array())
    for (const auto& item : *array) add(item);
  else
    add(*node);
}

void StudySection::read(const char* key, std::vector<std::string>& field) { read_list(key, field, "a list of names"); }
void StudySection::read(const char* key, std::vector<int64_t>& field) { read_list(key, field, "a list of numbers"); }
void StudySection::read(const char* key, std::vector<double>& field) { read_list(key, field, "a list of numbers"); }

size_t StudySection::chosen(const char* key, const std::vector<std::string>& names) {
  const auto* node = find(key);
  if (!node) return names.size();
  for (size_t i = 0; i < names.size(); ++i)
    if (node->value<std::string>() == names[i]) return i;
  wrong(key, *node, "one of " + join(names, ", "));
  return names.size();
}

void StudySection::wrong(const char* key, const toml::node& node, const std::string& expected) {
  problems_.add("{}: '{}{}' must be {}", place(node), name_, key, expected);
}

void StudySection::wrong(const char* key, const std::string& expected) { problem(key, " must be " + expected); }

void StudySection::problem(const char* key, const std::string& said) {
  const auto* node = table_.get(key);
  problems_.add("{}'{}{}'{}", node ? place(*node) + ": " : "", name_, key, said);
}

StudySection StudySection::inner(const toml::table& table, const std::string& name) {
  return StudySection(table, name, problems_, folder_);
}

fs::path StudySection::resolve(std::string text, const char* key) {
  for (size_t open = text.find("${"); open != text.npos; open = text.find("${", open)) {
    const size_t close = text.find('}', open);
    if (close == text.npos) break;
    const auto inside = text.substr(open + 2, close - open - 2);
    const size_t bar = inside.find(":-");
    const char* value = std::getenv(inside.substr(0, bar).c_str());
    if (!value && bar == inside.npos) {
      problems_.add("'{}{}': the environment variable {} is not set", name_, key, inside);
      return {};
    }
    const std::string put = value ? std::string(value) : inside.substr(bar + 2);
    text.replace(open, close - open + 1, put);
    open += put.size();  // what a variable holds stands for itself
  }
  const fs::path path(text);
  return path.is_relative() && !folder_.empty() ? (folder_ / path).lexically_normal() : path;
}

}  // namespace arcuate
