#include "io/xml_cuts.h"

#include <algorithm>

namespace arcuate {
namespace {

struct Section {
  std::string_view opening, closing;
};
constexpr Section opaque[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}};

// Behind the comment or CDATA that begins at `at`, else the next byte.
size_t behind(std::string_view document, size_t at) {
  for (const auto& [opening, closing] : opaque)
    if (document.substr(at).starts_with(opening)) {
      const auto end = document.find(closing, at + opening.size());
      return end == document.npos ? document.size() : end + closing.size();
    }
  return at + 1;
}

bool is_plain(std::string_view text) { return text.find('&') == text.npos && text.find('\0') == text.npos; }

}  // namespace

size_t XmlText::place(size_t at) const {
  size_t place = at;
  for (const auto& cut : cuts)
    if (cut.at <= at) place += cut.content.size();
  return place;
}

std::optional<std::string_view> XmlText::content_of(const pugi::xml_node& node) const {
  const size_t name = std::string_view(node.name()).size() + 1;  // with the > behind it
  const auto at = static_cast<size_t>(node.offset_debug()) + name;
  const auto found =
      std::lower_bound(cuts.begin(), cuts.end(), at, [](const auto& cut, size_t n) { return cut.at < n; });
  if (found == cuts.end() || found->at != at) return {};
  return found->content;
}

XmlText cut_xml(std::string_view document, std::string_view name) {
  const std::string opening = "<" + std::string(name) + ">", closing = "</" + std::string(name);
  XmlText text;
  size_t kept = 0;  // so far, of the document
  for (size_t at = document.find('<'); at < document.size(); at = document.find('<', behind(document, at))) {
    if (!document.substr(at).starts_with(opening)) continue;
    const size_t begin = at + opening.size(), end = document.find('<', begin);
    if (end == document.npos || !document.substr(end).starts_with(closing)) continue;
    const auto content = document.substr(begin, end - begin);
    if (!is_plain(content)) continue;
    text.left += document.substr(kept, begin - kept);
    text.cuts.push_back({text.left.size(), content});
    kept = end;
    at = end - 1;
  }
  text.left += document.substr(kept);
  return text;
}

}  // namespace arcuate
