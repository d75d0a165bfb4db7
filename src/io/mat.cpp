#include "io/mat.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/inflate.h"
#include "io/mat_element.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr size_t header_size = 128, tag_size = 8;
constexpr uint64_t beginning_size = 4096;  // holds flags, dimensions and name of any variable
constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1A\n";

struct Stored {
  mat::Element element{};
  mat::Variable variable{};
};

// The beginning of packed data, or all of them when they are shorter.
std::string unpacked_beginning(std::string_view packed) {
  Inflater inflater(Wrapping::zlib_or_gzip);
  std::string bytes(beginning_size, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const auto step = inflater.step(packed, bytes.data() + done, bytes.size() - done);
    packed.remove_prefix(step.read);
    done += step.written;
    if (step.ended || (step.read == 0 && step.written == 0)) break;
  }
  bytes.resize(done);
  return bytes;
}

// An element that was packed: its tag and its data.
uint64_t packed_size(std::string_view beginning, std::string_view packed, bool big_endian) {
  if (beginning.size() < tag_size) bad_input("its compressed data are cut short");
  const auto type = mat::number_at(beginning, 0, big_endian);
  const uint64_t size = mat::number_at(beginning, 4, big_endian);
  if (type != mat::matrix_type) bad_input("an element of type {} is packed, {} expected", type, mat::matrix_type);
  if (size / most_expansion > packed.size())
    bad_input("it says that it has {} bytes, more than {} packed ones can give", size, packed.size());
  return size;
}

// With its tag.
std::string unpacked(std::string_view packed, bool big_endian) {
  std::string bytes(tag_size + packed_size(unpacked_beginning(packed), packed, big_endian), '\0');
  unpack(packed, Wrapping::zlib_or_gzip, bytes.data(), bytes.size());
  return bytes;
}

mat::Variable variable_of(const mat::Element& element, bool big_endian) {
  if (element.type == mat::matrix_type) return mat::read_variable(element.data, big_endian);
  const auto beginning = unpacked_beginning(element.data);
  const auto size = packed_size(beginning, element.data, big_endian);
  return mat::read_variable(std::string_view(beginning).substr(tag_size, size), big_endian);
}

bool is_hdf5(std::string_view bytes) {
  constexpr size_t own_header = 512;
  return bytes.size() > own_header && bytes.substr(own_header).starts_with(hdf5_signature);
}

bool read_byte_order(std::string_view bytes, const std::string& source) {
  if (is_hdf5(bytes))
    bad_input("'{}' is a MAT-file of version 7.3, which is HDF5: give it a name that ends with .h5", source);
  const auto order = bytes.size() < header_size ? "" : bytes.substr(126, 2);
  const bool big_endian = order == "MI";
  if (order != "IM" && !big_endian)
    bad_input("'{}' is not a MAT-file of version 5; files of version 4 are not read: save it anew with -v7", source);
  const int version = bytes[big_endian ? 124 : 125];
  if (version != 1) bad_input("'{}' is a MAT-file of version {}, 1 (which MATLAB calls 5) expected", source, version);
  return big_endian;
}

}  // namespace

struct MatFile::Content {
  explicit Content(const fs::path& path)
      : source(path.string()), file(path), big_endian(read_byte_order(file.bytes(), source)) {}

  const Stored& stored(const std::string& name) const {
    if (const auto found = variables.find(name); found != variables.end()) return found->second;
    if (const auto found = others.find(name); found != others.end())
      bad_input("'{}' in '{}' is of kind {}; arrays of real numbers are read", name, source, found->second);
    bad_input("'{}' has no array '{}'{}", source, name, suggestion(name, names));
  }
  // Without a name are what the file keeps for its objects.
  void add(const mat::Element& element) {
    auto variable = variable_of(element, big_endian);
    if (variable.name.empty()) return;
    if (variables.contains(variable.name) || others.contains(variable.name))
      bad_input("'{}' is there twice", variable.name);
    if (!variable.readable) {
      others[variable.name] = variable.kind;
      return;
    }
    names.push_back(variable.name);
    variables.emplace(variable.name, Stored{element, variable});
  }

  std::string source;
  MappedFile file;
  bool big_endian;
  std::vector<std::string> names{};
  std::map<std::string, Stored> variables{};
  std::map<std::string, std::string> others{};
};

MatFile::MatFile(const std::filesystem::path& path) : content_(std::make_unique<Content>(path)) {
  auto& content = *content_;
  mat::Elements elements(content.file.bytes().substr(header_size), content.big_endian);
  for (size_t i = 1; !elements.at_end(); ++i)
    within(fmt::format("'{}', element {} of the file", content.source, i), [&] {
      const auto element = elements.next();
      if (element.type == mat::matrix_type || element.type == mat::packed_type)
        content.add(element);
      else
        bad_input("it is of type {}; variables expected", element.type);
    });
}

MatFile::~MatFile() = default;

const std::vector<std::string>& MatFile::names() const { return content_->names; }
const std::map<std::string, std::string>& MatFile::others() const { return content_->others; }
bool MatFile::contains(const std::string& name) const { return content_->variables.contains(name); }
at::ScalarType MatFile::scalar_type(const std::string& name) const { return content_->stored(name).variable.type; }
std::vector<int64_t> MatFile::shape(const std::string& name) const { return content_->stored(name).variable.shape; }

at::Tensor MatFile::tensor(const std::string& name) const {
  const auto& [element, variable] = content_->stored(name);
  const bool big_endian = content_->big_endian;
  return within(fmt::format("'{}' in '{}'", name, content_->source), [&] {
    if (element.type == mat::matrix_type) return mat::read_numbers(element.data, variable, big_endian);
    const auto bytes = unpacked(element.data, big_endian);
    return mat::read_numbers(std::string_view(bytes).substr(tag_size), variable, big_endian);
  });
}

bool is_mat_of_hdf5(const std::filesystem::path& path) { return is_hdf5(MappedFile(path).bytes()); }

}  // namespace arcuate
