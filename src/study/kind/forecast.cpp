// Analysis "forecast": how far ahead and how deep responses follow a model (Caucheteux, Gramfort & King 2023).
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/forecast_study.h"
#include "core/hash.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/hdf5.h"
#include "study/analysis.h"
#include "study/design.h"
#include "study/extraction.h"
#include "study/extraction_needs.h"
#include "study/forecast_report.h"
#include "study/study_names.h"
#include "study/study_needs.h"
#include "study/twins.h"

namespace arcuate {
namespace {

const Names<MaskRule> masks{{"none", MaskRule::none},
                            {"positive", MaskRule::positive},
                            {"significant", MaskRule::significant},
                            {"difference", MaskRule::difference}};
const Names<ForecastControl> controls{{"random", ForecastControl::random},
                                      {"shuffled", ForecastControl::shuffled},
                                      {"past", ForecastControl::past},
                                      {"mirrored", ForecastControl::mirrored}};

const Names<TwinPast> pasts{{"story", TwinPast::story}, {"twin", TwinPast::twin}};
const Names<std::optional<AlignMethod>> alignments{
    {"study", std::nullopt}, {"lanczos", AlignMethod::lanczos}, {"sum", AlignMethod::sum}, {"mean", AlignMethod::mean}};

class ForecastAnalysis : public Analysis {
 public:
  explicit ForecastAnalysis(StudySection& section) {
    section.read("model", model_);
    section.read("layer", layer_);
    section.read("depths", depths_);
    section.read("first_distance", first_);
    section.read("last_distance", last_);
    section.read("distance", options_.distance);
    section.read("window", options_.scores.windows.window);
    section.read("components", options_.scores.windows.components);
    section.read_choice("align", align_, alignments);
    section.read("delays", delays_);
    section.read("twins", twins_, given_twins_);
    section.read_choice("twins_past", twin_options_.past, pasts);
    section.read("controls", controls_);
    section.read("regions", regions_);
    section.read_choice("mask", options_.mask.rule, masks);
    section.read("level", options_.mask.level);
    section.read("seed", options_.seed);
    if (first_ > last_ || last_ - first_ > 1000)
      section.wrong("last_distance", "at or after first_distance, at most 1000 words later");
    if (options_.scores.windows.window < 1) section.wrong("window", "at least 1 word");
    if (options_.scores.windows.components < 0) section.wrong("components", "0 (no PCA) or more");
    if (!(options_.mask.level > 0 && options_.mask.level <= 1)) section.wrong("level", "from 0 to 1");
    read_controls(section);
    for (int64_t d = first_; d <= last_; ++d) options_.distances.push_back(d);
    // The PCA of windows of continuations is fitted to those that reach `window` words ahead.
    twin_options_.ahead = std::max({last_, options_.distance, options_.scores.windows.window});
  }

  Json settings() const override {
    Json json{{"model", model_},
              {"depths", depths_},
              {"first_distance", first_},
              {"last_distance", last_},
              {"distance", options_.distance},
              {"window", options_.scores.windows.window},
              {"components", options_.scores.windows.components},
              {"delays", delays_},
              {"twins", given_twins_},
              {"controls", controls_},
              {"regions", regions_},
              {"level", options_.mask.level},
              {"seed", options_.seed}};
    json["layer"] = layer_;
    json["align"] = name_of(align_, alignments);
    json["mask"] = name_of(options_.mask.rule, masks);
    json["twins_past"] = name_of(twin_options_.past, pasts);
    return json;
  }

  void check(const Study& study, Problems& problems) const override {
    std::vector<std::string> models;
    for (const auto& model : study.models) models.push_back(model.name);
    if (models.empty()) problems.add("an analysis of the kind forecast needs a [[model]]");
    if (!model_.empty() && std::find(models.begin(), models.end(), model_) == models.end())
      problems.add("'analysis.model' names '{}', which is no [[model]]{}", model_, suggestion(model_, models));
    if (options_.mask.rule == MaskRule::difference && (first_ > 0 || last_ < 0))
      problems.add("'analysis.mask' = \"difference\" needs the distance 0 among the distances");
  }

  std::vector<std::filesystem::path> files() const override {
    return given_twins_.empty() ? std::vector<std::filesystem::path>{} : std::vector{twins_};
  }

  std::vector<Unit> units(const AnalysisInput& input) const override {
    targets_in(input, regions_);
    const auto& space = space_of(input);
    const auto layers = layers_of(space);
    const auto twins = twins_of(input);
    Json depends = Json::array();
    for (const auto& layer : layers) depends.push_back(encoding_key(input, space, layer));
    auto units = twin_units(input, space, twins);
    auto inputs = extraction_ids(space, input.plan.stories);
    for (const auto& unit : units) inputs.push_back(unit.id);
    units.push_back(analysis_unit(
        input,
        {.place = "scores",
         .kind = "scores",
         .settings = settings(),
         .depends_on = depends,
         .inputs = inputs,
         .needs = forecast_needs(input.plan, space, word_count(input), twins.empty() ? 0 : twin_options_.ahead,
                                 std::ssize(options_.distances))},
        [this, &input, &space, layers, twins](const Compute& compute, Hdf5Writer& file) {
          auto options = options_;
          options.layer = std::find(layers.begin(), layers.end(), tested_layer(space)) - layers.begin();
          options.scores.align = input.plan.study.align.options;
          if (align_) options.scores.align.method = *align_;
          options.scores.delays = delays_.empty() ? input.plan.study.align.delays : delays_;
          options.scores.ridge = input.plan.study.encode.ridge;
          options.scores.swaps = input.plan.study.permutation.count;
          options.scores.columns = input.plan.columns;
          auto made = input_of(input, space, layers);
          if (!twins.empty()) made.syntactic = states_of(input);
          write_forecast(run_forecast_study(made, input.plan.splits, options, compute), file);
        }));
    return units;
  }

  PageSection finish(const AnalysisInput& input, const Summary&, const AnalysisOutput& output) const override {
    const auto& space = space_of(input);
    ForecastReport report{.name = input.name,
                          .space = space.name,
                          .layer = tested_layer(space),
                          .layer_names = layers_of(space),
                          .subjects = single_subjects(input),
                          .targets = chosen_names(input),
                          .places = places_of(input),
                          .tr = input.dataset.stories.front().tr,
                          .distance = options_.distance,
                          .study = read_forecast(Hdf5Reader(analysis_file(input, "scores")))};
    output.table("curve", forecast_curve_table(report),
                 "Forecast scores, mean over subjects: one row per distance and target");
    output.table("distance", forecast_distance_table(report), "Where forecast scores peak: one row per target");
    if (!report.study.controls.empty())
      output.table("controls", forecast_control_table(report),
                   "Forecast scores against controls: one row per control and target");
    return forecast_section(report, output);
  }

 private:
  // One unit a story: the mean states of the texts that share its syntax, at the tested layer.
  std::vector<Unit> twin_units(const AnalysisInput& input, const FeatureSpace& space,
                               const std::vector<std::vector<TwinText>>& twins) const {
    const auto& names = space.layer_names;
    const auto layer = std::find(names.begin(), names.end(), tested_layer(space)) - names.begin();
    const auto number = space.layers[static_cast<size_t>(layer)];
    const bool continued = twin_options_.past == TwinPast::story;
    std::vector<Unit> units;
    for (size_t s = 0; s < twins.size(); ++s) {
      const auto& story = input.plan.stories[s];
      const auto& texts = twins[s];
      auto depends = Json::array({encoding_key(input, space, tested_layer(space))});
      for (const auto& text : texts) depends.push_back(sha256_file(text.file));
      const Json settings{{"layer", number},
                          {"past", name_of(twin_options_.past, pasts)},
                          {"ahead", continued ? twin_options_.ahead : 0}};
      units.push_back(
          analysis_unit(input,
                        {.place = twin_place(story),
                         .kind = "twins",
                         .settings = settings,
                         .depends_on = depends,
                         .needs = twin_needs(extraction_work(input.plan), space,
                                             {.words = std::ssize(story.words),
                                              .texts = std::ssize(texts),
                                              .ahead = continued ? twin_options_.ahead : 0,
                                              .layer = number})},
                        [this, &input, &story, &space, texts, number](const Compute& compute, Hdf5Writer& file) {
                          const auto model = load_model(extraction_work(input.plan), space, compute);
                          const TwinReading reading{story, texts, space, number, twin_options_};
                          file.write("states", syntactic_states(model, reading, compute));
                        }));
    }
    return units;
  }

  static int64_t word_count(const AnalysisInput& input) {
    int64_t words = 0;
    for (const auto& story : input.plan.stories) words += std::ssize(story.words);
    return words;
  }

  static std::string twin_place(const TimedStory& story) { return "twins/" + story.stimulus->name; }

  std::vector<std::vector<TwinText>> twins_of(const AnalysisInput& input) const {
    if (given_twins_.empty()) return {};
    return read_twins(twins_, input.plan.stories);
  }

  // W x F or W x ahead x F.
  static at::Tensor states_of(const AnalysisInput& input) {
    std::vector<at::Tensor> stories;
    for (const auto& story : input.plan.stories)
      stories.push_back(Hdf5Reader(analysis_file(input, twin_place(story))).read("states").to(at::kDouble));
    return at::cat(stories, 0);
  }

  void read_controls(StudySection& section) {
    options_.controls.clear();
    std::vector<std::string> known;
    for (const auto& control : controls) known.emplace_back(control.first);
    for (const auto& wanted : controls_) {
      const auto found = std::find(known.begin(), known.end(), wanted);
      if (found == known.end())
        section.wrong("controls", "a list of " + join(known, ", "));
      else
        options_.controls.push_back((controls.begin() + (found - known.begin()))->second);
    }
  }

  const FeatureSpace& space_of(const AnalysisInput& input) const {
    for (const auto& space : input.spaces)
      if (space.training == Training::trained && (model_.empty() ? !space.hears : space.name == model_)) {
        if (space.hears)
          bad_usage(
              "the analysis '{}' looks ahead word by word, but {} hears sound, and its states are of moments: name a "
              "model that reads the words, as a decoder does (part = \"decoder\")",
              input.name, space.name);
        if (!given_twins_.empty() && needs_recording(space))
          bad_usage(
              "the analysis '{}' lets its model read other texts ('analysis.twins'), but {} reads words that it hears, "
              "and nobody spoke those texts: leave them out, or name a model that reads text alone",
              input.name, space.name);
        return space;
      }
    bad_usage("there is no model that reads for the analysis '{}'", input.name);
  }

  // Two thirds of the way up, if the file names no layer.
  std::string tested_layer(const FeatureSpace& space) const {
    const auto& names = space.layer_names;
    if (layer_.empty()) return names[(2 * names.size() - 1) / 3];
    if (std::find(names.begin(), names.end(), layer_) == names.end())
      bad_usage("'analysis.layer' is {}, but {} has the layers {}", layer_, space.name, join(names, ", "));
    return layer_;
  }

  std::vector<std::string> layers_of(const FeatureSpace& space) const {
    return depths_ ? space.layer_names : std::vector<std::string>{tested_layer(space)};
  }

  std::vector<std::string> chosen_names(const AnalysisInput& input) const {
    std::vector<std::string> names;
    for (int64_t v : targets_in(input, regions_)) names.push_back(input.plan.responses.targets[static_cast<size_t>(v)]);
    return names;
  }

  std::vector<ForecastPlace> places_of(const AnalysisInput& input) const {
    std::vector<ForecastPlace> places;
    if (!input.dataset.places.empty())
      for (int64_t v : targets_in(input, regions_)) {
        const auto& place = input.dataset.places[static_cast<size_t>(v)];
        places.push_back({place.hemisphere, place.region});
      }
    return places;
  }

  static int64_t single_subjects(const AnalysisInput& input) {
    return static_cast<int64_t>(input.plan.responses.subjects.size()) - (input.plan.study.encode.mean_subject ? 1 : 0);
  }

  static ForecastTiming timing_of(const AnalysisInput& input) {
    ForecastTiming timing;
    std::vector<int64_t> words;
    for (const auto& story : input.plan.stories) {
      words.push_back(static_cast<int64_t>(story.words.size()));
      timing.times.insert(timing.times.end(), story.times.begin(), story.times.end());
    }
    timing.words = stack_ranges(words);
    timing.volumes = input.plan.responses.stories;
    for (size_t s = 0; s < input.plan.stories.size(); ++s) {
      const auto& stimulus = *input.plan.stories[s].stimulus;
      const int64_t before = stimulus.lead + input.plan.study.align_of(stimulus.name).trim_start;
      for (int64_t i = 0; i < timing.volumes[s].size(); ++i)
        timing.centres.push_back(stimulus.first_volume + stimulus.tr * static_cast<double>(before + i));
      timing.tr = stimulus.tr;
    }
    return timing;
  }

  // Single subjects side by side; a part of the targets is small enough for memory.
  ResponseMatrix responses_of(const AnalysisInput& input) const {
    const auto& responses = input.plan.responses;
    const auto wanted = targets_in(input, regions_);
    if (std::ssize(wanted) == responses.target_count())
      return responses.matrix.slice({0, single_subjects(input) * responses.target_count()});
    std::vector<int64_t> columns;
    for (int64_t s = 0; s < single_subjects(input); ++s)
      for (const int64_t target : wanted) columns.push_back(responses.columns_of(s).begin + target);
    return responses.matrix.columns(index_tensor(columns));
  }

  ForecastInput input_of(const AnalysisInput& input, const FeatureSpace& space,
                         const std::vector<std::string>& layers) const {
    ForecastInput made;
    for (const auto& layer : layers) {
      std::vector<at::Tensor> states;
      for (const auto& story : input.plan.stories)
        states.push_back(story_values(input.plan, space, layer, story).values);
      made.layers.push_back(at::cat(states, 0));
    }
    made.timing = timing_of(input);
    made.subjects = single_subjects(input);
    made.responses = responses_of(input);
    made.places = places_of(input);
    return made;
  }

  std::string model_{}, layer_{};
  bool depths_ = false;
  int64_t first_ = -10, last_ = 30;
  std::filesystem::path twins_{};  // folder of texts with the stories' syntax
  std::string given_twins_{};
  TwinOptions twin_options_{};
  std::optional<AlignMethod> align_{};  // nothing: the study's
  std::vector<int64_t> delays_{};       // none: the study's
  std::vector<std::string> controls_{"random", "shuffled", "past"}, regions_{};
  ForecastStudyOptions options_{};
};

}  // namespace

extern const AnalysisKind forecast_kind{"forecast", "how far ahead and how deep responses follow a model",
                                        [](StudySection& section) -> std::unique_ptr<const Analysis> {
                                          return std::make_unique<ForecastAnalysis>(section);
                                        }};

}  // namespace arcuate
