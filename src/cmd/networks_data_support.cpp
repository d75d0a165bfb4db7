#include "cmd/networks_data_support.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

#include "analysis/atom_maps.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "input/story.h"
#include "io/hdf5.h"
#include "io/npy.h"
#include "io/table.h"

namespace arcuate {

using at::Tensor;

namespace {

bool is_hdf5(const fs::path& file) { return file.extension() == ".h5" || file.extension() == ".hdf5"; }

Tensor matrix_of(const Tensor& array, const fs::path& path, const char* expected) {
  if (array.dim() != 2 || array.numel() == 0)
    bad_input("'{}' is {}: expected {}", path.string(), shape_text(array), expected);
  return array;
}

void check_finite(const Tensor& x, const std::string& where) {
  const auto bad = at::isfinite(x).logical_not().any(0).nonzero().flatten();
  if (bad.numel() > 0)
    bad_input("{}: {} of {} neurons hold NaN or infinite values, the first is neuron {}", where, bad.numel(), x.size(1),
              bad[0].item<int64_t>());
}

std::vector<double> centres(const RowRange& run, const TimeAxis& axis) {
  std::vector<double> times;
  for (int64_t i = 0; i < run.size(); ++i) times.push_back(axis.first_volume + axis.tr * static_cast<double>(i));
  return times;
}

// One run of one model: units by words or by volumes, before they are brought to the volumes.
struct RunUnits {
  std::vector<Tensor> parts{};  // side by side: one a layer for .h5 files
  std::vector<double> times{};  // of the words; empty: the rows are volumes
  std::vector<int64_t> layer_of{};
};

// Numbers of the datasets layer/<number>, ascending; "final" follows the last.
std::vector<std::pair<int64_t, std::string>> layers_in(const Hdf5Reader& file) {
  std::vector<std::pair<int64_t, std::string>> layers;
  bool has_final = false;
  for (const auto& name : file.datasets()) {
    if (!name.starts_with("layer/")) continue;
    if (const auto number = to_integer(name.substr(6))) layers.emplace_back(*number, name);
    has_final = has_final || name == "layer/final";
  }
  std::sort(layers.begin(), layers.end());
  if (has_final) layers.emplace_back(layers.empty() ? 0 : layers.back().first + 1, "layer/final");
  return layers;
}

RunUnits read_activations(const fs::path& path) {
  const Hdf5Reader file(path);
  const auto layers = layers_in(file);
  if (layers.empty() || !file.contains("onset") || !file.contains("offset"))
    bad_input("'{}' is no file of `arcuate extract`: it needs datasets layer/<number>, onset and offset",
              path.string());
  RunUnits run{.times = to_vector((file.read("onset") + file.read("offset")) / 2)};
  for (const auto& [number, name] : layers) {
    run.parts.push_back(matrix_of(file.read(name), path, "words x units in every layer"));
    run.layer_of.insert(run.layer_of.end(), static_cast<size_t>(run.parts.back().size(1)), number);
  }
  return run;
}

RunUnits read_run(const NeuronFiles& files, size_t i) {
  const auto& path = files.neurons[i];
  if (is_hdf5(path)) return read_activations(path);
  if (path.extension() != ".npy")
    bad_input("'{}': expected neurons as FILE.npy, or FILE.h5 of `arcuate extract`", path.string());
  RunUnits run{.parts = {matrix_of(read_npy(path), path, "volumes x neurons, or words x neurons with --words")}};
  if (files.words.empty()) return run;
  for (const auto& word : read_story(files.words[i]).words) run.times.push_back((word.onset + word.offset) / 2);
  return run;
}

Tensor on_volumes(const RunUnits& units, const RowRange& run, const TimeAxis& axis, const fs::path& path) {
  const int64_t rows = units.times.empty() ? run.size() : static_cast<int64_t>(units.times.size());
  std::vector<Tensor> parts;
  for (const auto& part : units.parts) {
    if (part.size(0) != rows)
      bad_input("'{}' has {} rows for {} {}{}", path.string(), part.size(0), rows,
                units.times.empty() ? "volumes of the responses" : "words",
                units.times.empty() ? "; if its rows are words, give their times with --words" : "");
    check_finite(part, fmt::format("'{}'", path.string()));
    const auto series =
        units.times.empty() ? part : word_units_to_volumes(part, units.times, centres(run, axis), axis.tr, axis.align);
    parts.push_back(series.to(at::kFloat));
  }
  return at::cat(parts, 1);
}

// The volumes of each file: of a run, or of all runs where one file has a row a volume.
std::vector<RowRange> file_rows(const NeuronFiles& files, const TimeAxis& axis) {
  if (files.neurons.size() == 1 && files.words.empty() && !is_hdf5(files.neurons[0]))
    return {{0, axis.runs.back().end}};
  if (files.neurons.size() != axis.runs.size() || (!files.words.empty() && files.words.size() != axis.runs.size()))
    bad_usage("{} files of neurons and {} of words for {} runs (--run-volumes): one of each a run is needed",
              files.neurons.size(), files.words.size(), axis.runs.size());
  return axis.runs;
}

std::vector<int64_t> read_layers(const fs::path& path, int64_t neurons) {
  const auto table = read_table(path);
  const size_t column = table.column("layer");
  if (static_cast<int64_t>(table.rows.size()) != neurons)
    bad_input("'{}' has {} rows for {} neurons: a row a neuron is needed", path.string(), table.rows.size(), neurons);
  std::vector<int64_t> layers;
  Problems problems(fmt::format("'{}' does not say the layer of every neuron", path.string()));
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto layer = to_integer(table.text(row, column));
    if (!layer) problems.add("line {}: '{}' is no whole number", table.lines[row], excerpt(table.text(row, column)));
    layers.push_back(layer.value_or(0));
  }
  problems.raise();
  return layers;
}

std::vector<fs::path> paths_in(const std::string& field, const fs::path& folder) {
  std::vector<fs::path> paths;
  if (field.empty() || field == "n/a") return paths;
  for (const auto& name : split_fields(field, ',')) paths.push_back(folder / std::string(trim(name)));
  return paths;
}

}  // namespace

std::vector<NeuronFiles> read_model_table(const fs::path& path) {
  const auto table = read_table(path);
  const auto field = [&](size_t row, const char* name) {
    const bool there = std::find(table.columns.begin(), table.columns.end(), name) != table.columns.end();
    return there ? table.text(row, table.column(name)) : std::string();
  };
  std::vector<NeuronFiles> models;
  std::set<std::string> labels;
  Problems problems(fmt::format("the models of '{}' cannot be read", path.string()));
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto layers = paths_in(field(row, "layers"), path.parent_path());
    models.push_back({.model = table.text(row, table.column("model")),
                      .neurons = paths_in(table.text(row, table.column("neurons")), path.parent_path()),
                      .words = paths_in(field(row, "words"), path.parent_path()),
                      .layers = layers.empty() ? fs::path() : layers.front()});
    if (bids_label(models.back().model).empty())
      problems.add("line {}: '{}' has no letter or digit to name files by", table.lines[row], models.back().model);
    else if (!labels.insert(lower_ascii(bids_label(models.back().model))).second)
      problems.add("line {}: the model '{}' is there twice (only letters and digits count, in any case)",
                   table.lines[row], models.back().model);
    if (models.back().neurons.empty()) problems.add("line {}: no file of neurons", table.lines[row]);
  }
  if (models.empty()) problems.add("it names no model");
  problems.raise();
  return models;
}

ModelNeurons read_neurons(const NeuronFiles& files, const TimeAxis& axis) {
  const auto parts = file_rows(files, axis);
  ModelNeurons model;
  std::vector<Tensor> runs;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto units = read_run(files, i);
    runs.push_back(on_volumes(units, parts[i], axis, files.neurons[i]));
    if (runs.back().size(1) != runs.front().size(1))
      bad_input("'{}' has {} neurons, '{}' has {}", files.neurons[i].string(), runs.back().size(1),
                files.neurons[0].string(), runs.front().size(1));
    if (i == 0) model.layer_of = units.layer_of;
  }
  model.series = at::cat(runs, 0);
  if (!files.layers.empty()) model.layer_of = read_layers(files.layers, model.series.size(1));
  return model;
}

std::vector<ResponseMatrix> read_responses(const fs::path& path) {
  const auto array = read_npy(path);
  if ((array.dim() != 2 && array.dim() != 3) || array.numel() == 0)
    bad_input("'{}' is {}: expected volumes x vertices, or subjects x volumes x vertices", path.string(),
              shape_text(array));
  if (array.dim() == 2) return {array};
  std::vector<ResponseMatrix> subjects;
  for (const auto& own : array.unbind(0)) subjects.emplace_back(own);
  return subjects;
}

std::vector<RowRange> runs_of(const std::vector<int64_t>& lengths, int64_t volumes) {
  if (lengths.empty()) return {{0, volumes}};
  const auto runs = stack_ranges(lengths);
  if (runs.back().end != volumes)
    bad_usage("--run-volumes add up to {}, the responses have {} volumes", runs.back().end, volumes);
  return runs;
}

}  // namespace arcuate
