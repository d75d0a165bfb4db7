// arcuate networks: functional networks inside language models, from bare arrays.
#include <ATen/ATen.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "analysis/networks.h"
#include "cli/command.h"
#include "cli/run.h"
#include "cmd/groups.h"
#include "cmd/networks_data_support.h"
#include "cmd/networks_results_support.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/random.h"
#include "core/text.h"
#include "study/network_templates.h"

namespace arcuate {
namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();
enum class MapValues { binary, weighted };

struct Arrays {
  std::vector<fs::path> neurons{}, words{};
  fs::path layers{}, models{}, responses{}, templates{};
  std::vector<std::string> network_names{}, networks{};
  bool simulated = false;
};

struct Options {
  Arrays arrays{};
  groups::OutputFolder output{};
  double tr = 2;
  std::optional<double> first_volume{};
  AlignMethod align = AlignMethod::mean;
  std::vector<int64_t> run_volumes{};
  bool haemodynamic = true;
  int64_t lead_in = 0;
  DictionaryOptions dictionary{};
  Grouping grouping = Grouping::strongest;
  SubjectUse subjects = SubjectUse::mean;
  MapOptions maps{};
  ExtentOptions extent{};
  MapValues map_values = MapValues::binary;
  double template_threshold = 0;
  double match_iou = 0.2;
  int64_t surrogates = 200;
  double fdr = 0.05;
};

void describe_arrays(cli::Spec<Arrays>& s) {
  s.option("neurons", &Arrays::neurons,
           "a model's units: volumes x neurons as FILE.npy, words x neurons as FILE.npy with --words, or FILE.h5 of "
           "`arcuate extract`, which holds words and layers; one file a run (volumes of all runs may stand in one)")
      .metavar("FILE");
  s.option("words", &Arrays::words, "times of the rows of --neurons, as `extract` reads them; one file a run")
      .metavar("FILE");
  s.option("layers-of", &Arrays::layers, "table with a column layer, a row a neuron");
  s.option("models", &Arrays::models,
           "several models instead: a table with columns model and neurons, and where needed words and layers; "
           "paths relative to it, files of several runs separated by commas");
  s.option("responses", &Arrays::responses, "recordings: volumes x vertices or subjects x volumes x vertices, .npy")
      .required();
  s.option("templates", &Arrays::templates,
           "maps of named networks: .tsv with a row a vertex and a column a network, or .npy, networks x vertices")
      .required();
  s.option("network-names", &Arrays::network_names, "names of the networks of a .npy file").metavar("LIST");
  s.option("networks", &Arrays::networks, "networks to look for; all when not given").metavar("LIST");
  s.flag("simulated", &Arrays::simulated, "the data are simulated: page and figures say so");
}

void describe_time(cli::Spec<Options>& s) {
  s.section("Time");
  s.option("tr", &Options::tr, "seconds from volume to volume").range(0.01, 100).metavar("S");
  s.option("first-volume", &Options::first_volume, "centre of a run's first volume; half a TR when not given")
      .metavar("S");
  s.option("align", &Options::align, "how words become volumes; the mean or sum of those within a volume, or Lanczos")
      .choices({{"mean", AlignMethod::mean}, {"sum", AlignMethod::sum}, {"lanczos", AlignMethod::lanczos}});
  s.option("run-volumes", &Options::run_volumes, "volumes of each run, which follow one another; one run if not given")
      .range(1, no_limit)
      .metavar("LIST");
  s.flag("no-haemodynamics", &Options::haemodynamic, "do not convolve units with the haemodynamic response of SPM");
  s.option("lead-in", &Options::lead_in, "volumes dropped at the beginning of each run").range(0, no_limit);
}

void describe_coding(cli::Spec<LassoOptions>& s) {
  s.option("sparsity", &LassoOptions::penalty, "penalty of the coefficients, for signals of norm 1; below 1")
      .range(1e-6, 1);
  s.flag("positive", &LassoOptions::positive, "no negative coefficients");
}

void describe_dictionary(cli::Spec<DictionaryOptions>& s) {
  s.section("Atoms");
  s.option("atoms", &DictionaryOptions::atoms, "atoms of the dictionary").range(1, 10'000);
  s.group(describe_coding, &DictionaryOptions::coding);
  s.option("batch", &DictionaryOptions::batch, "neurons coded between two updates of the atoms").range(1, no_limit);
  s.option("epochs", &DictionaryOptions::epochs, "passes over all neurons").range(0, no_limit);
  s.option("forgetting", &DictionaryOptions::forgetting, "how fast early batches lose weight; 0: never").range(0, 100);
}

void describe_map_making(cli::Spec<MapOptions>& s) {
  s.option("map-method", &MapOptions::method, "how each vertex is explained by all atoms together")
      .choices({{"lasso", MapMethod::lasso}, {"ridge", MapMethod::ridge}, {"ols", MapMethod::ols}});
  s.option("map-penalty", &MapOptions::penalty, "penalty of lasso and ridge, for responses of norm 1")
      .range(0, no_limit);
}

void describe_extent(cli::Spec<ExtentOptions>& s) {
  s.flag("no-flip", &ExtentOptions::flip, "do not turn the sign of maps with more negative than positive vertices");
  s.flag("keep-negatives", &ExtentOptions::drop_negatives, "negative vertices belong to a map like positive ones");
  s.option("map-threshold", &ExtentOptions::threshold, "share of its largest value below which a vertex is left out")
      .range(0, 1);
  s.flag("no-scale", &ExtentOptions::scale, "do not divide weighted maps by their standard deviation");
}

void describe_maps(cli::Spec<Options>& s) {
  s.section("Maps");
  s.option("grouping", &Options::grouping, "the atoms a neuron belongs to: the strongest, or any with a coefficient")
      .choices({{"strongest", Grouping::strongest}, {"any", Grouping::any}});
  s.option("subjects", &Options::subjects,
           "maps of the mean subject, or of each: their mean is matched, and their agreement reported")
      .choices({{"mean", SubjectUse::mean}, {"each", SubjectUse::each}});
  s.group(describe_map_making, &Options::maps);
  s.group(describe_extent, &Options::extent);
  s.option("map-values", &Options::map_values, "what is compared: in or out, or how much")
      .choices({{"binary", MapValues::binary}, {"weighted", MapValues::weighted}});
}

void describe_matching(cli::Spec<Options>& s) {
  s.section("Matching");
  s.option("template-threshold", &Options::template_threshold, "a vertex belongs to a network above this value");
  s.option("match-iou", &Options::match_iou, "a map matches a network above this intersection over union").range(0, 1);
  s.option("surrogates", &Options::surrogates, "phase-randomised sets of atoms that chance is judged by; 0: no test")
      .range(0, 1'000'000);
  s.option("fdr", &Options::fdr, "q up to which the page calls a network better than chance").range(0, 1);
}

void describe(cli::Spec<Options>& s) {
  s.summary("functional networks inside language models, matched with brain networks");
  s.description(
      "Learns a sparse dictionary of the time courses of a model's units, groups units by the atom they share, "
      "explains "
      "every vertex of the recordings by all atoms, and matches the atoms' maps with named networks by their "
      "intersection over union. Chance is judged by phase-randomised atoms.");
  s.description(
      "Writes metrics.tsv (diversity, consistency, compactness), networks.tsv, matches.tsv, atoms.tsv, groups.tsv "
      "(layers) and neurons.tsv, each with a .json that says what its columns mean; MODEL_atoms.npy, MODEL_maps.npy "
      "and "
      "MODEL_extents.npy; report.html, figures/ and manifest.json. Constant neurons are left out and counted; so are "
      "vertices that are constant, NaN or infinite in any subject.");
  s.section("Arrays");
  s.group(describe_arrays, &Options::arrays);
  s.group(groups::output_folder, &Options::output);
  describe_time(s);
  s.group(describe_dictionary, &Options::dictionary);
  describe_maps(s);
  describe_matching(s);
  s.example("arcuate extract --model models/tales-1m --words story.tsv --units ffn --output story.h5",
            "the feed-forward units of a model");
  s.example("arcuate networks --neurons story.h5 --responses Y.npy --templates networks.tsv --tr 1.5 --output found",
            "its networks");
  s.example("arcuate networks --models models.tsv --responses Y.npy --templates networks.tsv --output compared",
            "several models in one table");
}

std::vector<NeuronFiles> wanted_models(const Arrays& arrays) {
  if (arrays.models.empty() == arrays.neurons.empty())
    bad_usage("give the units of one model with --neurons, or a table of several with --models{}",
              arrays.neurons.empty() ? "" : ", not both");
  if (!arrays.models.empty()) {
    if (!arrays.words.empty() || !arrays.layers.empty())
      bad_usage("with --models, words and layers are columns of the table; leave out --words and --layers-of");
    return read_model_table(arrays.models);
  }
  return {{.model = arrays.neurons.front().stem().string(),
           .neurons = arrays.neurons,
           .words = arrays.words,
           .layers = arrays.layers}};
}

std::vector<fs::path> input_files(const Arrays& arrays, const std::vector<NeuronFiles>& models) {
  std::vector<fs::path> files{arrays.responses, arrays.templates};
  if (!arrays.models.empty()) files.push_back(arrays.models);
  for (const auto& model : models) {
    files.insert(files.end(), model.neurons.begin(), model.neurons.end());
    files.insert(files.end(), model.words.begin(), model.words.end());
    if (!model.layers.empty()) files.push_back(model.layers);
  }
  return files;
}

NetworkOptions network_options(const Options& options, int64_t seed) {
  const auto own = static_cast<uint64_t>(seed);
  NetworkOptions wanted{.dictionary = options.dictionary,
                        .grouping = options.grouping,
                        .maps = options.maps,
                        .extent = options.extent,
                        .match_iou = options.match_iou,
                        .chance = {.surrogates = options.surrogates, .seed = derive_seed(own, "surrogates")}};
  wanted.dictionary.seed = derive_seed(own, "atoms");
  wanted.extent.binary = options.map_values == MapValues::binary;
  return wanted;
}

ModelNetworks find_networks(const NeuronFiles& files, const TimeAxis& axis, NetworkProblem problem,
                            const Options& options, cli::Run& run) {
  const auto read = read_neurons(files, axis);
  auto signals = neuron_signals(read.series, axis.runs,
                                {.tr = options.tr, .haemodynamic = options.haemodynamic, .lead_in = options.lead_in});
  ModelNetworks model{
      .model = files.model, .neurons = signals.kept, .constant = read.series.size(1) - signals.values.size(1)};
  const auto units = units_within_layers(read.layer_of);
  if (!read.layer_of.empty())
    for (const int64_t neuron : signals.kept) {
      model.layer_of.push_back(read.layer_of[static_cast<size_t>(neuron)]);
      model.unit_of.push_back(units[static_cast<size_t>(neuron)]);
    }
  problem.neurons = std::move(signals.values);
  problem.layer_of = model.layer_of;
  if (model.constant > 0)
    run.console.warn("{}: {} of {} neurons are constant and left out", files.model, model.constant,
                     read.series.size(1));
  run.console.info(
      "neurons    {}: {}{}", files.model, problem.neurons.size(1),
      model.layer_of.empty() ? "" : fmt::format(" in layers {} to {}", model.layer_of.front(), model.layer_of.back()));
  if (run.common.dry_run) return model;
  auto bar = run.console.progress("surrogates " + files.model);
  run.compute.progress = bar.callback();
  model.found = functional_networks(problem, network_options(options, run.common.seed), run.compute);
  run.compute.progress = {};
  return model;
}

Json make_manifest(const Options& options, const std::vector<NeuronFiles>& files,
                   const std::vector<ModelNetworks>& models, const NetworksFrame& frame, int64_t subjects,
                   const cli::Run& run) {
  Json manifest = cli::manifest(run.record, input_files(options.arrays, files));
  manifest["seed"] = run.common.seed;
  manifest["simulated"] = frame.simulated;
  manifest["subjects"] = subjects;
  manifest["vertices"] = {{"used", frame.vertices.size()}, {"all", frame.all_vertices}};
  for (const auto& model : models)
    manifest["models"].push_back({{"model", model.model},
                                  {"neurons", model.neurons.size()},
                                  {"constant_neurons", model.constant},
                                  {"replaced_atoms", model.found.dictionary.replaced}});
  return manifest;
}

int run(const Options& options, cli::Run& run) {
  refuse_to_replace(options.output.path / "metrics.tsv", run.common.force);
  const auto files = wanted_models(options.arrays);
  const auto responses = read_responses(options.arrays.responses);
  const TimeAxis axis{.tr = options.tr,
                      .first_volume = options.first_volume.value_or(options.tr / 2),
                      .align = options.align,
                      .runs = runs_of(options.run_volumes, responses.front().rows())};
  auto usable = usable_responses(responses, axis.runs, options.lead_in, options.subjects);
  const auto templates =
      read_templates(options.arrays.templates, options.arrays.network_names, options.arrays.networks);
  const NetworksFrame frame{.networks = templates.names,
                            .vertices = usable.vertices,
                            .all_vertices = responses.front().targets(),
                            .match_iou = options.match_iou,
                            .fdr = options.fdr,
                            .surrogates = options.surrogates,
                            .simulated = options.arrays.simulated};
  if (templates.values.size(1) != frame.all_vertices)
    bad_input("the templates have {} vertices, the responses {}", templates.values.size(1), frame.all_vertices);
  const NetworkProblem problem{.responses = usable.subjects,
                               .networks = network_extents(templates, usable.vertices, options.template_threshold,
                                                           options.map_values == MapValues::binary),
                               .runs = without_lead_in(axis.runs, options.lead_in)};
  if (static_cast<int64_t>(frame.vertices.size()) < frame.all_vertices)
    run.console.warn("{} of {} vertices are constant, NaN or infinite in some subject and left out",
                     frame.all_vertices - static_cast<int64_t>(frame.vertices.size()), frame.all_vertices);
  run.console.info("responses  {} volumes (runs: {}), {} vertices (subjects: {})", problem.runs.back().end,
                   problem.runs.size(), frame.vertices.size(), responses.size());
  run.console.info("networks   {}", join(frame.networks, ", "));
  std::vector<ModelNetworks> models;
  for (const auto& model : files)
    models.push_back(within(fmt::format("finding the networks of the model '{}'", model.model),
                            [&] { return find_networks(model, axis, problem, options, run); }));
  if (run.common.dry_run) return 0;
  const auto& output = options.output.path;
  ensure_writable_folder(output);
  write_json(output / "manifest.json",
             make_manifest(options, files, models, frame, static_cast<int64_t>(responses.size()), run));
  write_network_page(output, models, frame);
  write_network_tables(output, models, frame);
  run.console.out() << networks_text(models, frame);
  run.console.info("written    {}", (output / "report.html").string());
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command networks = cli::command<Options, describe, run>("networks");
}
}  // namespace arcuate
