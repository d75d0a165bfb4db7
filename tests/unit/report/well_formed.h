// A small judge of markup for the tests: is the text well-formed XML, as far as a page or a drawing uses it?
#pragma once
#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate::test {

/// Counts how often `part` occurs.
inline size_t count(std::string_view text, std::string_view part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

/// The first fault of text between tags or within quotes: a reserved character or an unknown reference.
inline std::string text_fault(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '<' || text[at] == '>') return "bare " + std::string(1, text[at]);
    if (static_cast<unsigned char>(text[at]) < 0x20 && text[at] != '\n' && text[at] != '\t') return "control character";
    if (text[at] != '&') continue;
    const auto name = std::string(text.substr(at, text.find(';', at) - at));
    if (!std::set<std::string>{"&amp", "&lt", "&gt", "&quot", "&#39"}.contains(name)) return "bare & at " + name;
  }
  return "";
}

/// The first fault of ` a="b" c="d"`.
inline std::string attributes_fault(std::string_view text) {
  std::set<std::string> names;
  while (text.find_first_not_of(" \n") != text.npos) {
    if (text[0] != ' ' && text[0] != '\n') return "no space before attribute: " + std::string(text);
    text.remove_prefix(text.find_first_not_of(" \n"));
    const size_t equals = text.find("=\"");
    const size_t end = equals == text.npos ? text.npos : text.find('"', equals + 2);
    if (end == text.npos) return "attribute without quotes: " + std::string(text);
    if (!names.insert(std::string(text.substr(0, equals))).second) return "attribute twice: " + std::string(text);
    for (const char letter : text.substr(0, equals))
      if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '-') return "attribute name";
    const auto fault = text_fault(text.substr(equals + 2, end - equals - 2));
    if (!fault.empty()) return fault;
    text.remove_prefix(end + 1);
  }
  return "";
}

/// "" or the first fault of the whole document: one root, every element closed in order.
inline std::string markup_fault(std::string_view text) {
  constexpr std::string_view doctype = "<!DOCTYPE html>\n";
  if (text.starts_with(doctype)) text.remove_prefix(doctype.size());
  std::vector<std::string> open;
  size_t roots = 0;
  while (!text.empty()) {
    const size_t tag = std::min(text.find('<'), text.size());
    if (const auto fault = text_fault(text.substr(0, tag)); !fault.empty()) return fault;
    if (open.empty() && text.substr(0, tag).find_first_not_of('\n') != text.npos) return "text outside the root";
    if (tag == text.size()) break;
    const size_t end = text.find('>', tag);
    if (end == text.npos) return "unfinished tag";
    auto inside = text.substr(tag + 1, end - tag - 1);
    text.remove_prefix(end + 1);
    if (inside.starts_with('/')) {
      if (open.empty() || open.back() != inside.substr(1)) return "closes nothing: " + std::string(inside);
      open.pop_back();
      continue;
    }
    const bool is_empty = inside.ends_with('/');
    if (is_empty) inside.remove_suffix(1);
    const auto name = inside.substr(0, inside.find_first_of(" \n"));
    if (const auto fault = attributes_fault(inside.substr(name.size())); !fault.empty()) return fault;
    roots += open.empty() ? 1 : 0;
    if (!is_empty) open.emplace_back(name);
  }
  if (!open.empty()) return "never closed: " + open.back();
  return roots == 1 ? "" : "not one root";
}

}  // namespace arcuate::test
