#include "io/torch_checkpoint.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "io/pickle.h"
#include "io/zip.h"

namespace arcuate {
namespace {

using Kind = PickleNode::Kind;

constexpr uint64_t largest_pickle = uint64_t{64} << 20;  // it names tensors and holds none
constexpr size_t most_dimensions = 64;

struct StorageType {
  const char* name;
  at::ScalarType type;
};
constexpr std::array storage_types{
    StorageType{"torch.DoubleStorage", at::kDouble}, StorageType{"torch.FloatStorage", at::kFloat},
    StorageType{"torch.HalfStorage", at::kHalf},     StorageType{"torch.BFloat16Storage", at::kBFloat16},
    StorageType{"torch.LongStorage", at::kLong},     StorageType{"torch.IntStorage", at::kInt},
    StorageType{"torch.ShortStorage", at::kShort},   StorageType{"torch.CharStorage", at::kChar},
    StorageType{"torch.ByteStorage", at::kByte},     StorageType{"torch.BoolStorage", at::kBool}};
constexpr std::string_view rebuild_tensor = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view rebuild_parameter = "torch._utils._rebuild_parameter";
constexpr std::string_view inner_names[] = {"state_dict", "model_state_dict", "model"};

std::optional<at::ScalarType> storage_type(const std::string& name) {
  const auto found = std::find_if(storage_types.begin(), storage_types.end(),
                                  [&](const StorageType& known) { return name == known.name; });
  return found == storage_types.end() ? std::nullopt : std::optional(found->type);
}

bool is_known(const std::string& name) {
  return name == rebuild_tensor || name == rebuild_parameter || name == "collections.OrderedDict" || storage_type(name);
}

// A view of a storage: numbers `first` to `first + span` of it hold it.
struct View {
  at::ScalarType type{};
  ZipEntry storage{};
  std::vector<int64_t> sizes{}, strides{};
  int64_t first = 0, span = 0;
};

// Numbers between the first and the last, or nothing where they cannot be counted or are more than the storage has.
std::optional<int64_t> span_of(const View& view, int64_t available) {
  int64_t count = 1, last = 0;
  if (view.sizes.size() != view.strides.size() || view.sizes.size() > most_dimensions || view.first < 0)
    return std::nullopt;
  for (size_t i = 0; i < view.sizes.size(); ++i) {
    const int64_t size = view.sizes[i], stride = view.strides[i];
    int64_t reach = 0;
    if (size < 0 || stride < 0 || __builtin_mul_overflow(std::max<int64_t>(size, 1) - 1, stride, &reach) ||
        __builtin_add_overflow(last, reach, &last) || __builtin_mul_overflow(count, std::max<int64_t>(size, 1), &count))
      return std::nullopt;
  }
  if (std::count(view.sizes.begin(), view.sizes.end(), 0) > 0) return 0;
  if (count > available || last >= available || view.first >= available - last) return std::nullopt;
  return last + 1;
}

class Tensors {
 public:
  Tensors(const Pickle& pickle, const std::map<std::string, ZipEntry>& files, std::string prefix,
          const std::string& source)
      : nodes_(pickle.nodes),
        files_(files),
        prefix_(std::move(prefix)),
        source_(source),
        problems_(fmt::format("'{}' has faulty tensors", source)) {
    const auto& dictionary = state_dict(nodes_[pickle.root]);
    for (size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
      const auto& key = nodes_[dictionary.items[i]];
      if (key.kind != Kind::text)
        problems_.add("entry {} has no name", i / 2 + 1);
      else if (views.contains(key.text))
        problems_.add("'{}' appears twice", key.text);
      else
        add(key.text, nodes_[dictionary.items[i + 1]]);
    }
    problems_.raise();
  }

  std::map<std::string, View> views{};
  std::vector<std::string> names{};

 private:
  static constexpr int deepest = 4;  // a parameter is a call around the call that makes its tensor

  bool is_tensor(const PickleNode& node) const {
    if (node.kind != Kind::call) return false;
    const auto& called = nodes_[node.items[0]].text;
    return called == rebuild_tensor || called == rebuild_parameter;
  }

  const PickleNode& state_dict(const PickleNode& root) const {
    if (root.kind != Kind::dictionary) bad_input("'{}' holds no dictionary of tensors: expected a state_dict", source_);
    std::vector<std::string> others;
    for (size_t i = 0; i + 1 < root.items.size(); i += 2)
      if (!is_tensor(nodes_[root.items[i + 1]])) others.push_back(nodes_[root.items[i]].text);
    if (others.empty()) return root;
    for (const auto name : inner_names)
      for (size_t i = 0; i + 1 < root.items.size(); i += 2) {
        const auto &key = nodes_[root.items[i]], &value = nodes_[root.items[i + 1]];
        if (key.kind == Kind::text && key.text == name && value.kind == Kind::dictionary) return value;
      }
    Problems problems(
        fmt::format("'{}' is not a dictionary of tensors, and has no state_dict, model_state_dict or "
                    "model that is one",
                    source_));
    for (const auto& name : others) problems.add("'{}' is not a tensor", name);
    problems.raise();
    return root;
  }

  void add(const std::string& name, const PickleNode& node) {
    try {
      views.emplace(name, view_of(node, 0));
      names.push_back(name);
    } catch (const Error& error) {
      problems_.add("'{}' {}", name, error.what());
    }
  }

  const std::vector<size_t>& arguments(const PickleNode& call, size_t least) const {
    const auto& given = nodes_[call.items[1]];
    if (given.kind != Kind::sequence || given.items.size() < least) bad_input("is made of too few arguments");
    return given.items;
  }

  View view_of(const PickleNode& node, int depth) const {
    if (!is_tensor(node) || depth > deepest) bad_input("is not a tensor");
    if (nodes_[node.items[0]].text == rebuild_parameter) return view_of(nodes_[arguments(node, 1)[0]], depth + 1);
    const auto& given = arguments(node, 4);
    View view;
    const int64_t available = read_storage(nodes_[given[0]], view);
    view.first = whole(given[1]);
    view.sizes = wholes(given[2]);
    view.strides = wholes(given[3]);
    const auto span = span_of(view, available);
    if (!span) bad_input("does not fit its storage of {} numbers", available);
    view.span = *span;
    return view;
  }

  // ('storage', type, key, device, numbers); how many numbers there are.
  int64_t read_storage(const PickleNode& node, View& view) const {
    if (node.kind != Kind::persistent) bad_input("has no storage");
    const auto& parts = nodes_[node.items[0]];
    if (parts.kind != Kind::sequence || parts.items.size() < 5) bad_input("has no storage");
    const auto type = storage_type(nodes_[parts.items[1]].text);
    const auto& key = nodes_[parts.items[2]];
    if (!type || key.kind != Kind::text) bad_input("has a storage of unknown type");
    const auto file = files_.find(prefix_ + "data/" + key.text);
    if (file == files_.end()) bad_input("lies in the storage '{}', which is missing", key.text);
    view.type = *type;
    view.storage = file->second;
    const int64_t numbers = whole(parts.items[4]);
    if (numbers < 0 || static_cast<uint64_t>(numbers) > view.storage.size / at::elementSize(*type))
      bad_input("lies in the storage '{}' of {} numbers, for which its {} bytes are too few", key.text, numbers,
                view.storage.size);
    return numbers;
  }

  int64_t whole(size_t node) const {
    if (nodes_[node].kind != Kind::whole) bad_input("has a size or a stride that is no whole number");
    return nodes_[node].whole;
  }
  std::vector<int64_t> wholes(size_t node) const {
    if (nodes_[node].kind != Kind::sequence) bad_input("has no sizes or strides");
    std::vector<int64_t> values;
    for (const size_t item : nodes_[node].items) values.push_back(whole(item));
    return values;
  }

  const std::vector<PickleNode>& nodes_;
  const std::map<std::string, ZipEntry>& files_;
  std::string prefix_;
  const std::string& source_;
  Problems problems_;
};

void refuse_other_formats(std::string_view bytes, const std::string& source) {
  if (bytes.starts_with("PK")) return;
  const bool pickle = bytes.starts_with('\x80'), archive = bytes.size() > 262 && bytes.substr(257, 5) == "ustar";
  if (pickle || archive)
    bad_input(
        "'{}' is in the format that PyTorch wrote before 1.6. Load it there and save it again with torch.save, "
        "or as safetensors",
        source);
  bad_input("'{}' is not a checkpoint of PyTorch: a zip archive was expected. Is the download complete?", source);
}

}  // namespace

struct TorchCheckpoint::Content {
  explicit Content(const std::filesystem::path& path) : file(path), source(path.string()) {}
  const View& at(const std::string& name) const {
    const auto found = views.find(name);
    if (found == views.end()) bad_input("'{}' has no tensor '{}'", source, name);
    return found->second;
  }
  MappedFile file;
  std::string source;
  std::map<std::string, View> views;
  std::vector<std::string> names;
};

TorchCheckpoint::TorchCheckpoint(const std::filesystem::path& path) : content_(std::make_unique<Content>(path)) {
  const auto bytes = content_->file.bytes();
  const auto& source = content_->source;
  refuse_other_formats(bytes, source);
  const auto files = read_zip(bytes, source);
  constexpr std::string_view pickle_name = "data.pkl";
  const auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) {
    return file.first.ends_with(pickle_name) && std::count(file.first.begin(), file.first.end(), '/') <= 1;
  });
  if (found == files.end()) bad_input("'{}' is not a checkpoint of PyTorch: it has no data.pkl", source);
  const auto prefix = found->first.substr(0, found->first.size() - pickle_name.size());
  if (const auto order = files.find(prefix + "byteorder"); order != files.end())
    if (bytes.substr(order->second.begin, order->second.size) != "little")
      bad_input("'{}' was written on a big-endian machine. Load it with PyTorch and save it as safetensors", source);
  if (found->second.size > largest_pickle)
    bad_input("'{}' has a data.pkl of {} bytes, at most {} expected", source, found->second.size, largest_pickle);
  const auto pickle = read_pickle(bytes.substr(found->second.begin, found->second.size), source, is_known);
  Tensors tensors(pickle, files, prefix, source);
  content_->views = std::move(tensors.views);
  content_->names = std::move(tensors.names);
}

TorchCheckpoint::~TorchCheckpoint() = default;

const std::vector<std::string>& TorchCheckpoint::names() const { return content_->names; }
bool TorchCheckpoint::contains(const std::string& name) const { return content_->views.contains(name); }
at::ScalarType TorchCheckpoint::scalar_type(const std::string& name) const { return content_->at(name).type; }
std::vector<int64_t> TorchCheckpoint::shape(const std::string& name) const { return content_->at(name).sizes; }

at::Tensor TorchCheckpoint::tensor(const std::string& name) const {
  const View& view = content_->at(name);
  const bool truth = view.type == at::kBool;
  if (view.span == 0) return at::empty(view.sizes, view.type);
  const auto item = at::elementSize(view.type);
  auto numbers = at::empty({view.span}, truth ? at::kByte : view.type);
  content_->file.copy(view.storage.begin + static_cast<uint64_t>(view.first) * item,
                      static_cast<uint64_t>(view.span) * item, numbers.data_ptr());
  const auto tensor = numbers.as_strided(view.sizes, view.strides).contiguous();
  return truth ? tensor.ne(0) : tensor;  // a byte other than 0 and 1 is no bool
}

std::vector<std::string> TorchCheckpoint::shared_names() const {
  std::vector<std::string> shared;
  std::set<uint64_t> seen;
  for (const auto& name : content_->names) {
    const auto& view = content_->at(name);
    if (view.span > 0 && !seen.insert(view.storage.begin).second) shared.push_back(name);
  }
  return shared;
}

}  // namespace arcuate
