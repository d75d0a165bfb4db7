#include "io/safetensors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <limits>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "io/json.h"

namespace arcuate {
namespace {

constexpr uint64_t largest_header = 100'000'000;  // the reference reader's bound
constexpr size_t most_dimensions = 64;            // of a tensor that can be computed with

struct TypeName {
  const char* name;
  at::ScalarType type;
};
constexpr std::array types{TypeName{"F64", at::kDouble},    TypeName{"F32", at::kFloat}, TypeName{"F16", at::kHalf},
                           TypeName{"BF16", at::kBFloat16}, TypeName{"I64", at::kLong},  TypeName{"I32", at::kInt},
                           TypeName{"I16", at::kShort},     TypeName{"I8", at::kChar},   TypeName{"U8", at::kByte},
                           TypeName{"BOOL", at::kBool}};

struct Entry {
  at::ScalarType type{};
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;  // bytes within the data section
};

uint64_t header_length(std::string_view bytes, const std::string& source) {
  if (bytes.size() < 8)
    bad_input("'{}' is not a safetensors file: {} bytes, at least 8 expected. Is the download complete?", source,
              bytes.size());
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  if (length > largest_header || length > bytes.size() - 8)
    bad_input(
        "'{}' is not a safetensors file or is truncated: its first 8 bytes announce a header of {} bytes, the file has "
        "{}",
        source, length, bytes.size());
  if (length == 0 || bytes[8] != '{') bad_input("'{}' is not a safetensors file: byte 8 should be '{{'", source);
  return length;
}

// Bytes of a shape, or nothing when it is negative or overflows. A size of 0 excuses no other size: strides multiply.
std::optional<uint64_t> byte_count(const std::vector<int64_t>& shape, uint64_t item) {
  uint64_t count = item;
  for (int64_t size : shape) {
    const auto n = static_cast<uint64_t>(std::max<int64_t>(size, 1));
    if (size < 0 || count > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / n) return std::nullopt;
    count *= n;
  }
  return std::count(shape.begin(), shape.end(), 0) > 0 ? 0 : count;
}

std::optional<Entry> read_entry(const std::string& name, const SortedJson& json, uint64_t data_size,
                                Problems& problems) {
  Entry entry;
  try {
    const auto type_name = json.at("dtype").get<std::string>();
    const auto known = std::find_if(types.begin(), types.end(), [&](const TypeName& t) { return type_name == t.name; });
    if (known == types.end()) {
      problems.add("'{}' has the type {}, which is not supported", name, type_name);
      return std::nullopt;
    }
    entry.type = known->type;
    const auto& shape = json.at("shape");
    if (!shape.is_array() || shape.size() > most_dimensions) throw std::invalid_argument("shape");
    for (const auto& size : shape) {
      if (!size.is_number_unsigned()) throw std::invalid_argument("shape");
      entry.shape.push_back(size.get<int64_t>());
    }
    const auto& range = json.at("data_offsets");
    if (!range.is_array() || range.size() != 2 || !range[0].is_number_unsigned() || !range[1].is_number_unsigned())
      throw std::invalid_argument("range");
    entry.begin = range[0].get<uint64_t>();
    entry.end = range[1].get<uint64_t>();
  } catch (const std::exception&) {
    problems.add("'{}' lacks a valid dtype, shape or data_offsets", name);
    return std::nullopt;
  }
  const auto bytes = byte_count(entry.shape, at::elementSize(entry.type));
  if (entry.begin > entry.end || entry.end > data_size)
    problems.add("'{}' claims bytes {} to {} of {} bytes of data", name, entry.begin, entry.end, data_size);
  else if (!bytes || *bytes != entry.end - entry.begin)
    problems.add("'{}' has {} bytes of data, its shape and type need {}", name, entry.end - entry.begin,
                 bytes ? std::to_string(*bytes) : "more than can be counted");
  else
    return entry;
  return std::nullopt;
}

}  // namespace

struct SafetensorsFile::Content {
  explicit Content(const fs::path& path) : file(path), source(path.string()) {}
  const Entry& at(const std::string& name) const {
    const auto found = entries.find(name);
    if (found == entries.end()) bad_input("'{}' has no tensor '{}'", source, name);
    return found->second;
  }
  MappedFile file;
  std::string source;
  uint64_t data_start = 0;
  std::map<std::string, Entry> entries;
  std::vector<std::string> names;
  std::map<std::string, std::string> metadata;
};

// Data ranges must tile the data section: no holes, no overlaps, nothing left over.
static void check_tiling(const std::vector<std::string>& names, const std::map<std::string, Entry>& entries,
                         uint64_t data_size, Problems& problems) {
  uint64_t end = 0;
  for (const auto& name : names) {
    const Entry& entry = entries.at(name);
    if (entry.begin != end)
      problems.add("'{}' begins at byte {} of the data, {} expected ({})", name, entry.begin, end,
                   entry.begin < end ? "it overlaps the tensor before it" : "there is a hole before it");
    end = std::max(end, entry.end);
  }
  if (end != data_size)
    problems.add("the tensors end at byte {} of the data, the file has {} bytes of data", end, data_size);
}

// Finds the outermost keys that appear twice: the parsed header would hold only the last of them.
class TwiceFinder : public nlohmann::json_sax<SortedJson> {
 public:
  explicit TwiceFinder(Problems& problems) : problems_(problems) {}
  bool start_object(size_t) override { return ++depth_, true; }
  bool end_object() override { return --depth_, true; }
  bool start_array(size_t) override { return ++depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool key(std::string& name) override {
    if (depth_ == 1 && !keys_.insert(name).second) problems_.add("'{}' appears twice", name);
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(int64_t) override { return true; }
  bool number_unsigned(uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(SortedJson::binary_t&) override { return true; }
  bool parse_error(size_t, const std::string&, const SortedJson::exception&) override { return false; }

 private:
  Problems& problems_;
  std::set<std::string> keys_;
  int depth_ = 0;
};

static SortedJson parse_header(std::string_view text, const std::string& source, Problems& problems) {
  TwiceFinder finder(problems);
  SortedJson::sax_parse(text, &finder);
  try {
    return SortedJson::parse(text);
  } catch (const SortedJson::exception&) {
    bad_input("'{}' is not a safetensors file: its header is not valid JSON", source);
  }
}

static std::map<std::string, std::string> read_metadata(const SortedJson& json, Problems& problems) {
  std::map<std::string, std::string> metadata;
  if (json.is_null()) return metadata;
  if (!json.is_object()) {
    problems.add("'__metadata__' is not an object");
    return metadata;
  }
  for (const auto& [key, value] : json.items()) {
    if (value.is_string())
      metadata[key] = value.get<std::string>();
    else
      problems.add("'__metadata__': the value of '{}' is not text", key);
  }
  return metadata;
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : content_(std::make_unique<Content>(path)) {
  const auto bytes = content_->file.bytes();
  const uint64_t length = header_length(bytes, content_->source);
  content_->data_start = 8 + length;
  const uint64_t data_size = bytes.size() - content_->data_start;
  Problems problems(fmt::format("'{}' has a faulty safetensors header (truncated or foreign file?)", content_->source));
  const auto header = parse_header(bytes.substr(8, length), content_->source, problems);
  for (const auto& [name, json] : header.items()) {
    if (name == "__metadata__") {
      content_->metadata = read_metadata(json, problems);
    } else if (auto entry = read_entry(name, json, data_size, problems)) {
      content_->entries[name] = *entry;
      content_->names.push_back(name);
    }
  }
  const auto& entries = content_->entries;
  std::stable_sort(content_->names.begin(), content_->names.end(), [&](const auto& a, const auto& b) {
    return std::pair(entries.at(a).begin, entries.at(a).end) < std::pair(entries.at(b).begin, entries.at(b).end);
  });
  if (problems.empty()) check_tiling(content_->names, entries, data_size, problems);
  problems.raise();
}

SafetensorsFile::~SafetensorsFile() = default;
SafetensorsFile::SafetensorsFile(SafetensorsFile&&) noexcept = default;

const std::vector<std::string>& SafetensorsFile::names() const { return content_->names; }
bool SafetensorsFile::contains(const std::string& name) const { return content_->entries.contains(name); }
const char* SafetensorsFile::type(const std::string& name) const { return safetensors_type(scalar_type(name)); }
at::ScalarType SafetensorsFile::scalar_type(const std::string& name) const { return content_->at(name).type; }
std::vector<int64_t> SafetensorsFile::shape(const std::string& name) const { return content_->at(name).shape; }
const std::map<std::string, std::string>& SafetensorsFile::metadata() const { return content_->metadata; }

at::Tensor SafetensorsFile::tensor(const std::string& name) const {
  const Entry& entry = content_->at(name);
  const bool truth = entry.type == at::kBool;
  auto tensor = at::empty(entry.shape, truth ? at::kByte : entry.type);
  content_->file.copy(content_->data_start + entry.begin, entry.end - entry.begin, tensor.data_ptr());
  return truth ? tensor.ne(0) : tensor;  // a byte other than 0 and 1 is no bool
}

const char* safetensors_type(at::ScalarType type) {
  const auto found =
      std::find_if(types.begin(), types.end(), [&](const TypeName& known) { return known.type == type; });
  if (found == types.end()) fail(Fault::failed, "safetensors cannot hold the type {}", c10::toString(type));
  return found->name;
}

static std::string header_of(const fs::path& path, const std::vector<TensorPlan>& plans,
                             const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  uint64_t end = 0;
  for (const auto& [name, type, shape] : plans) {
    if (header.contains(name)) fail(Fault::failed, "two tensors of '{}' are called '{}'", path.string(), name);
    const char* const type_name =
        within(fmt::format("writing the tensor '{}'", name), [&] { return safetensors_type(type); });
    const uint64_t begin = end;
    end += byte_count(shape, at::elementSize(type)).value();
    header[name] = {{"dtype", type_name}, {"shape", shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

void write_safetensors(const std::filesystem::path& path, const std::vector<TensorPlan>& plans,
                       const std::function<at::Tensor(size_t)>& tensor,
                       const std::map<std::string, std::string>& metadata) {
  const auto text = header_of(path, plans, metadata);
  write_atomically(path, [&](const fs::path& temporary) {
    std::ofstream file(temporary, std::ios::binary);
    const auto length = static_cast<uint64_t>(text.size());
    file.write(reinterpret_cast<const char*>(&length), 8);
    file << text;
    for (size_t i = 0; i < plans.size(); ++i) {
      const auto whole = tensor(i).contiguous();
      if (whole.scalar_type() != plans[i].type || whole.sizes() != plans[i].shape)
        fail(Fault::failed, "the tensor '{}' is not as it was planned", plans[i].name);
      file.write(static_cast<const char*>(whole.data_ptr()), static_cast<std::streamsize>(whole.nbytes()));
    }
    file.close();
    if (!file) fail(Fault::failed, "cannot write '{}' (is the disk full?)", path.string());
  });
}

void write_safetensors(const std::filesystem::path& path,
                       const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<TensorPlan> plans;
  for (const auto& [name, tensor] : tensors) plans.push_back({name, tensor.scalar_type(), tensor.sizes().vec()});
  write_safetensors(path, plans, [&](size_t i) { return tensors[i].second; }, metadata);
}

}  // namespace arcuate
