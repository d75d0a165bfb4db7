// Within the io layer only: what the XML of GIfTI and of CIFTI have in common. pugixml expands no entity but the five
// of XML itself and opens no file, so that strangers' documents take memory in proportion to their size.
#pragma once
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "io/gifti.h"
#include "io/xml_cuts.h"

namespace arcuate {

/// What is wrong, and in which part of the file.
struct XmlReport {
  Problems& problems;
  std::string where;
  bool sound = true;
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    sound = false;
    problems.add("{}: {}", where, fmt::format(format, std::forward<Args>(args)...));
  }
};

struct XmlKind {
  const char* name;  ///< of the format
  const char* root;  ///< its first element
};
/// The root. Errors: input, for bytes that are no such document or go on after it.
pugi::xml_node parse_xml(pugi::xml_document& document, const XmlText& xml, const std::string& source, XmlKind kind);

/// Indentation around plain text is no part of it; in CDATA everything is.
std::string xml_text(const pugi::xml_node& node);
/// `what`: the text, in messages.
std::string xml_utf8_text(const pugi::xml_node& node, const char* what, XmlReport& report);

// Attributes that must be there.
std::string xml_attribute(const pugi::xml_node& node, const char* name, XmlReport& report);
std::optional<long long> xml_integer(const pugi::xml_node& node, const char* name, XmlReport& report);
/// The place of the value among `known`; the first one's when there is none.
size_t xml_choice(const pugi::xml_node& node, const char* name, const std::vector<std::string>& known,
                  XmlReport& report);

/// <MetaData> of this element.
std::map<std::string, std::string> read_xml_metadata(const pugi::xml_node& parent, XmlReport& report);
/// Each <Label> of <LabelTable>: a colour may be left out; two names of one key are an error. `where` begins its
/// messages.
std::vector<GiftiLabel> read_xml_labels(const pugi::xml_node& table, const std::string& where, Problems& problems);

// Writing. Errors: failed, for what XML cannot hold.
std::string xml_cdata(std::string text);
/// "" for none. Each line begins with `indent`.
std::string xml_metadata(const std::map<std::string, std::string>& metadata, const std::string& indent);
std::string xml_label(const GiftiLabel& label, const std::string& indent);

}  // namespace arcuate
