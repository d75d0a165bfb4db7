// A JSON value that knows where it stands, for messages of readers. Errors of all functions: input.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "io/json.h"

namespace arcuate {

class Node {
 public:
  /// `value` must outlive the node.
  Node(const SortedJson& value, std::string where) : value_(&value), where_(std::move(where)) {}

  const SortedJson& value() const { return *value_; }
  const std::string& where() const { return where_; }
  bool is_null() const { return value_->is_null(); }
  /// Not null either.
  bool has(const std::string& key) const { return object().contains(key) && !object().at(key).is_null(); }

  Node at(const std::string& key) const {
    if (!object().contains(key)) bad_input("{}: '{}' is missing", where_, key);
    return {object().at(key), where_ + "." + key};
  }
  std::vector<Node> items() const {
    expect(value_->is_array(), "a list");
    std::vector<Node> nodes;
    nodes.reserve(value_->size());
    for (size_t i = 0; i < value_->size(); ++i) nodes.emplace_back((*value_)[i], fmt::format("{}[{}]", where_, i));
    return nodes;
  }
  const SortedJson& object() const { return expect(value_->is_object(), "an object"); }
  std::string text() const { return expect(value_->is_string(), "a text").get<std::string>(); }
  int64_t integer() const { return expect(value_->is_number_integer(), "a whole number").get<int64_t>(); }
  double number() const { return expect(value_->is_number(), "a number").get<double>(); }
  bool flag(const std::string& key, bool otherwise) const {
    if (!has(key)) return otherwise;
    const Node node = at(key);
    return node.expect(node.value_->is_boolean(), "true or false").get<bool>();
  }
  std::string text_or(const std::string& key, const std::string& otherwise) const {
    return has(key) ? at(key).text() : otherwise;
  }
  std::string text_or_nothing(const std::string& key) const { return text_or(key, ""); }

 private:
  const SortedJson& expect(bool kind_fits, const char* kind) const {
    if (!kind_fits) bad_input("{}: expected {}, found {}", where_, kind, value_->type_name());
    return *value_;
  }
  const SortedJson* value_;
  std::string where_;
};

}  // namespace arcuate
