#include "io/xml_parts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

float read_colour(const pugi::xml_node& node, const char* name, float fallback, XmlReport& report) {
  const auto found = node.attribute(name);
  if (!found) return fallback;
  const auto value = to_double(trim(found.value()));
  if (value && std::abs(*value) <= std::numeric_limits<float>::max()) return static_cast<float>(*value);
  report.add("{} is '{}', a number from 0 to 1 expected", name, excerpt(found.value()));
  return fallback;
}

GiftiLabel read_label(const pugi::xml_node& node, XmlReport& report) {
  GiftiLabel label;
  const char* name = node.attribute("Key") || !node.attribute("Index") ? "Key" : "Index";  // as older files call it
  const auto key = xml_integer(node, name, report);
  if (key && (*key < std::numeric_limits<int>::min() || *key > std::numeric_limits<int>::max()))
    report.add("{} is {}, which 32 bits do not hold", name, *key);
  label.key = static_cast<int>(key.value_or(0));
  label.name = xml_utf8_text(node, "a name", report);
  label.rgba = {read_colour(node, "Red", 0, report), read_colour(node, "Green", 0, report),
                read_colour(node, "Blue", 0, report), read_colour(node, "Alpha", 1, report)};
  return label;
}

}  // namespace

pugi::xml_node parse_xml(pugi::xml_document& document, const XmlText& xml, const std::string& source, XmlKind kind) {
  const auto& [name, root_name] = kind;
  const std::string_view bytes = xml.left;
  if (const auto zero = bytes.find('\0'); zero != bytes.npos)
    bad_input("'{}' is not a {} file: byte {} is zero, XML in UTF-8 expected", source, name, xml.place(zero));
  const auto result = document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!result)
    bad_input("'{}' is not a {} file, or is truncated: XML expected, but at byte {} {}", source, name,
              xml.place(static_cast<size_t>(result.offset)), result.description());
  const auto root = document.document_element();
  if (root.name() != std::string_view(root_name))
    bad_input("'{}' is not a {} file: its first element is <{}>, <{}> expected", source, name, excerpt(root.name()),
              root_name);
  if (root.next_sibling() || trim(bytes).back() != '>') bad_input("'{}' goes on after </{}>", source, root_name);
  return root;
}

std::string xml_text(const pugi::xml_node& node) {
  std::string text;
  for (const auto& part : node.children()) {
    if (part.type() == pugi::node_cdata) text += part.value();
    if (part.type() == pugi::node_pcdata) text += trim(part.value());
  }
  return text;
}

std::string xml_utf8_text(const pugi::xml_node& node, const char* what, XmlReport& report) {
  auto text = xml_text(node);
  if (invalid_utf8(text)) report.add("{} that is not UTF-8: '{}'", what, excerpt(text));
  return text;
}

std::string xml_attribute(const pugi::xml_node& node, const char* name, XmlReport& report) {
  const auto found = node.attribute(name);
  if (!found) report.add("it has no {}", name);
  return std::string(trim(found.value()));
}

std::optional<long long> xml_integer(const pugi::xml_node& node, const char* name, XmlReport& report) {
  const auto text = xml_attribute(node, name, report);
  const auto value = to_integer(text);
  if (!value && node.attribute(name)) report.add("{} is '{}', a whole number expected", name, excerpt(text));
  return value;
}

size_t xml_choice(const pugi::xml_node& node, const char* name, const std::vector<std::string>& known,
                  XmlReport& report) {
  const auto text = xml_attribute(node, name, report);
  const auto found = std::find(known.begin(), known.end(), text);
  if (found != known.end()) return static_cast<size_t>(found - known.begin());
  if (node.attribute(name)) report.add("{} is '{}', expected: {}", name, excerpt(text), join(known, ", "));
  return 0;
}

std::map<std::string, std::string> read_xml_metadata(const pugi::xml_node& parent, XmlReport& report) {
  std::map<std::string, std::string> metadata;
  for (const auto& entry : parent.child("MetaData").children("MD")) {
    const auto name = xml_utf8_text(entry.child("Name"), "metadata of a name", report);
    metadata[name] = xml_utf8_text(entry.child("Value"), "metadata of a value", report);
  }
  return metadata;
}

std::vector<GiftiLabel> read_xml_labels(const pugi::xml_node& table, const std::string& where, Problems& problems) {
  std::vector<GiftiLabel> labels;
  std::map<int, std::string> names;
  for (const auto& node : table.children("Label")) {
    XmlReport report{problems, fmt::format("{}label {}", where, labels.size() + 1)};
    labels.push_back(read_label(node, report));
    if (!report.sound) continue;
    const auto& label = labels.back();
    const auto& name = names.emplace(label.key, label.name).first->second;
    if (name != label.name) report.add("its Key {} is that of '{}' too", label.key, excerpt(name));
  }
  return labels;
}

std::string xml_cdata(std::string text) {
  for (unsigned char c : text)
    if (c < 0x20 && c != '\t' && c != '\n')
      fail(Fault::failed, "'{}' has a control character, which XML cannot hold", excerpt(text));
  if (invalid_utf8(text)) fail(Fault::failed, "'{}' is not UTF-8, which the format needs", excerpt(text));
  for (size_t at = 0; (at = text.find("]]>", at)) != text.npos; at += 3) text.replace(at, 3, "]]]]><![CDATA[>");
  return "<![CDATA[" + text + "]]>";
}

std::string xml_metadata(const std::map<std::string, std::string>& metadata, const std::string& indent) {
  if (metadata.empty()) return "";
  std::string text = indent + "<MetaData>\n";
  for (const auto& [name, value] : metadata)
    text +=
        fmt::format("{0}  <MD><Name>{1}</Name><Value>{2}</Value></MD>\n", indent, xml_cdata(name), xml_cdata(value));
  return text + indent + "</MetaData>\n";
}

std::string xml_label(const GiftiLabel& label, const std::string& indent) {
  for (float part : label.rgba)
    if (!std::isfinite(part)) fail(Fault::failed, "label {} has a colour that is not finite", label.key);
  const auto& [red, green, blue, alpha] = label.rgba;
  return fmt::format("{}<Label Key=\"{}\" Red=\"{}\" Green=\"{}\" Blue=\"{}\" Alpha=\"{}\">{}</Label>\n", indent,
                     label.key, shortest(red), shortest(green), shortest(blue), shortest(alpha), xml_cdata(label.name));
}

}  // namespace arcuate
