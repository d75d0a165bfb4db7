#include "io/gifti_document.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

std::vector<int64_t> read_shape(const pugi::xml_node& node, XmlReport& report) {
  std::vector<int64_t> shape;
  const auto dimensions = xml_integer(node, "Dimensionality", report);
  if (!dimensions) return shape;
  if (*dimensions < 1 || *dimensions > most_gifti_dimensions) {
    report.add("Dimensionality is {}, from 1 to {} expected", *dimensions, most_gifti_dimensions);
    return shape;
  }
  int64_t count = 1;
  for (long long i = 0; i < *dimensions; ++i) {
    const auto name = fmt::format("Dim{}", i);
    const auto size = xml_integer(node, name.c_str(), report);
    if (size && *size < 1) report.add("{} is {}, at least 1 expected", name, *size);
    shape.push_back(std::max<long long>(size.value_or(1), 1));
    if (count > std::numeric_limits<int64_t>::max() / 16 / shape.back()) {
      report.add("its dimensions make more values than can be counted");
      break;
    }
    count *= shape.back();
  }
  return shape;
}

std::string read_intent(const pugi::xml_node& node, XmlReport& report) {
  auto intent = xml_attribute(node, "Intent", report);
  if (node.attribute("Intent") && !is_gifti_intent(intent))
    report.add("Intent is '{}', a name like NIFTI_INTENT_TIME_SERIES expected", excerpt(intent));
  return intent;
}

bool is_external(const pugi::xml_node& node) {
  return !trim(node.attribute("ExternalFileName").value()).empty() ||
         trim(node.attribute("Encoding").value()) == "ExternalFileBinary";
}

GiftiLayout read_layout(const pugi::xml_node& node, XmlReport& report) {
  GiftiLayout layout;
  const auto type = xml_attribute(node, "DataType", report);
  layout.type = find_gifti_type(type);
  if (!layout.type && node.attribute("DataType"))
    report.add("DataType is '{}', expected: NIFTI_TYPE_ and FLOAT32, FLOAT64, INT8 to INT64 or UINT8 to UINT64",
               excerpt(type));
  layout.shape = read_shape(node, report);
  constexpr GiftiEncoding encodings[] = {GiftiEncoding::ascii, GiftiEncoding::base64, GiftiEncoding::gzip_base64};
  if (is_external(node))
    report.add("its data are in another file, '{}', which is not read; write the file anew with its data inside",
               excerpt(node.attribute("ExternalFileName").value()));
  else
    layout.encoding = encodings[xml_choice(node, "Encoding", {"ASCII", "Base64Binary", "GZipBase64Binary"}, report)];
  if (trim(node.attribute("Encoding").value()) != "ASCII")
    layout.big_endian = xml_choice(node, "Endian", {"LittleEndian", "BigEndian"}, report) == 1;
  if (layout.shape.size() > 1)
    layout.column_major = xml_choice(node, "ArrayIndexingOrder", {"RowMajorOrder", "ColumnMajorOrder"}, report) == 1;
  return layout;
}

void check_head(const pugi::xml_node& root, size_t arrays, XmlReport& report) {
  const auto version = xml_attribute(root, "Version", report);
  if (root.attribute("Version") && version != "1" && version != "1.0")
    report.add("Version is '{}', 1.0 expected", excerpt(version));
  const auto announced = xml_integer(root, "NumberOfDataArrays", report);
  if (announced && (*announced < 0 || static_cast<size_t>(*announced) != arrays))
    report.add("NumberOfDataArrays is {}, but {} found", *announced, arrays);
}

}  // namespace

GiftiDocument::GiftiDocument(std::string_view bytes, const std::string& source)
    : text(cut_xml(bytes, "Data")), problems("'" + source + "'") {
  if (bytes.starts_with("\x1F\x8B")) bad_input("'{}' is compressed as a whole: unpack it with gunzip", source);
  root = parse_xml(document, text, source, {"GIfTI", "GIFTI"});
  const auto nodes = root.children("DataArray");
  arrays.assign(nodes.begin(), nodes.end());
  XmlReport head{problems, "<GIFTI>"};
  check_head(root, arrays.size(), head);
}

GiftiArrayHead GiftiDocument::head(size_t i, XmlReport& report) const {
  const auto& node = arrays[i];
  GiftiArrayHead head{.intent = read_intent(node, report), .metadata = read_xml_metadata(node, report)};
  head.layout = read_layout(node, report);
  head.data = node.child("Data");
  if (!head.data || head.data.next_sibling("Data"))
    report.add("one <Data> expected, {} found", head.data ? "several" : "none");
  return head;
}

std::string_view GiftiDocument::text_of(const GiftiArrayHead& head) const {
  return trim(text.content_of(head.data).value_or(""));
}

at::Tensor GiftiDocument::values(const GiftiArrayHead& head, XmlReport& report) const {
  if (!report.sound) return {};
  try {
    const bool cut = text.content_of(head.data).has_value();
    return decode_gifti_data(cut ? text_of(head) : xml_text(head.data), head.layout);
  } catch (const Error& error) {
    report.add("{}", error.what());
    return {};
  }
}

}  // namespace arcuate
