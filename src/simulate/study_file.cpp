#include "simulate/study_file.h"

#include <fmt/format.h>

#include <algorithm>
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

// What can be asked of the drives that were planted.
std::string analysis_tables(const SimulatedDataset& dataset) {
  std::string tables;
  if (!dataset.sizes.empty()) {
    const auto patches = patches_of(Drive::size);
    std::vector<std::string> names;
    for (const auto& size : dataset.sizes) names.push_back(quoted(size));
    tables +=
        fmt::format("\n[[analysis]]\nkind = \"scaling\"\nspaces = [{}]\nregions = [{}]  # where they are planted\n",
                    join(names, ", "), quoted(patches.front()));
  }
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
                     fmt::arg("analyses", analysis_tables(dataset)));
}

}  // namespace arcuate
