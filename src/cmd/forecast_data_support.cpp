#include "cmd/forecast_data_support.h"

#include <ATen/ATen.h>

#include <set>

#include "cmd/encode_data_support.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {

using at::Tensor;

namespace {

void read_layers(const ForecastNames& names, ForecastData& data) {
  for (const auto& name : names.features) {
    const auto array = read_named_array(name);
    if ((array.dim() != 2 && array.dim() != 3) || array.numel() == 0)
      bad_input("'{}' is {}: expected words x width, or layers x words x width", name, shape_text(array));
    const auto stem = name.find(':') == name.npos ? fs::path(name).stem().string() : name;
    if (array.dim() == 2) {
      data.input.layers.push_back(array);
      data.layer_names.push_back(stem);
      continue;
    }
    for (int64_t l = 0; l < array.size(0); ++l) {
      data.input.layers.push_back(array[l]);
      data.layer_names.push_back(fmt::format("{}[{}]", stem, l));
    }
  }
}

double moment_of(const Word& word, WordMoment moment) {
  if (moment == WordMoment::onset) return word.onset;
  return moment == WordMoment::offset ? word.offset : (word.onset + word.offset) / 2;
}

std::vector<RowRange> volume_ranges(const ForecastNames& names, int64_t volumes) {
  if (names.volumes.empty()) {
    if (names.words.size() > 1)
      bad_usage("{} stories: --volumes must tell how many of the {} volumes belong to each", names.words.size(),
                volumes);
    return {{0, volumes}};
  }
  if (names.volumes.size() != names.words.size())
    bad_usage("--volumes has {} numbers for {} stories", names.volumes.size(), names.words.size());
  const auto ranges = stack_ranges(names.volumes);
  if (ranges.back().end != volumes)
    bad_input("--volumes add up to {}; '{}' has {} volumes", ranges.back().end, names.responses, volumes);
  return ranges;
}

ForecastTiming read_timing(const ForecastNames& names, int64_t volumes) {
  ForecastTiming timing{
      .words = {}, .times = {}, .volumes = volume_ranges(names, volumes), .centres = {}, .tr = names.tr};
  std::vector<int64_t> lengths;
  for (const auto& path : names.words) {
    const auto story = read_story(path, names.story);
    lengths.push_back(static_cast<int64_t>(story.words.size()));
    for (const auto& word : story.words) timing.times.push_back(moment_of(word, names.moment));
  }
  timing.words = stack_ranges(lengths);
  for (const auto& story : timing.volumes)
    for (int64_t i = 0; i < story.size(); ++i)
      timing.centres.push_back(names.first_volume.value_or(names.tr / 2) + names.tr * static_cast<double>(i));
  return timing;
}

// Column `target` names the targets; `hemisphere` and `region` place them.
void read_targets(const fs::path& path, ForecastData& data) {
  const auto count = data.input.responses.targets() / data.input.subjects;
  if (path.empty()) {
    for (int64_t v = 0; v < count; ++v) data.target_names.push_back(std::to_string(v));
    return;
  }
  const auto table = read_table(path);
  const auto target = table.column("target"), hemisphere = table.column("hemisphere"), region = table.column("region");
  if (static_cast<int64_t>(table.rows.size()) != count)
    bad_input("'{}' has {} targets; the responses have {}", path.string(), table.rows.size(), count);
  Problems problems(fmt::format("'{}'", path.string()));
  std::set<std::string> seen;
  for (size_t v = 0; v < table.rows.size(); ++v) {
    const auto& side = table.text(v, hemisphere);
    if (side != "L" && side != "R" && side != "n/a")
      problems.add("line {}: hemisphere '{}': expected L, R or n/a", table.lines[v], excerpt(side));
    if (!seen.insert(table.text(v, target)).second)
      problems.add("line {}: target '{}' is named twice", table.lines[v], excerpt(table.text(v, target)));
    data.target_names.push_back(table.text(v, target));
    data.input.places.push_back({side, table.text(v, region)});
  }
  problems.raise();
}

// Lengths first, so that a message tells the files' names; their values are checked where they are used.
void check_words(const ForecastNames& names, const ForecastData& data, const at::Tensor& twins) {
  const auto words = static_cast<int64_t>(data.input.timing.times.size());
  Problems problems("features need one row for each word");
  for (size_t l = 0; l < data.input.layers.size(); ++l)
    if (data.input.layers[l].size(0) != words)
      problems.add(
          "'{}' has {} rows for {} words; if the features were made from other words (silences kept, words "
          "without a time dropped), give --silence or --untimed as then",
          data.layer_names[l], data.input.layers[l].size(0), words);
  if (twins.defined() && ((twins.dim() != 3 && twins.dim() != 4) || twins.size(1) != words))
    problems.add("'{}' is {}: expected twins x {} words x width", names.twins, shape_text(twins), words);
  problems.raise();
}

}  // namespace

ForecastData read_forecast_data(const ForecastNames& names) {
  if (!(names.tr > 0)) bad_usage("--tr expects seconds above 0, found {}", names.tr);
  ForecastData data;
  read_layers(names, data);
  auto responses = read_named_array(names.responses);
  if (responses.dim() == 2) responses = responses.unsqueeze(0);
  if (responses.dim() != 3 || responses.numel() == 0)
    bad_input("'{}' is {}: expected volumes x targets, or subjects x volumes x targets", names.responses,
              shape_text(responses));
  data.input.subjects = responses.size(0);
  data.input.timing = read_timing(names, responses.size(1));
  data.input.responses = side_by_side(responses.to(at::kDouble));
  const auto twins = names.twins.empty() ? at::Tensor() : read_named_array(names.twins);
  check_words(names, data, twins);
  if (twins.defined()) data.input.syntactic = syntactic_part(twins);
  read_targets(names.targets, data);
  return data;
}

std::vector<fs::path> forecast_files(const ForecastNames& names) {
  std::vector<fs::path> files;
  for (const auto& name : names.features) files.push_back(array_file(name));
  files.insert(files.end(), names.words.begin(), names.words.end());
  files.push_back(array_file(names.responses));
  if (!names.twins.empty()) files.push_back(array_file(names.twins));
  if (!names.targets.empty()) files.push_back(names.targets);
  std::vector<fs::path> once;
  for (const auto& file : files)
    if (std::find(once.begin(), once.end(), file) == once.end()) once.push_back(file);
  return once;
}

std::vector<int64_t> parse_distances(const std::vector<std::string>& items) {
  constexpr long long farthest = 100000;
  std::set<int64_t> distances;
  for (const auto& item : items) {
    const auto colon = item.find(':');
    const auto first = to_integer(std::string_view(item).substr(0, colon));
    const auto last = colon == item.npos ? first : to_integer(std::string_view(item).substr(colon + 1));
    if (!first || !last || *first > *last || *first < -farthest || *last > farthest)
      bad_usage("--distances expects whole numbers or FIRST:LAST such as -10:30, found '{}'", item);
    for (auto d = *first; d <= *last; ++d) distances.insert(d);
  }
  return {distances.begin(), distances.end()};
}

}  // namespace arcuate
