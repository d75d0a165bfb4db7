#include "io/gifti.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <pugixml.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/gifti_data.h"
#include "io/gzip.h"
#include "io/table.h"
#include "io/xml_parts.h"

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

GiftiArray read_array(const pugi::xml_node& node, XmlReport& report) {
  GiftiArray array{.intent = read_intent(node, report), .metadata = read_xml_metadata(node, report)};
  const auto layout = read_layout(node, report);
  const auto data = node.child("Data");
  if (!data || data.next_sibling("Data")) report.add("one <Data> expected, {} found", data ? "several" : "none");
  if (!report.sound) return array;
  try {
    array.values = decode_gifti_data(xml_text(data), layout);
  } catch (const Error& error) {
    report.add("{}", error.what());
  }
  return array;
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

Gifti parse_gifti(std::string_view bytes, const std::string& source) {
  pugi::xml_document document;
  if (bytes.starts_with("\x1F\x8B")) bad_input("'{}' is compressed as a whole: unpack it with gunzip", source);
  const auto root = parse_xml(document, bytes, source, {"GIfTI", "GIFTI"});
  const auto nodes = root.children("DataArray");
  Problems problems("'" + source + "'");
  XmlReport head{problems, "<GIFTI>"};
  Gifti gifti;
  check_head(root, static_cast<size_t>(std::distance(nodes.begin(), nodes.end())), head);
  gifti.metadata = read_xml_metadata(root, head);
  gifti.labels = read_xml_labels(root.child("LabelTable"), "", problems);
  for (const auto& node : nodes) {
    XmlReport report{problems, fmt::format("array {}", gifti.arrays.size() + 1)};
    gifti.arrays.push_back(read_array(node, report));
  }
  problems.raise();
  return gifti;
}

bool is_gifti_name(const std::filesystem::path& path) {
  return lower_ascii(without_gz(path).extension().string()) == ".gii";
}

Gifti read_gifti(const std::filesystem::path& path) {
  const MappedFile file(path);
  if (is_gzip(file.bytes())) return parse_gifti(gunzip(file.bytes(), path.string()), path.string());
  return parse_gifti(file.bytes(), path.string());
}

at::Tensor stacked_rows(const Gifti& gifti, const std::string& source) {
  if (gifti.arrays.empty()) bad_input("'{}' has no arrays; functional data have one for each volume", source);
  Problems problems("'" + source + "'");
  const int64_t length = gifti.arrays.front().values.numel();
  std::vector<at::Tensor> rows;
  for (const auto& [intent, values, metadata] : gifti.arrays) {
    rows.push_back(values.flatten().to(at::kFloat));
    const auto where = fmt::format("array {}", rows.size());
    if (*std::max_element(values.sizes().begin(), values.sizes().end()) != values.numel())
      problems.add("{} ({}) is {}, one value for each vertex expected", where, intent, shape_text(values));
    else if (values.numel() != length)
      problems.add("{} has {} values, the first array has {}", where, values.numel(), length);
  }
  problems.raise();
  return at::stack(rows);
}

}  // namespace arcuate
