#include "cmd/info_support.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cmd/info_brain_support.h"
#include "cmd/info_freesurfer_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "input/story.h"
#include "input/textgrid.h"
#include "input/tokenizer.h"
#include "input/tr_report.h"
#include "io/gifti.h"
#include "io/gzip.h"
#include "io/hdf5.h"
#include "io/mat.h"
#include "io/npy.h"
#include "io/npz.h"
#include "io/safetensors.h"
#include "io/table.h"
#include "io/torch_checkpoint.h"
#include "model/checkpoint.h"
#include "model/family.h"
#include "model/weights.h"

namespace arcuate {
namespace {

int64_t product(const std::vector<int64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

Json describe_safetensors(const fs::path& path) {
  const SafetensorsFile file(path);
  Json tensors = Json::array();
  int64_t parameters = 0;
  for (const auto& name : file.names()) {
    tensors.push_back({{"name", name}, {"type", file.type(name)}, {"shape", file.shape(name)}});
    parameters += product(file.shape(name));
  }
  return {{"kind", "safetensors"}, {"values", parameters}, {"metadata", file.metadata()}, {"tensors", tensors}};
}

Json describe_torch(const fs::path& path) {
  const TorchCheckpoint file(path);
  Json tensors = Json::array();
  int64_t parameters = 0;
  for (const auto& name : file.names()) {
    tensors.push_back(
        {{"name", name}, {"type", safetensors_type(file.scalar_type(name))}, {"shape", file.shape(name)}});
    parameters += product(file.shape(name));
  }
  return {{"kind", "PyTorch checkpoint"}, {"values", parameters}, {"tensors", tensors}};
}

Json describe_npy(const fs::path& path) {
  const auto array = read_npy(path);
  Json json{{"kind", "NumPy array"}, {"type", c10::toString(array.scalar_type())}, {"shape", array.sizes().vec()}};
  add_statistics(json, array);
  return json;
}

Json describe_hdf5(const fs::path& path) {
  const Hdf5Reader file(path);
  Json json{{"kind", "HDF5"}}, datasets = Json::array();
  try {
    json["format"] = file.text_attribute("format");
  } catch (const Error&) {  // a file of another program
    json["format"] = nullptr;
  }
  for (const auto& name : file.datasets()) datasets.push_back({{"name", name}, {"shape", file.shape(name)}});
  json["datasets"] = datasets;
  return json;
}

Json describe_npz(const fs::path& path) {
  const NpzFile file(path);
  Json arrays = Json::array();
  for (const auto& name : file.names()) {
    Json type;
    try {
      type = c10::toString(file.scalar_type(name));
    } catch (const Error&) {
      type = "not numbers";
    }
    arrays.push_back({{"name", name}, {"type", type}, {"shape", file.shape(name)}});
  }
  return {{"kind", "NumPy archive"}, {"arrays", arrays}};
}

Json describe_mat(const fs::path& path) {
  if (is_mat_of_hdf5(path)) return describe_hdf5(path);
  const MatFile file(path);
  Json arrays = Json::array(), others = Json::array();
  for (const auto& name : file.names())
    arrays.push_back({{"name", name}, {"type", c10::toString(file.scalar_type(name))}, {"shape", file.shape(name)}});
  for (const auto& [name, kind] : file.others()) others.push_back({{"name", name}, {"kind", kind}});
  Json json{{"kind", "MATLAB"}};
  if (!arrays.empty()) json["arrays"] = arrays;
  if (!others.empty()) json["not_read"] = others;
  return json;
}

const char* gifti_type(const at::Tensor& values) {
  return values.scalar_type() == at::kFloat ? "float32" : values.scalar_type() == at::kInt ? "int32" : "uint8";
}

Json describe_gifti(const fs::path& path) {
  const auto gifti = read_gifti(path);
  Json arrays = Json::array(), labels = Json::array();
  for (const auto& [intent, values, metadata] : gifti.arrays) {
    const auto name = metadata.find("Name");
    arrays.push_back({{"intent", intent},
                      {"type", gifti_type(values)},
                      {"shape", values.sizes().vec()},
                      {"name", name == metadata.end() ? Json() : Json(name->second)}});
  }
  for (const auto& label : gifti.labels) labels.push_back({{"key", label.key}, {"name", label.name}});
  Json json{{"kind", "GIfTI"}, {"metadata", gifti.metadata}};
  if (!arrays.empty()) json["arrays"] = arrays;
  if (!labels.empty()) json["labels"] = labels;
  return json;
}

void add_story(Json& json, const fs::path& path) {
  const auto words = read_story(path, {.untimed = Untimed::drop}).words;
  const double seconds = words.back().offset - words.front().onset;
  json["words"] = words.size();
  json["first_onset"] = words.front().onset;
  json["last_offset"] = words.back().offset;
  json["seconds"] = seconds;
  json["words_per_second"] = seconds > 0 ? Json(static_cast<double>(words.size()) / seconds) : Json();
}

bool has_column(const Table& table, std::initializer_list<const char*> names) {
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const auto& column) {
    return std::find(names.begin(), names.end(), lower_ascii(column)) != names.end();
  });
}

Json describe_alignment(const fs::path& path) {
  Json json{{"kind", story_format_name(story_format(path, read_unpacked(path)))}};
  add_story(json, path);
  return json;
}

Json describe_table(const fs::path& path) {
  const auto bytes = read_unpacked(path);
  if (story_format(path, bytes) != StoryFormat::word_table) return describe_alignment(path);
  const auto first = first_record(bytes, table_separator(path));
  Json json{{"kind", "table"}};
  if (!first.empty() && to_double(trim(first.front()))) {  // a word table without a header
    add_story(json, path);
    return json;
  }
  const auto table = parse_table(bytes, table_separator(path), path.string());
  json["rows"] = table.rows.size();
  json["columns"] = table.columns;
  if (has_column(table, {"onset"}) && has_column(table, {"offset", "duration"}) && has_column(table, {"word"}))
    add_story(json, path);
  return json;
}

Json describe_report(const fs::path& path) {
  const auto report = parse_tr_report(read_file(path), path.string());
  return {{"kind", "report of a scan"},
          {"volumes", report.volumes.size()},
          {"seconds_per_volume", report.tr},
          {"first_volume", report.volumes.front()},
          {"last_volume", report.volumes.back()},
          {"missed_triggers", report.filled.size()},
          {"sound_end", std::isnan(report.sound_end) ? Json() : Json(report.sound_end)},
          {"other_events", report.labels.size()}};
}

Json describe_textgrid(const fs::path& path) {
  Problems problems(path.string());
  const auto grid = parse_textgrid(read_unpacked(path), path.string(), problems);
  problems.raise();
  Json tiers = Json::array();
  int64_t interval_tiers = 0, word_tiers = 0;
  for (const auto& tier : grid.tiers) {
    const bool intervals = tier.kind == TierKind::interval;
    const auto name = lower_ascii(tier.name);
    interval_tiers += intervals;
    word_tiers += intervals && (name == "word" || name == "words");
    tiers.push_back(
        {{"name", tier.name}, {"kind", intervals ? "intervals" : "points"}, {"intervals", tier.intervals.size()}});
  }
  Json json{{"kind", "TextGrid"}};
  if (word_tiers == 1 || interval_tiers == 1) add_story(json, path);
  json["tiers"] = tiers;
  return json;
}

// What is wrong with a part of a folder belongs to its description.
template <class F>
Json or_problem(F&& describe) {
  try {
    return describe();
  } catch (const Error& error) {
    return error.what();
  }
}

Json describe_weights(const fs::path& folder) {
  Json weights = Json::array();
  for (const auto& path : weight_files(folder)) {
    weights.push_back({{"file", path.filename().string()},
                       {"tensors", open_tensor_file(path)->names().size()},
                       {"bytes", fs::file_size(path)}});
  }
  return weights;
}

Json describe_model(const fs::path& folder) {
  if (!fs::exists(folder / "config.json"))
    bad_input("'{}' is a folder without config.json: expected a model in the layout of Hugging Face, or a file",
              folder.string());
  const auto spec = read_spec(folder);
  int64_t parameters = 0;
  for (const auto& [name, shape] : weight_shapes(spec)) parameters += product(shape);
  Json json{{"kind", "model"},
            {"family", spec.family},
            {"layers", spec.layers},
            {"width", spec.block.width},
            {"heads", spec.block.heads},
            {"feed_forward", spec.block.ffn_width},
            {"positions", spec.max_tokens},
            {"vocabulary", spec.vocabulary},
            {"parameters", parameters}};
  json["tokenizer"] = or_problem([&] { return Json(Tokenizer::load(folder).kind()); });
  json["weights"] = or_problem([&] { return describe_weights(folder); });
  return json;
}

struct Kind {
  const char* extension;
  Json (*describe)(const fs::path&);
};
constexpr Kind kinds[] = {
    {".safetensors", describe_safetensors},
    {".npy", describe_npy},
    {".h5", describe_hdf5},
    {".hdf5", describe_hdf5},
    {".npz", describe_npz},
    {".mat", describe_mat},
    {".gii", describe_gifti},
    {".nii", describe_nifti},
    {".hdr", describe_nifti},  // pairs, which are refused with what to do
    {".img", describe_nifti},
    {".tsv", describe_table},
    {".csv", describe_table},
    {".textgrid", describe_textgrid},
    {".json", describe_alignment},
    {".report", describe_report},
    {".annot", describe_annot},
    {".label", describe_label},
    {".bin", describe_torch},
    {".pt", describe_torch},
    {".pth", describe_torch},
};

Json describe_by_kind(const fs::path& path) {
  if (fs::is_directory(path)) return describe_model(path);
  const auto name = lower_ascii(without_gz(path).filename().string());
  std::vector<std::string> known;
  for (const auto& kind : kinds) {
    if (name.ends_with(kind.extension)) return kind.describe(path);
    known.emplace_back(kind.extension);
  }
  if (begins_as_freesurfer(path)) return describe_freesurfer(path);  // a file that is not there is told first
  bad_input(
      "'{}': no description for this kind of file; known by their ends: {}; surfaces and values of FreeSurfer, and "
      "model folders",
      path.string(), join(known, ", "));
}

// Text

std::string number_text(double value) {
  return value == std::floor(value) ? shortest(value) : fmt::format("{:.6g}", value);
}

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "n/a";
  if (value.is_number_float()) return number_text(value.get<double>());
  if (!value.is_array()) return value.dump();
  const auto all = [&](auto&& is) { return std::all_of(value.begin(), value.end(), is); };
  const bool sizes = all([](const Json& item) { return item.is_number_integer(); });
  const bool numbers = all([](const Json& item) { return item.is_number(); });
  const bool rows = all([](const Json& item) { return item.is_array(); });
  std::vector<std::string> parts;
  for (const auto& item : value) parts.push_back(value_text(item));
  return parts.empty() ? "scalar" : join(parts, sizes ? " x " : numbers ? " " : rows ? "; " : ", ");
}

using Row = std::vector<std::string>;

std::string columns_text(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

std::string list_text(const std::string& name, const Json& list) {
  constexpr size_t shown = 24;
  std::vector<Row> rows{{" "}};
  for (const auto& [key, value] : list[0].items()) rows[0].push_back(key);
  for (size_t i = 0; i < std::min(shown, list.size()); ++i) {
    Row row{" "};
    for (const auto& value : list[i]) row.push_back(value_text(value));
    rows.push_back(row);
  }
  const auto rest = list.size() > shown ? fmt::format("   … {} more; --json lists all\n", list.size() - shown) : "";
  return fmt::format("{} ({})\n{}{}", name, list.size(), columns_text(rows), rest);
}

bool is_table(const Json& value) { return value.is_array() && !value.empty() && value[0].is_object(); }

}  // namespace

void add_statistics(Json& json, const at::Tensor& tensor) {
  const auto values = tensor.to(at::kDouble).flatten();
  const auto finite = values.masked_select(at::isfinite(values));
  json["nan"] = at::isnan(values).sum().item<int64_t>();
  json["infinite"] = at::isinf(values).sum().item<int64_t>();
  if (finite.numel() == 0) return;
  json["smallest"] = finite.min().item<double>();
  json["largest"] = finite.max().item<double>();
  json["mean"] = finite.mean().item<double>();
}

Json describe_file(const fs::path& path) {
  Json json{{"file", path.generic_string()}};
  const Json found = describe_by_kind(path);
  if (!fs::is_directory(path)) json["bytes"] = fs::file_size(path);
  json.update(found);
  return json;
}

std::string description_text(const Json& description) {
  std::vector<Row> lines;
  std::string tables;
  for (const auto& [name, value] : description.items()) {
    if (is_table(value)) {
      tables += list_text(name, value);
    } else if (value.is_object()) {
      for (const auto& [key, item] : value.items()) lines.push_back({name + "." + key, value_text(item)});
    } else {
      lines.push_back({name, value_text(value)});
    }
  }
  return columns_text(lines) + tables;
}

}  // namespace arcuate
