// Analysis "networks": functional networks inside the study's models, matched with named networks of the brain (Sun et
// al. 2024).
#include <ATen/ATen.h>

#include <algorithm>

#include "analysis/networks.h"
#include "analysis/neuron_signals.h"
#include "core/hash.h"
#include "core/random.h"
#include "core/text.h"
#include "model/family.h"
#include "study/analysis.h"
#include "study/extraction.h"
#include "study/feature_kinds.h"
#include "study/network_templates.h"
#include "study/networks_needs.h"
#include "study/networks_section.h"
#include "study/networks_store.h"
#include "study/study_names.h"
#include "study/study_needs.h"

namespace arcuate {
namespace {

const Names<Grouping> groupings{{"strongest", Grouping::strongest}, {"any", Grouping::any}};
const Names<SubjectUse> subject_uses{{"mean", SubjectUse::mean}, {"each", SubjectUse::each}};
const Names<MapMethod> map_methods{{"lasso", MapMethod::lasso}, {"ridge", MapMethod::ridge}, {"ols", MapMethod::ols}};
enum class MapValues { binary, weighted };
const Names<MapValues> map_value_names{{"binary", MapValues::binary}, {"weighted", MapValues::weighted}};

class NetworksAnalysis : public Analysis {
 public:
  explicit NetworksAnalysis(StudySection& section) {
    section.read("models", models_);
    section.read("untrained", untrained_);
    section.read("layers", layers_);
    section.read("templates", templates_, given_templates_);
    section.read("networks", networks_);
    section.read_choice("align", time_.align, methods);
    section.read("haemodynamic", time_.haemodynamic);
    section.read("lead_in", time_.lead_in);
    section.read("seed", seed_);
    read_dictionary(section);
    read_maps(section);
    check_numbers(section);
    options_.dictionary.seed = derive_seed(seed_, "atoms");
    options_.chance.seed = derive_seed(seed_, "surrogates");
  }

  Json settings() const override {
    Json json{{"models", models_},
              {"untrained", untrained_},
              {"layers", layers_},
              {"templates", given_templates_},
              {"networks", networks_},
              {"haemodynamic", time_.haemodynamic},
              {"lead_in", time_.lead_in},
              {"atoms", options_.dictionary.atoms},
              {"sparsity", options_.dictionary.coding.penalty},
              {"positive", options_.dictionary.coding.positive},
              {"batch", options_.dictionary.batch},
              {"epochs", options_.dictionary.epochs},
              {"forgetting", options_.dictionary.forgetting},
              {"map_penalty", options_.maps.penalty},
              {"flip", options_.extent.flip},
              {"drop_negatives", options_.extent.drop_negatives},
              {"map_threshold", options_.extent.threshold},
              {"scale", options_.extent.scale},
              {"template_threshold", template_threshold_},
              {"match_iou", options_.match_iou},
              {"surrogates", options_.chance.surrogates},
              {"fdr", fdr_},
              {"seed", seed_}};
    json["align"] = name_of(time_.align, methods);
    json["grouping"] = name_of(options_.grouping, groupings);
    json["subjects"] = name_of(subjects_, subject_uses);
    json["map_method"] = name_of(options_.maps.method, map_methods);
    json["map_values"] = name_of(options_.extent.binary ? MapValues::binary : MapValues::weighted, map_value_names);
    return json;
  }

  void check(const Study& study, Problems& problems) const override {
    std::vector<std::string> known;
    for (const auto& model : study.models) known.push_back(model.name);
    if (known.empty()) problems.add("an analysis of the kind networks needs a [[model]]");
    if (models_ != all_)
      for (const auto& name : models_)
        if (std::find(known.begin(), known.end(), name) == known.end())
          problems.add("'analysis.models' names '{}', which is no [[model]]{}", name, suggestion(name, known));
    if (given_templates_.empty())
      problems.add(
          "an analysis of the kind networks needs 'analysis.templates': a .tsv with a column target, named as the "
          "study's targets are, and a column for each named network, above 0 where a target belongs to it");
  }

  std::vector<std::filesystem::path> files() const override { return {templates_}; }

  std::vector<Unit> units(const AnalysisInput& input) const override {
    const auto spaces = chosen_spaces(input);
    check_spaces(input, spaces);
    without_lead_in(input.plan.responses.stories, time_.lead_in);
    const auto templates = read_target_templates(templates_, input.plan.responses.targets, networks_);
    network_extents(templates, unflagged_targets(input), template_threshold_, options_.extent.binary);
    auto extraction = extraction_work(input.plan);
    extraction.work = folder_of(input);
    extraction.tapped = Units::ffn;
    auto units = extraction_units(extraction, spaces);
    for (auto& unit : units) unit.id = input.name + "/" + unit.id;
    const size_t stories = input.plan.stories.size();
    std::vector<Unit> searches;
    for (size_t i = 0; i < spaces.size(); ++i) {
      AnalysisWork work{.place = place_of(spaces[i]),
                        .settings = settings(),
                        .depends_on = depends_on(input, spaces[i], templates),
                        .needs = needs_of(input, spaces[i])};
      for (size_t s = 0; s < stories; ++s) work.inputs.push_back(units[i * stories + s].id);
      searches.push_back(
          analysis_unit(input, std::move(work),
                        [this, &input, space = spaces[i], templates](const Compute& compute, Hdf5Writer& file) {
                          search(input, space, templates, compute, file);
                        }));
    }
    for (auto& unit : searches) units.push_back(std::move(unit));
    return units;
  }

  PageSection finish(const AnalysisInput& input, const Summary&, const AnalysisOutput& output) const override {
    const auto templates = read_target_templates(templates_, input.plan.responses.targets, networks_);
    NetworksStudy study{.name = input.name,
                        .frame = {.networks = templates.names,
                                  .all_vertices = input.plan.responses.target_count(),
                                  .match_iou = options_.match_iou,
                                  .fdr = fdr_,
                                  .surrogates = options_.chance.surrogates,
                                  .simulated = output.simulated()},
                        .networks = at::where(templates.values > template_threshold_, templates.values,
                                              at::zeros_like(templates.values)),
                        .maps = input.maps};
    for (const auto& space : chosen_spaces(input)) {
      auto stored = read_networks(Hdf5Reader(analysis_file(input, place_of(space))), space.id, options_);
      study.frame.vertices = stored.vertices;  // the same of every model: the responses decide
      const size_t place = study.models.size();
      if (space.training == Training::trained)
        study.pairs.push_back({.trained = place});
      else
        study.pairs.back().twin = static_cast<std::ptrdiff_t>(place);
      study.models.push_back(std::move(stored.networks));
    }
    write_tables(study, output);
    return networks_section(study, output);
  }

 private:
  void read_dictionary(StudySection& section) {
    section.read("atoms", options_.dictionary.atoms);
    section.read("sparsity", options_.dictionary.coding.penalty);
    section.read("positive", options_.dictionary.coding.positive);
    section.read("batch", options_.dictionary.batch);
    section.read("epochs", options_.dictionary.epochs);
    section.read("forgetting", options_.dictionary.forgetting);
    section.read_choice("grouping", options_.grouping, groupings);
  }

  void read_maps(StudySection& section) {
    section.read_choice("subjects", subjects_, subject_uses);
    section.read_choice("map_method", options_.maps.method, map_methods);
    section.read("map_penalty", options_.maps.penalty);
    section.read("flip", options_.extent.flip);
    section.read("drop_negatives", options_.extent.drop_negatives);
    section.read("map_threshold", options_.extent.threshold);
    section.read("scale", options_.extent.scale);
    auto values = MapValues::binary;
    section.read_choice("map_values", values, map_value_names);
    options_.extent.binary = values == MapValues::binary;
    section.read("template_threshold", template_threshold_);
    section.read("match_iou", options_.match_iou);
    section.read("surrogates", options_.chance.surrogates);
    section.read("fdr", fdr_);
  }

  void check_numbers(StudySection& section) const {
    const auto share = [&](const char* key, double value) {
      if (!(value >= 0 && value <= 1)) section.wrong(key, "from 0 to 1");
    };
    const auto& dictionary = options_.dictionary;
    if (dictionary.atoms < 1) section.wrong("atoms", "at least 1");
    if (!(dictionary.coding.penalty >= 1e-6 && dictionary.coding.penalty < 1))
      section.wrong("sparsity", "at least 1e-6 and below 1: signals have norm 1");
    if (dictionary.batch < 1) section.wrong("batch", "at least 1 neuron");
    if (dictionary.epochs < 0) section.wrong("epochs", "0 or more");
    if (!(dictionary.forgetting >= 0 && dictionary.forgetting <= 100)) section.wrong("forgetting", "from 0 to 100");
    if (!(options_.maps.penalty > 0)) section.wrong("map_penalty", "above 0");
    if (time_.lead_in < 0) section.wrong("lead_in", "0 volumes or more");
    if (options_.chance.surrogates < 0) section.wrong("surrogates", "0 (no test) or more");
    share("map_threshold", options_.extent.threshold);
    share("match_iou", options_.match_iou);
    share("fdr", fdr_);
  }

  static std::string place_of(const FeatureSpace& space) { return "found/" + space.id; }
  static std::filesystem::path folder_of(const AnalysisInput& input) { return input.plan.work / input.name; }

  // The models asked for, each followed by its first twin, with the layers that have feed-forward units.
  std::vector<FeatureSpace> chosen_spaces(const AnalysisInput& input) const {
    std::vector<FeatureSpace> spaces;
    for (const auto& space : input.spaces) {
      const bool wanted = models_ == all_ || std::find(models_.begin(), models_.end(), space.name) != models_.end();
      const bool first_twin =
          untrained_ && !spaces.empty() && spaces.back().name == space.name && !spaces.back().seed.has_value();
      if (!space.model || !wanted || (space.training == Training::untrained && !first_twin)) continue;
      spaces.push_back(space);
      auto& own = spaces.back();
      own.layers = parse_layers(layers_, spec_of(space).layers);
      if (layers_ == "all") own.layers.erase(own.layers.begin());
      own.layer_names.clear();
      for (const int64_t layer : own.layers) own.layer_names.push_back(std::to_string(layer));
    }
    return spaces;
  }

  void check_spaces(const AnalysisInput& input, const std::vector<FeatureSpace>& spaces) const {
    Problems problems(fmt::format("the analysis '{}' asks for what models do not have", input.name), Fault::usage);
    for (const auto& space : spaces) {
      if (space.training != Training::trained) continue;
      const auto spec = spec_of(space);
      if (space.layers.front() < 1 || space.layers.back() > spec.layers)
        problems.add("'analysis.layers' is {}, but feed-forward units of {} are in the layers 1 to {}", layers_,
                     space.name, spec.layers);
      const auto neurons = static_cast<int64_t>(space.layers.size()) * spec.block.width;
      if (options_.dictionary.atoms > neurons)
        problems.add("'analysis.atoms' is {}, but {} has {} feed-forward units in the layers asked for",
                     options_.dictionary.atoms, space.name, neurons);
    }
    problems.raise();
  }

  UnitNeeds needs_of(const AnalysisInput& input, const FeatureSpace& space) const {
    const auto neurons = std::ssize(space.layers) * feature_width(space, input.plan.stories);
    return network_needs(input.plan, space, options_,
                         {.neurons = neurons,
                          .of_layer = feature_width(space, input.plan.stories),
                          .subjects = single_subjects(input),
                          .use = subjects_});
  }

  static int64_t single_subjects(const AnalysisInput& input) {
    return static_cast<int64_t>(input.plan.responses.subjects.size()) - (input.plan.study.encode.mean_subject ? 1 : 0);
  }

  // Targets that can be used in every subject.
  static std::vector<int64_t> unflagged_targets(const AnalysisInput& input) {
    const auto& responses = input.plan.responses;
    std::vector<int64_t> targets;
    for (int64_t v = 0; v < responses.target_count(); ++v) {
      bool usable = true;
      for (int64_t s = 0; s < single_subjects(input); ++s)
        usable = usable && responses.flags[static_cast<size_t>(s * responses.target_count() + v)] == Flag::ok;
      if (usable) targets.push_back(v);
    }
    return targets;
  }

  // Besides the units themselves: when words (or the sound) and volumes were, how both are cleaned, the responses, the
  // networks.
  static Json depends_on(const AnalysisInput& input, const FeatureSpace& space, const NetworkTemplates& templates) {
    const auto& align = input.plan.study.align;
    const auto values = templates.values.contiguous();
    Json json{{"responses", input.plan.responses.hash},
              {"clean", {align.trim_start, align.trim_end, align.highpass, align.zscore}},
              {"volumes", input.plan.responses.story_lengths()},
              {"networks", templates.names},
              {"templates", sha256({static_cast<const char*>(values.data_ptr()), values.nbytes()})}};
    for (const auto& story : input.plan.stories)
      json["time"].push_back({story.stimulus->tr, story.stimulus->first_volume, story.stimulus->lead,
                              space.hears ? Json(story_moment(story, 0)) : Json(story.times)});
    return json;
  }

  void search(const AnalysisInput& input, const FeatureSpace& space, const NetworkTemplates& templates,
              const Compute& compute, Hdf5Writer& file) const {
    const auto& responses = input.plan.responses;
    std::vector<ResponseMatrix> subjects;
    for (int64_t s = 0; s < single_subjects(input); ++s)
      subjects.push_back(responses.matrix.slice(responses.columns_of(s)));
    const auto usable = usable_responses(subjects, responses.stories, time_.lead_in, subjects_);
    ModelNetworks model{.model = space.id};
    const NetworkProblem problem{
        .neurons = study_units(input.plan, space, folder_of(input), time_, model),
        .layer_of = model.layer_of,
        .responses = usable.subjects,
        .networks = network_extents(templates, usable.vertices, template_threshold_, options_.extent.binary),
        .runs = without_lead_in(responses.stories, time_.lead_in)};
    model.found = functional_networks(problem, options_, compute);
    write_networks(model, usable.vertices, file);
  }

  static void write_tables(const NetworksStudy& study, const AnalysisOutput& output) {
    output.table("networks", networks_table(study.models, study.frame),
                 "Networks and their best maps: one row per model and network");
    output.table("metrics", metrics_table(study.models), "How networks are organised: one row per model and metric");
    output.table("matches", matches_table(study.models, study.frame),
                 "Maps against networks: one row per model, atom and network");
    output.table("atoms", atoms_table(study.models, study.frame), "Atoms: one row per model and atom");
    output.table("groups", groups_table(study.models),
                 "Layers of the atoms' neurons: one row per model, atom and layer");
    output.table("neurons", neurons_table(study.models), "Neurons of every group: one row per model, atom and neuron");
  }

  const std::vector<std::string> all_{"all"};
  std::vector<std::string> models_{"all"}, networks_{};
  bool untrained_ = true;
  std::string layers_ = "all", given_templates_{};
  std::filesystem::path templates_{};
  UnitTimeOptions time_{};
  SubjectUse subjects_ = SubjectUse::mean;
  NetworkOptions options_{};
  double template_threshold_ = 0, fdr_ = 0.05;
  uint64_t seed_ = 0;
};

}  // namespace

extern const AnalysisKind networks_kind{"networks", "functional networks inside models, matched with those of brains",
                                        [](StudySection& section) -> std::unique_ptr<const Analysis> {
                                          return std::make_unique<NetworksAnalysis>(section);
                                        }};

}  // namespace arcuate
