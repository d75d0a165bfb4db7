#include "model/checkpoint.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <set>

#include "core/error.h"
#include "core/text.h"
#include "io/safetensors.h"
#include "io/tensor_file.h"
#include "model/weight_names.h"
#include "model/weight_parts.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

class Loader {
 public:
  Loader(const ModelSpec& spec, const fs::path& folder, at::ScalarType type)
      : spec_(spec),
        family_(family_of(spec)),
        type_(type),
        problems_(fmt::format("the weights in '{}' do not fit its config.json", folder.string())) {
    const auto entries = expected_entries(family_, spec);
    shapes_ = part_shapes(spec, entries);
    for (const auto& entry : entries)  // of two tensors under one name the model has one
      if (shapes_.contains(entry.name) || !by_file_name_.contains(entry.file_name))
        by_file_name_.insert_or_assign(entry.file_name, entry);
  }

  void add(std::unique_ptr<TensorFile> opened) {
    const TensorFile& file = *opened;
    files_.push_back(std::move(opened));
    for (const auto& full_name : file.names()) {
      const auto name = table_name(family_, full_name);
      const auto entry = by_file_name_.find(name);
      if (entry != by_file_name_.end())
        take(file, full_name, entry->second);
      else if (!is_ignored(family_, name, spec_.layers))
        problems_.add("'{}' is not a weight of the family {}", full_name, family_.model_type);
    }
  }

  void add_problem(const std::string& problem) { problems_.add("{}", problem); }

  void finish() {
    std::set<std::string> told;  // a tensor that may have two names is missing once
    for (const auto& [file_name, entry] : by_file_name_)
      if (shapes_.contains(entry.name) && !found_.contains(entry.name) && told.insert(entry.name).second)
        problems_.add("'{}' is missing", written_name(family_, entry));
    problems_.raise();
  }

  /// The tensors whose names `wanted` takes, fused as the blocks need them.
  template <class Wanted>
  ModelWeights read(const Wanted& wanted) const {
    std::map<std::string, at::Tensor> named;
    for (const auto& [name, place] : found_)
      if (wanted(name)) named[name] = place.read(type_);
    join_parts(spec_, named);
    return assemble(spec_, std::move(named));
  }

  int64_t bytes_of(const std::function<bool(const std::string&)>& wanted) const {
    int64_t bytes = 0;
    for (const auto& [name, place] : found_)
      if (wanted(name)) bytes += place.numbers * item_size();
    return bytes;
  }
  // A tensor in the file's type beside itself, a transposed copy, or the parts of what is fused.
  int64_t reading_bytes() const {
    int64_t largest = 0;
    for (const auto& [name, place] : found_) {
      const auto stored = static_cast<int64_t>(at::elementSize(place.file->scalar_type(place.full_name)));
      if (name != "head") largest = std::max(largest, place.numbers * (stored + item_size()));
    }
    const auto& b = spec_.block;
    return std::max(largest, (b.heads + 2 * b.kv_heads) * b.head_size * b.width * item_size());
  }

 private:
  void take(const TensorFile& file, const std::string& full_name, const WeightEntry& entry) {
    const auto wanted = shapes_.find(entry.name);
    if (wanted == shapes_.end()) {
      // A tied head is often stored twice; a bias that the configuration rules out is a fault.
      if (entry.name != "head") problems_.add("'{}' is there, but config.json says that the model has none", full_name);
      return;
    }
    auto shape = wanted->second;
    if (entry.store == Store::transposed) std::swap(shape.front(), shape.back());
    if (file.shape(full_name) != shape) {
      problems_.add("'{}' has the shape {}, {} expected", full_name, shape_of(file.shape(full_name)), shape_of(shape));
      found_[entry.name] = {};  // there, if useless: not missing as well
      return;
    }
    int64_t numbers = 1;
    for (const int64_t size : shape) numbers *= size;
    found_[entry.name] = {&file, full_name, entry.store, numbers};
  }

  // Where a weight lies.
  struct Place {
    at::Tensor read(at::ScalarType type) const {
      const auto tensor = file->tensor(full_name).to(type);
      return store == Store::transposed ? tensor.t().contiguous() : tensor;
    }
    const TensorFile* file = nullptr;
    std::string full_name{};
    Store store = Store::as_is;
    int64_t numbers = 0;
  };

  int64_t item_size() const { return static_cast<int64_t>(at::elementSize(type_)); }

  static std::string shape_of(const std::vector<int64_t>& shape) {
    std::vector<std::string> parts;
    for (auto size : shape) parts.push_back(std::to_string(size));
    return fmt::format("[{}]", join(parts, ", "));
  }

  ModelSpec spec_;
  const Family& family_;
  at::ScalarType type_;
  Problems problems_;
  std::vector<std::unique_ptr<TensorFile>> files_;
  std::map<std::string, std::vector<int64_t>> shapes_;
  std::map<std::string, WeightEntry> by_file_name_;
  std::map<std::string, Place> found_;
};

// What an index says: the shards, and which of them holds a tensor.
std::map<std::string, fs::path> read_index(const fs::path& index) {
  const SortedJson json = read_sorted_json(index);
  if (!json.contains("weight_map") || !json["weight_map"].is_object())
    bad_input("'{}' has no weight_map", index.string());
  std::map<std::string, fs::path> tensors;
  for (const auto& [name, file] : json["weight_map"].items()) {
    if (!file.is_string() || fs::path(file.get<std::string>()).filename() != file.get<std::string>())
      bad_input("'{}': the shard of '{}' must be a file name in the same folder", index.string(), name);
    tensors[name] = index.parent_path() / file.get<std::string>();
  }
  return tensors;
}

constexpr const char* weight_names[] = {"model.safetensors", "pytorch_model.bin"};  // the first is preferred

// The file or the index that tells which files there are.
fs::path weight_entry(const fs::path& folder) {
  for (const std::string name : weight_names)
    for (const auto& path : {folder / name, folder / (name + ".index.json")})
      if (fs::exists(path)) return path;
  bad_input(
      "'{}' has no weights: model.safetensors, model.safetensors.index.json, pytorch_model.bin or "
      "pytorch_model.bin.index.json expected",
      folder.string());
}

bool is_index(const fs::path& entry) { return entry.extension() == ".json"; }

}  // namespace

std::vector<fs::path> weight_files(const fs::path& folder) {
  const auto entry = weight_entry(folder);
  if (!is_index(entry)) return {entry};
  std::set<fs::path> files;
  for (const auto& [name, file] : read_index(entry)) files.insert(file);
  Problems problems(fmt::format("shards that '{}' names are missing. Is the download complete?", entry.string()));
  for (const auto& file : files)
    if (!fs::exists(file)) problems.add("'{}'", file.filename().string());
  problems.raise();
  return {files.begin(), files.end()};
}

struct WeightReader::Content {
  Content(const ModelSpec& spec, const fs::path& folder, at::ScalarType type) : loader(spec, folder, type) {}
  Loader loader;
};

WeightReader::WeightReader(const fs::path& folder, const ModelSpec& spec, at::ScalarType type)
    : WeightSource(spec), content_(std::make_unique<Content>(spec, folder, type)) {
  std::map<fs::path, const TensorFile*> opened;
  for (const auto& path : weight_files(folder)) {
    auto file = open_tensor_file(path);
    opened[path] = file.get();
    content_->loader.add(std::move(file));
  }
  if (const auto entry = weight_entry(folder); is_index(entry))
    for (const auto& [name, path] : read_index(entry))
      if (!opened.at(path)->contains(name))
        content_->loader.add_problem(
            fmt::format("'{}' is not in '{}', where the index places it", name, path.filename().string()));
  content_->loader.finish();
}

WeightReader::~WeightReader() = default;

ModelWeights WeightReader::weights(const Wanted& wanted) const { return content_->loader.read(wanted); }
int64_t WeightReader::bytes_of(const Wanted& wanted) const { return content_->loader.bytes_of(wanted); }
int64_t WeightReader::reading_bytes() const { return content_->loader.reading_bytes(); }

ModelWeights read_weights(const fs::path& folder, const ModelSpec& spec, at::ScalarType type) {
  return WeightReader(folder, spec, type).all();
}

void write_weights(const fs::path& file, const ModelSpec& spec, const ModelWeights& weights) {
  const Family& family = family_of(spec);
  const auto entries = expected_entries(family, spec);
  auto named = named_weights(spec, weights);
  split_parts(spec, part_shapes(spec, entries), named);
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (const auto& entry : entries) {
    const auto found = named.find(entry.name);
    if (found == named.end()) continue;
    tensors.emplace_back(written_name(family, entry),
                         (entry.store == Store::transposed ? found->second.t() : found->second).contiguous());
    named.erase(found);  // of two names for a tensor the first is written
  }
  write_safetensors(file, tensors, {{"format", "pt"}});  // the original library refuses files that do not say "pt"
}

}  // namespace arcuate
