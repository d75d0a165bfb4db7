#include "cmd/encode_banded_support.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/variance_partition.h"
#include "io/table.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr int64_t usual_samples = 100;
constexpr size_t most_partitioned = 3;  // bands whose sets are all fitted

std::vector<std::string> band_names(const EncodeBands& options, const ArrayNames& arrays) {
  auto names = options.names;
  if (names.empty())
    for (const auto& file : arrays.features) names.push_back(array_stem(file));
  return names;
}

// A row for each sample, a column for each band. What their values may be, the search says.
std::vector<std::vector<double>> read_scales(const std::string& name, int64_t bands) {
  const auto array = read_named_array(name);
  if (array.dim() != 2 || array.size(1) != bands)
    bad_input("--band-scales '{}' is {}: expected samples x {} bands", name, shape_text(array), bands);
  std::vector<std::vector<double>> rows;
  for (int64_t i = 0; i < array.size(0); ++i) rows.push_back(to_vector(array[i]));
  within("--band-scales", [&] { check_scales(rows, static_cast<size_t>(bands)); });
  return rows;
}

// The model of some bands, by a search of its own over their scales.
BandSearchResult fit_some(const EncodeBands& options, const RidgeProblem& problem,
                          const std::vector<RidgeSplit>& splits, const RidgeOptions& ridge, const cli::Run& run,
                          const std::string& label) {
  const auto bands = std::ssize(problem.bands);
  BandDraws draws{.samples = bands == 1 ? 1 : options.samples.value_or(usual_samples),
                  .seed = static_cast<uint64_t>(run.common.seed)};
  if (!options.concentrations.empty()) draws.concentrations = options.concentrations;
  const auto scales = options.scales.empty() ? draw_scales(bands, draws) : read_scales(options.scales, bands);
  auto compute = run.compute;
  auto bar = run.console.progress(label);
  compute.progress = bar.callback();
  return search_bands(problem, {.scales = scales, .refinements = bands == 1 ? 0 : options.refinements.value_or(0)},
                      splits, ridge, compute);
}

bool in_set(uint64_t set, size_t band) { return (set >> band & 1) == 1; }

RidgeProblem with_bands(RidgeProblem problem, uint64_t set) {
  std::vector<Tensor> some;
  for (size_t b = 0; b < problem.bands.size(); ++b)
    if (in_set(set, b)) some.push_back(problem.bands[b]);
  problem.bands = std::move(some);
  return problem;
}

std::string set_name(const std::vector<std::string>& names, uint64_t set) {
  std::vector<std::string> parts;
  for (size_t b = 0; b < names.size(); ++b)
    if (in_set(set, b)) parts.push_back(names[b]);
  return join(parts, "+");
}

// splits x bands x V -> bands x V.
Tensor mean_scales(const BandedFit& fit) { return fit.joint.scales.mean(0); }

Json column_descriptions(bool unique) {
  const auto about = [](const char* text) { return Json{{"Description", text}}; };
  Json columns{
      {"target", about("Column of the responses, counted from 0")},
      {"band", about("Name of the feature file, or intercept: what the training means alone predict")},
      {"scale", about("Chosen scale of the band, a share of 1, mean over the splits; n/a for the intercept")},
      {"split_r", about("Part of r that the band's part of the prediction gives; parts sum to r of scores.tsv")},
      {"split_r2", about("Part of r2, by the product measure; parts sum to r2 of scores.tsv")}};
  if (unique)
    columns["unique"] = about("r2 of scores.tsv less that of a model without the band, with a search of its own");
  return columns;
}

void write_partition(const std::filesystem::path& folder, const BandedFit& fit, const std::vector<Flag>& flags) {
  std::vector<std::vector<std::string>> rows;
  for (size_t v = 0; v < flags.size(); ++v)
    for (int64_t set = 1; set < fit.partition.size(0); ++set)
      rows.push_back(
          {std::to_string(v), set_name(fit.names, static_cast<uint64_t>(set)),
           flags[v] == Flag::ok ? shortest(fit.partition[set][static_cast<int64_t>(v)].item<double>()) : "n/a"});
  write_json(folder / "variance.json",
             {{"target", {{"Description", "Column of the responses, counted from 0"}}},
              {"bands", {{"Description", "One band: what it explains alone; several: what only these have in common"}}},
              {"r2", {{"Description", "Explained variance; the rows of a target sum to r2 of scores.tsv"}}}});
  write_tsv(folder / "variance.tsv", {"target", "bands", "r2"}, rows);
}

}  // namespace

void describe_encode_bands(cli::Spec<EncodeBands>& s) {
  s.section("Bands");
  s.flag("bands", &EncodeBands::asked,
         "each feature file is a band with a scale of its own, searched for each target; writes bands.tsv: scales and "
         "what each band contributes to r and r2");
  s.option("band-names", &EncodeBands::names, "a name for each feature file; if not given, the file's own")
      .metavar("NAME");
  s.option("band-samples", &EncodeBands::samples,
           "random scales to try, 100 if not given; the first are equal ones, the others points of the simplex from "
           "Dirichlet distributions and --seed")
      .range(1, std::numeric_limits<double>::infinity())
      .metavar("N");
  s.option("band-concentrations", &EncodeBands::concentrations,
           "concentrations of these distributions, which take turns; 0.1,1 if not given: small ones leave most bands "
           "nearly out, 1 is uniform")
      .metavar("LIST");
  s.option("band-refinements", &EncodeBands::refinements,
           "rounds in which each group of targets with the same scales then tries one band's scale a factor larger and "
           "smaller (4, 2, sqrt 2 …); 0 if not given")
      .range(0, 20)
      .metavar("N");
  s.option("band-scales", &EncodeBands::scales,
           "scales to try in the place of random ones: an array of samples x bands, named as --features are")
      .metavar("ARRAY");
  s.flag(
      "band-unique", &EncodeBands::unique,
      "fit models without each band too: its unique variance in bands.tsv; with two or three bands also variance.tsv, "
      "what each set of bands explains in common");
}

void check_encode_bands(const EncodeBands& options, const ArrayNames& arrays, const RidgeOptions& ridge) {
  const bool any = !options.names.empty() || options.samples || options.refinements || options.unique ||
                   !options.concentrations.empty() || !options.scales.empty();
  if (!options.asked) {
    if (any) bad_usage("options that begin with --band- have no meaning without --bands");
    return;
  }
  if (arrays.features.size() < 2)
    bad_usage("--bands needs at least two feature files, one a band, found {}", arrays.features.size());
  if (!options.scales.empty() && (options.samples || !options.concentrations.empty()))
    bad_usage("--band-scales are scales to try, and --band-samples and --band-concentrations draw others; give one");
  if (!options.scales.empty() && options.unique)
    bad_usage("--band-unique fits models of fewer bands, of which --band-scales has no scales; let them be drawn");
  if (ridge.bf16_scores) bad_usage("--precision bf16 is not available with --bands; use f32");
  if (!options.names.empty() && options.names.size() != arrays.features.size())
    bad_usage("{} --band-names for {} feature files", options.names.size(), arrays.features.size());
  Problems problems("bands must have names of their own; give --band-names", Fault::usage);
  const auto names = band_names(options, arrays);
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "intercept" || names[i].find('+') != std::string::npos)
      problems.add("'{}' cannot be the name of band {}: 'intercept' and '+' have a meaning in the tables", names[i],
                   i + 1);
    for (size_t j = 0; j < i; ++j)
      if (names[i] == names[j]) problems.add("'{}' is the name of bands {} and {}", names[i], j + 1, i + 1);
  }
  problems.raise();
  if (!options.scales.empty()) read_scales(options.scales, std::ssize(arrays.features));
  draw_scales(2, {.samples = 1,
                  .concentrations = options.concentrations.empty() ? std::vector<double>{1} : options.concentrations});
}

BandedFit fit_bands(const EncodeBands& options, const ArrayNames& arrays, const RidgeProblem& problem,
                    const std::vector<RidgeSplit>& splits, const RidgeOptions& ridge, const cli::Run& run) {
  BandedFit fit{.names = band_names(options, arrays),
                .joint = fit_some(options, problem, splits, ridge, run, "fitting all bands")};
  if (!options.unique) return fit;
  const size_t bands = problem.bands.size();
  const uint64_t all = (uint64_t{1} << bands) - 1;
  const auto r2_of = [&](uint64_t set) {
    if (set == all) return fit.joint.fit.r2;
    return fit_some(options, with_bands(problem, set), splits, ridge, run, "fitting " + set_name(fit.names, set))
        .fit.r2;
  };
  std::vector<Tensor> unique;
  if (bands <= most_partitioned) {
    std::vector<Tensor> r2{at::zeros_like(fit.joint.fit.r2)};
    for (uint64_t set = 1; set <= all; ++set) r2.push_back(r2_of(set));
    fit.partition = variance_partition(at::stack(r2));
    for (size_t b = 0; b < bands; ++b) unique.push_back(fit.partition[int64_t{1} << b]);
  } else {
    for (size_t b = 0; b < bands; ++b) unique.push_back(fit.joint.fit.r2 - r2_of(all & ~(uint64_t{1} << b)));
  }
  fit.unique = at::stack(unique);
  return fit;
}

void write_bands(const std::filesystem::path& folder, const BandedFit& fit, const std::vector<Flag>& flags) {
  const bool has_unique = fit.unique.defined();
  const auto parts = part_scores(fit.joint.parts);
  const auto scales = mean_scales(fit);
  std::vector<std::vector<std::string>> rows;
  for (size_t v = 0; v < flags.size(); ++v)
    for (int64_t part = 0; part <= std::ssize(fit.names); ++part) {
      const auto number = [&](const Tensor& values, int64_t row) -> std::string {
        if (flags[v] != Flag::ok || row < 0) return "n/a";
        return shortest(values[row][static_cast<int64_t>(v)].item<double>());
      };
      const int64_t band = part - 1;
      rows.push_back({std::to_string(v), band < 0 ? "intercept" : fit.names[static_cast<size_t>(band)],
                      number(scales, band), number(parts.r, part), number(parts.r2, part)});
      if (has_unique) rows.back().push_back(number(fit.unique, band));
    }
  std::vector<std::string> columns{"target", "band", "scale", "split_r", "split_r2"};
  if (has_unique) columns.emplace_back("unique");
  write_json(folder / "bands.json", column_descriptions(has_unique));
  write_tsv(folder / "bands.tsv", columns, rows);
  if (fit.partition.defined()) write_partition(folder, fit, flags);
}

Json bands_record(const BandedFit& fit, const std::vector<int64_t>& widths, const std::vector<Flag>& flags) {
  std::vector<int64_t> ok;
  for (size_t v = 0; v < flags.size(); ++v)
    if (flags[v] == Flag::ok) ok.push_back(static_cast<int64_t>(v));
  const auto mean = [&](const Tensor& values) -> Json {
    if (ok.empty()) return nullptr;
    return values.index_select(0, index_tensor(ok)).mean().item<double>();
  };
  const auto parts = part_scores(fit.joint.parts);
  const auto scales = mean_scales(fit);
  Json list = Json::array();
  for (int64_t b = 0; b < std::ssize(fit.names); ++b) {
    list.push_back({{"name", fit.names[static_cast<size_t>(b)]},
                    {"columns", widths[static_cast<size_t>(b)]},
                    {"mean_scale", mean(scales[b])},
                    {"mean_split_r", mean(parts.r[b + 1])},
                    {"mean_split_r2", mean(parts.r2[b + 1])}});
    if (fit.unique.defined()) list.back()["mean_unique"] = mean(fit.unique[b]);
  }
  return list;
}

}  // namespace arcuate
