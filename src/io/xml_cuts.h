// Within the io layer only: XML whose long texts were taken out before it is parsed. What stands in <Data> of a GIfTI
// file is nearly all of it and holds no XML, so nothing is gained by having the parser copy it.
#pragma once
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

struct XmlCut {
  size_t at = 0;               ///< Of what is left: the first byte behind <name>.
  std::string_view content{};  ///< What stood there, in the document.
};

struct XmlText {
  std::string left{};  ///< What is parsed.
  std::vector<XmlCut> cuts{};

  /// Where a byte of what is left was in the document.
  size_t place(size_t at) const;
  /// What was taken out of an element of the document parsed from `left`; nothing if its content is still there.
  std::optional<std::string_view> content_of(const pugi::xml_node& node) const;
};

/// Takes out what stands between <name> and </name> where it is plain text: no element, comment, CDATA, entity or zero.
/// The document must outlive the result.
XmlText cut_xml(std::string_view document, std::string_view name);

}  // namespace arcuate
