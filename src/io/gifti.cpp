#include "io/gifti.h"

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/gifti_document.h"
#include "io/gzip.h"

namespace arcuate {

Gifti parse_gifti(std::string_view bytes, const std::string& source) {
  GiftiDocument file(bytes, source);
  XmlReport root{file.problems, "<GIFTI>"};
  Gifti gifti{.metadata = read_xml_metadata(file.root, root)};
  gifti.labels = read_xml_labels(file.root.child("LabelTable"), "", file.problems);
  for (size_t i = 0; i < file.arrays.size(); ++i) {
    XmlReport report{file.problems, fmt::format("array {}", i + 1)};
    auto head = file.head(i, report);
    auto values = file.values(head, report);
    gifti.arrays.push_back({std::move(head.intent), std::move(values), std::move(head.metadata)});
  }
  file.problems.raise();
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

}  // namespace arcuate
