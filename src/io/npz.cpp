#include "io/npz.h"

#include <ATen/ATen.h>

#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/npy_header.h"
#include "io/zip.h"

namespace arcuate {
namespace {

constexpr std::string_view ending = ".npy";
constexpr uint64_t longest_header = 1 << 17;  // of plain numbers; version 1 has at most 64 KiB

}  // namespace

struct NpzFile::Content {
  explicit Content(const fs::path& path)
      : source(path.string()), file(path), entries(read_zip(file.bytes(), source, ZipFiles::any)) {}

  const ZipEntry& entry(const std::string& name) const {
    const auto found = entries.find(name + std::string(ending));
    if (found == entries.end()) bad_input("'{}' has no array '{}'{}", source, name, suggestion(name, names));
    return found->second;
  }
  std::string label(const std::string& name) const { return source + ":" + name; }
  template <class F>
  auto about(const std::string& name, F&& body) const {
    return within(fmt::format("'{}'", label(name)), body);
  }
  npy::Header header(const std::string& name) const {
    const auto& place = entry(name);
    const auto bytes = about(name, [&] { return unzip_beginning(file.bytes(), place, longest_header); });
    return npy::read_header(bytes, label(name));
  }

  std::string source;
  MappedFile file;
  std::map<std::string, ZipEntry> entries;
  std::vector<std::string> names{};
};

NpzFile::NpzFile(const std::filesystem::path& path) : content_(std::make_unique<Content>(path)) {
  Problems problems("'" + content_->source + "' is not an archive of arrays");
  for (const auto& [name, entry] : content_->entries) {
    if (!name.ends_with(ending)) problems.add("'{}' is no .npy file", name);
    content_->names.push_back(name.substr(0, name.rfind('.')));
  }
  problems.raise();
}

NpzFile::~NpzFile() = default;

const std::vector<std::string>& NpzFile::names() const { return content_->names; }
bool NpzFile::contains(const std::string& name) const { return content_->entries.contains(name + std::string(ending)); }
at::ScalarType NpzFile::scalar_type(const std::string& name) const {
  return npy::result_type(content_->header(name), content_->label(name));
}
std::vector<int64_t> NpzFile::shape(const std::string& name) const { return content_->header(name).shape; }

at::Tensor NpzFile::tensor(const std::string& name) const {
  const auto& place = content_->entry(name);
  std::string space;
  const auto bytes = content_->about(name, [&] { return unzip(content_->file.bytes(), place, space); });
  return npy::parse(bytes, content_->label(name));
}

void write_npz(const std::filesystem::path& path, const std::vector<std::pair<std::string, at::Tensor>>& arrays) {
  std::vector<std::string> headers;
  std::vector<at::Tensor> wholes;
  std::set<std::string> names;
  for (const auto& [name, tensor] : arrays) {
    if (!names.insert(name).second) fail(Fault::failed, "two arrays of '{}' are called '{}'", path.string(), name);
    headers.push_back(npy::header_bytes(tensor.scalar_type(), tensor.sizes().vec(), path.string() + ":" + name));
    wholes.push_back(tensor.contiguous());
  }
  std::vector<ZipPart> parts;
  for (size_t i = 0; i < arrays.size(); ++i)
    parts.push_back({arrays[i].first + std::string(ending),
                     {headers[i], {static_cast<const char*>(wholes[i].data_ptr()), wholes[i].nbytes()}}});
  write_zip(path, parts);
}

}  // namespace arcuate
