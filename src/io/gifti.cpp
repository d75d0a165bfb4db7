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

namespace arcuate {
namespace {

// What is wrong, and in which part of the file.
struct Report {
  Problems& problems;
  std::string where;
  bool sound = true;
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    sound = false;
    problems.add("{}: {}", where, fmt::format(format, std::forward<Args>(args)...));
  }
};

// XML

// Indentation around plain text is no part of it; in CDATA everything is.
std::string text_of(const pugi::xml_node& node) {
  std::string text;
  for (const auto& part : node.children()) {
    if (part.type() == pugi::node_cdata) text += part.value();
    if (part.type() == pugi::node_pcdata) text += trim(part.value());
  }
  return text;
}

std::string utf8_text(const pugi::xml_node& node, const char* what, Report& report) {
  auto text = text_of(node);
  if (invalid_utf8(text)) report.add("{} that is not UTF-8: '{}'", what, excerpt(text));
  return text;
}

std::string attribute(const pugi::xml_node& node, const char* name, Report& report) {
  const auto found = node.attribute(name);
  if (!found) report.add("it has no {}", name);
  return std::string(trim(found.value()));
}

std::optional<long long> integer(const pugi::xml_node& node, const char* name, Report& report) {
  const auto text = attribute(node, name, report);
  const auto value = to_integer(text);
  if (!value && node.attribute(name)) report.add("{} is '{}', a whole number expected", name, excerpt(text));
  return value;
}

// The place of the value among `known`; the first one's when there is none.
size_t choice(const pugi::xml_node& node, const char* name, const std::vector<std::string>& known, Report& report) {
  const auto text = attribute(node, name, report);
  const auto found = std::find(known.begin(), known.end(), text);
  if (found != known.end()) return static_cast<size_t>(found - known.begin());
  if (node.attribute(name)) report.add("{} is '{}', expected: {}", name, excerpt(text), join(known, ", "));
  return 0;
}

pugi::xml_node parse_xml(pugi::xml_document& document, std::string_view bytes, const std::string& source) {
  if (bytes.starts_with("\x1F\x8B")) bad_input("'{}' is compressed as a whole: unpack it with gunzip", source);
  if (const auto zero = bytes.find('\0'); zero != bytes.npos)
    bad_input("'{}' is not a GIfTI file: byte {} is zero, XML in UTF-8 expected", source, zero);
  const auto result = document.load_buffer(bytes.data(), bytes.size());
  if (!result)
    bad_input("'{}' is not a GIfTI file, or is truncated: XML expected, but at byte {} {}", source, result.offset,
              result.description());
  const auto root = document.document_element();
  if (root.name() != std::string_view("GIFTI"))
    bad_input("'{}' is not a GIfTI file: its first element is <{}>, <GIFTI> expected", source, excerpt(root.name()));
  if (root.next_sibling() || trim(bytes).back() != '>') bad_input("'{}' goes on after </GIFTI>", source);
  return root;
}

// Parts of the file

std::map<std::string, std::string> read_metadata(const pugi::xml_node& parent, Report& report) {
  std::map<std::string, std::string> metadata;
  for (const auto& entry : parent.child("MetaData").children("MD")) {
    const auto name = utf8_text(entry.child("Name"), "metadata of a name", report);
    metadata[name] = utf8_text(entry.child("Value"), "metadata of a value", report);
  }
  return metadata;
}

// A colour may be left out.
float read_colour(const pugi::xml_node& node, const char* name, float fallback, Report& report) {
  const auto found = node.attribute(name);
  if (!found) return fallback;
  const auto value = to_double(trim(found.value()));
  if (value && std::abs(*value) <= std::numeric_limits<float>::max()) return static_cast<float>(*value);
  report.add("{} is '{}', a number from 0 to 1 expected", name, excerpt(found.value()));
  return fallback;
}

GiftiLabel read_label(const pugi::xml_node& node, Report& report) {
  GiftiLabel label;
  const char* name = node.attribute("Key") || !node.attribute("Index") ? "Key" : "Index";  // as older files call it
  const auto key = integer(node, name, report);
  if (key && (*key < std::numeric_limits<int>::min() || *key > std::numeric_limits<int>::max()))
    report.add("{} is {}, which 32 bits do not hold", name, *key);
  label.key = static_cast<int>(key.value_or(0));
  label.name = utf8_text(node, "a name", report);
  label.rgba = {read_colour(node, "Red", 0, report), read_colour(node, "Green", 0, report),
                read_colour(node, "Blue", 0, report), read_colour(node, "Alpha", 1, report)};
  return label;
}

std::vector<int64_t> read_shape(const pugi::xml_node& node, Report& report) {
  std::vector<int64_t> shape;
  const auto dimensions = integer(node, "Dimensionality", report);
  if (!dimensions) return shape;
  if (*dimensions < 1 || *dimensions > most_gifti_dimensions) {
    report.add("Dimensionality is {}, from 1 to {} expected", *dimensions, most_gifti_dimensions);
    return shape;
  }
  int64_t count = 1;
  for (long long i = 0; i < *dimensions; ++i) {
    const auto name = fmt::format("Dim{}", i);
    const auto size = integer(node, name.c_str(), report);
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

std::string read_intent(const pugi::xml_node& node, Report& report) {
  auto intent = attribute(node, "Intent", report);
  if (node.attribute("Intent") && !is_gifti_intent(intent))
    report.add("Intent is '{}', a name like NIFTI_INTENT_TIME_SERIES expected", excerpt(intent));
  return intent;
}

bool is_external(const pugi::xml_node& node) {
  return !trim(node.attribute("ExternalFileName").value()).empty() ||
         trim(node.attribute("Encoding").value()) == "ExternalFileBinary";
}

GiftiLayout read_layout(const pugi::xml_node& node, Report& report) {
  GiftiLayout layout;
  const auto type = attribute(node, "DataType", report);
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
    layout.encoding = encodings[choice(node, "Encoding", {"ASCII", "Base64Binary", "GZipBase64Binary"}, report)];
  if (trim(node.attribute("Encoding").value()) != "ASCII")
    layout.big_endian = choice(node, "Endian", {"LittleEndian", "BigEndian"}, report) == 1;
  if (layout.shape.size() > 1)
    layout.column_major = choice(node, "ArrayIndexingOrder", {"RowMajorOrder", "ColumnMajorOrder"}, report) == 1;
  return layout;
}

GiftiArray read_array(const pugi::xml_node& node, Report& report) {
  GiftiArray array{.intent = read_intent(node, report), .metadata = read_metadata(node, report)};
  const auto layout = read_layout(node, report);
  const auto data = node.child("Data");
  if (!data || data.next_sibling("Data")) report.add("one <Data> expected, {} found", data ? "several" : "none");
  if (!report.sound) return array;
  try {
    array.values = decode_gifti_data(text_of(data), layout);
  } catch (const Error& error) {
    report.add("{}", error.what());
  }
  return array;
}

void check_head(const pugi::xml_node& root, size_t arrays, Report& report) {
  const auto version = attribute(root, "Version", report);
  if (root.attribute("Version") && version != "1" && version != "1.0")
    report.add("Version is '{}', 1.0 expected", excerpt(version));
  const auto announced = integer(root, "NumberOfDataArrays", report);
  if (announced && (*announced < 0 || static_cast<size_t>(*announced) != arrays))
    report.add("NumberOfDataArrays is {}, but {} found", *announced, arrays);
}

}  // namespace

Gifti parse_gifti(std::string_view bytes, const std::string& source) {
  pugi::xml_document document;
  const auto root = parse_xml(document, bytes, source);
  const auto nodes = root.children("DataArray");
  const auto labels = root.child("LabelTable").children("Label");
  Problems problems("'" + source + "'");
  Report head{problems, "<GIFTI>"};
  Gifti gifti;
  check_head(root, static_cast<size_t>(std::distance(nodes.begin(), nodes.end())), head);
  gifti.metadata = read_metadata(root, head);
  for (const auto& node : labels) {
    Report report{problems, fmt::format("label {}", gifti.labels.size() + 1)};
    gifti.labels.push_back(read_label(node, report));
  }
  for (const auto& node : nodes) {
    Report report{problems, fmt::format("array {}", gifti.arrays.size() + 1)};
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
