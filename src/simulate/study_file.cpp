#include "simulate/study_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/json.h"
#include "io/table.h"
#include "simulate/model_sizes.h"
#include "simulate/planting.h"

namespace arcuate {
namespace {

std::string seed_list(int64_t count) {
  std::string list;
  for (int64_t seed = 1; seed <= count; ++seed) list += (seed > 1 ? ", " : "") + std::to_string(seed);
  return "[" + list + "]";
}

// JSON's escapes are those of a TOML string.
std::string quoted(const std::string& text) {
  if (invalid_utf8(text))
    bad_usage("'{}' is not valid UTF-8, and a study file must be: use another name", excerpt(text));
  return Json(text).dump();
}

// First, middle and last: enough to see that twins without training do not rise.
std::string few_layers(int64_t depth) {
  std::set<int64_t> layers;
  for (int64_t layer : {int64_t{0}, depth / 2, depth}) layers.insert(layer);
  std::vector<std::string> names;
  for (int64_t layer : layers) names.push_back(std::to_string(layer));
  return join(names, ",");
}

std::string model_table(const SimulateOptions& options, int64_t depth, const StudyFileOptions& study) {
  const auto& context = options.drive.context;
  auto table = fmt::format(R"([[model]]
name = {}
path = {}
layers = "all"
context = {{ grow_to = {}, keep = {} }}
)",
                           quoted(simulated_model_name(options)),
                           quoted(fs::weakly_canonical(options.drive.model).string()), context.words, context.keep);
  if (study.untrained > 0)
    table += fmt::format(
        "untrained_seeds = {}  # twins with random weights\nuntrained_layers = \"{}\"  # fewer, to save time\n",
        seed_list(study.untrained), few_layers(depth));
  return table + "\n";
}

std::string feature_tables(const SimulatedDataset& dataset, const StudyFileOptions& study) {
  std::string tables = "[[feature]]\nname = \"word_rate\"\nkind = \"word_rate\"\n\n";
  if (study.random_features > 0)
    tables += fmt::format("[[feature]]\nname = \"random\"\nkind = \"random\"\nwidth = 16\nseeds = {}\n\n",
                          seed_list(study.random_features));
  for (const auto& size : model_sizes())
    if (std::find(dataset.sizes.begin(), dataset.sizes.end(), size.name) != dataset.sizes.end())
      tables += fmt::format("[[feature]]\nname = {0}\nkind = \"file\"\npath = {1}\nparameters = {2:.0f}\n\n",
                            quoted(size.name), quoted("features/" + size.name), size.parameters);
  return tables;
}

// A single word is planted: a window of one word tells its distance best.
std::string forecast_table(const SimulateOptions& options, const SimulatedDataset& dataset) {
  const std::string patch = patches_of(Drive::forecast).front();
  std::vector<std::string> delays;  // volumes from 4 to 6 s after a word, where responses peak
  for (auto delay = std::llround(4 / options.drive.tr); delay <= std::llround(6 / options.drive.tr); ++delay)
    delays.push_back(std::to_string(delay));
  return fmt::format(
             R"(
[[analysis]]
kind = "forecast"
model = {}
layer = "{}"           # where it is planted
depths = true
distance = {}          # words ahead; others are planted too
window = 1             # words: one word is planted, not a window of several
align = "sum"          # blurs distances less than the kernel of the scores does
delays = [{}]        # where responses peak: a longer reach blurs distances
regions = [{}]
)",
             quoted(simulated_model_name(options)), drive_layer(options.drive, dataset.depth),
             options.drive.forecast_distances.back(), join(delays, ", "), quoted(patch)) +
         (dataset.twins > 1 ? "twins = \"twins\"        # texts of the same syntax\n" : "");
}

// Of these the analysis of shape makes folds: it wants five, and rows beside the largest.
constexpr int64_t least_spaces = 6;
int64_t spaces_with_shape(const SimulatedDataset& dataset, const StudyFileOptions& study) {
  return 1 + study.untrained + study.random_features + static_cast<int64_t>(dataset.sizes.size());
}

// What can be asked of the drives that were planted.
std::string analysis_tables(const SimulateOptions& options, const SimulatedDataset& dataset,
                            const StudyFileOptions& study) {
  std::string tables;
  const auto planted = [&](Drive drive) { return std::ranges::count(dataset.planted, drive) > 0; };
  if (planted(Drive::forecast)) tables += forecast_table(options, dataset);
  if (!dataset.sizes.empty()) {
    const auto patches = patches_of(Drive::size);
    std::vector<std::string> names;
    for (const auto& size : dataset.sizes) names.push_back(quoted(size));
    tables +=
        fmt::format("\n[[analysis]]\nkind = \"scaling\"\nspaces = [{}]\nregions = [{}]  # where they are planted\n",
                    join(names, ", "), quoted(patches.front()));
  }
  if (std::find(dataset.planted.begin(), dataset.planted.end(), Drive::loop) != dataset.planted.end() &&
      spaces_with_shape(dataset, study) >= least_spaces)
    tables += "\n[[analysis]]\nkind = \"shape\"\nlayers = \"all\"\ngroups = \"space\"  # a twin is held out alone\n";
  if (dataset.networks > 0)
    tables += "\n[[analysis]]\nkind = \"networks\"\ntemplates = \"templates.tsv\"  # the networks that are planted\n";
  return tables;
}

}  // namespace

std::string simulated_model_name(const SimulateOptions& options) {
  return fs::weakly_canonical(options.drive.model).filename().string();
}

std::string study_file(const SimulateOptions& options, const SimulatedDataset& dataset, const StudyFileOptions& study) {
  return fmt::format(R"(# A study of simulated brains: no person was recorded. Change it and run it again:
#   arcuate run study.toml --output results
schema_version = 1
name = {name}
seed = {seed}

[dataset]
layout = "arrays"
root = "."
subjects = "all"
stories = "all"

{model}{features}[align]
method = "lanczos"
delays = [1, 2, 3, 4]  # volumes of {tr} s

[encode]
penalties = "log:2:6:5"  # 100, 1000, … 10^6
folds = "4"            # contiguous blocks of volumes
inner_folds = 4
gap = 5                # volumes between training and test rows
standardize = "features"

[controls]
spaces = ["word_rate"] # increments are over these
scales = [1.0]         # of the controls, relative to the layer

[permutation]
count = 1000           # all circular shifts, where there are fewer
{analyses})",
                     fmt::arg("name", quoted(study.name)), fmt::arg("seed", options.seed),
                     fmt::arg("model", model_table(options, dataset.depth, study)),
                     fmt::arg("features", feature_tables(dataset, study)), fmt::arg("tr", options.drive.tr),
                     fmt::arg("analyses", analysis_tables(options, dataset, study)));
}

}  // namespace arcuate
