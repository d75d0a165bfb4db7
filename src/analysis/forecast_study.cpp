#include "analysis/forecast_study.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void check(const ForecastInput& input, const ForecastStudyOptions& options) {
  if (input.subjects < 1 || input.responses.targets() % input.subjects != 0)
    bad_input("{} columns of responses for {} subjects: expected as many for each", input.responses.targets(),
              input.subjects);
  const auto layers = static_cast<int64_t>(input.layers.size());
  if (options.layer < 0 || options.layer >= layers)
    bad_usage("layer {} of {}: layers count from 0{}", options.layer, layers,
              layers > 0 ? fmt::format(" to {}", layers - 1) : "");
  if (options.distances.empty()) bad_usage("a forecast needs at least one distance");
  if (options.mask.rule == MaskRule::difference && input.subjects < 2)
    bad_usage("the mask 'difference' is a test over subjects, found {}; use another mask", input.subjects);
  const int64_t targets = input.responses.targets() / input.subjects;
  if (!input.places.empty() && std::ssize(input.places) != targets)
    bad_input("{} places for {} targets", input.places.size(), targets);
}

FutureWindow control_window(ForecastControl control, const ForecastStudyOptions& options) {
  const int64_t d = options.distance;
  switch (control) {
    case ForecastControl::random:
      return {Future::random, 0, options.seed};
    case ForecastControl::shuffled:
      return {Future::shuffled, d, options.seed};
    case ForecastControl::past:
      return {Future::ahead, -d, 0};
    case ForecastControl::mirrored:
      return {Future::ahead, options.scores.windows.window - 1 - d, 0};
  }
  return {};
}

// Distances of the curve, then those that tests need besides.
std::vector<int64_t> with_tested(const ForecastStudyOptions& options) {
  auto distances = options.distances;
  const auto add = [&](int64_t d) {
    if (std::find(distances.begin(), distances.end(), d) == distances.end()) distances.push_back(d);
  };
  add(options.distance);
  if (options.mask.rule == MaskRule::difference) add(0);
  return distances;
}

class Study {
 public:
  Study(const ForecastInput& input, const std::vector<RidgeSplit>& splits, const ForecastStudyOptions& options,
        const Compute& compute)
      : input_(input), splits_(splits), options_(options), scores_(options.scores), compute_(compute) {
    check(input, options);
    scores_.seed = options.seed;
    if (input.subjects > 1) scores_.swaps = 0;
    problem_.timing = input.timing;
    problem_.responses = input.responses;
  }

  ForecastStudy run() {
    study_.seconds_per_word = seconds_per_word(input_.timing);
    score_layer_and_controls();
    if (input_.syntactic.defined()) score_parts();
    for (int64_t layer = 0; layer < static_cast<int64_t>(input_.layers.size()); ++layer)
      if (layer != options_.layer) score_other_layer(layer);
    if (input_.layers.size() > 1) find_depth();
    if (!input_.places.empty()) compare_places();
    return std::move(study_);
  }

 private:
  Tensor by_subject(const Tensor& values) const {
    auto shape = values.sizes().vec();
    shape.back() = input_.subjects;
    shape.push_back(-1);
    return values.view(shape);
  }

  ForecastScores score(int64_t layer, const std::vector<FutureWindow>& windows) {
    problem_.states = input_.layers[static_cast<size_t>(layer)];
    return within(fmt::format("in layer {}", layer),
                  [&] { return forecast_scores(problem_, windows, splits_, scores_, compute_); });
  }

  // The first windows of `scores` as a curve over the distances.
  ForecastCurve curve_of(const ForecastScores& scores, const std::vector<int64_t>& distances, int64_t layer,
                         const std::string& part) const {
    const auto count = static_cast<int64_t>(distances.size());
    ForecastCurve curve{.part = part,
                        .layer = layer,
                        .distances = distances,
                        .present = by_subject(scores.present),
                        .joint = by_subject(scores.joint.slice(0, 0, count)),
                        .p = {},
                        .q = {}};
    std::vector<Tensor> p, q;
    for (int64_t d = 0; d < count; ++d) {
      const auto test =
          scores.p.defined() ? corrected(scores.p[d]) : test_over_subjects(curve.forecast()[d], Alternative::greater);
      p.push_back(test.p);
      q.push_back(test.q);
    }
    curve.p = at::stack(p);
    curve.q = at::stack(q);
    return curve;
  }

  void score_layer_and_controls() {
    const auto distances = with_tested(options_);
    std::vector<FutureWindow> windows;
    for (const auto d : distances) windows.push_back({.distance = d});
    for (const auto control : options_.controls) windows.push_back(control_window(control, options_));
    const auto scores = score(options_.layer, windows);
    study_.flags = scores.flags;
    const auto curve = curve_of(scores, distances, options_.layer, "all");
    const auto all = by_subject(scores.forecast());
    for (size_t c = 0; c < options_.controls.size(); ++c)
      compare_control(options_.controls[c], curve, all[static_cast<int64_t>(distances.size() + c)]);
    add_curve(curve);
  }

  void compare_control(ForecastControl control, const ForecastCurve& curve, const Tensor& scores) {
    ForecastComparison comparison{.control = control_name(control), .scores = scores, .p = {}, .q = {}};
    const auto test = input_.subjects > 1 ? test_over_subjects(at_tested(curve) - scores, Alternative::greater)
                                          : corrected(at::full({scores.size(1)}, nan, at::kDouble));
    comparison.p = test.p;
    comparison.q = test.q;
    study_.controls.push_back(comparison);
  }

  void score_parts() {
    const auto distances = with_tested(options_);
    std::vector<FutureWindow> windows;
    for (const auto d : distances) windows.push_back({.distance = d});
    const auto syntactic = input_.syntactic.to(at::kDouble);
    const auto& states = input_.layers[static_cast<size_t>(options_.layer)];
    if ((syntactic.dim() != 2 && syntactic.dim() != 3) || syntactic.size(0) != states.size(0) ||
        syntactic.size(-1) != states.size(1))
      bad_input("syntactic parts are {} for states of {}: expected words x features, or words x words ahead x features",
                shape_text(syntactic), shape_text(states));
    for (const bool meaning : {false, true}) {
      set_ahead(states, syntactic, meaning);
      add_curve(
          curve_of(score(options_.layer, windows), distances, options_.layer, meaning ? "semantic" : "syntactic"));
    }
    problem_.ahead = problem_.continued = Tensor();
  }

  // What the windows hold: the part of each word, or of the words of its own continuation.
  void set_ahead(const Tensor& states, const Tensor& syntactic, bool meaning) {
    if (syntactic.dim() == 2) {
      problem_.ahead = meaning ? states.to(at::kDouble) - syntactic : syntactic;
      return;
    }
    std::vector<Tensor> ahead;
    for (int64_t h = 1; h <= syntactic.size(1); ++h)
      ahead.push_back(words_ahead(states.to(at::kDouble), h, input_.timing.words));
    problem_.continued = meaning ? at::stack(ahead, 1) - syntactic : syntactic;
  }

  void score_other_layer(int64_t layer) {
    const std::vector<int64_t> tested{options_.distance};
    study_.curves.push_back(curve_of(score(layer, {{.distance = options_.distance}}), tested, layer, "all"));
  }

  Tensor at_distance(const ForecastCurve& curve, int64_t distance) const {
    const auto found = std::find(curve.distances.begin(), curve.distances.end(), distance);
    return curve.forecast()[found - curve.distances.begin()];
  }
  Tensor at_tested(const ForecastCurve& curve) const { return at_distance(curve, options_.distance); }

  void add_curve(ForecastCurve curve) {
    const auto asked = static_cast<int64_t>(options_.distances.size());
    const auto forecast = curve.forecast().slice(0, 0, asked), mean = at::nanmean(forecast, 1);
    const auto tested = std::find(curve.distances.begin(), curve.distances.end(), options_.distance);
    ForecastDistance distance{.by_subject = peaks(forecast, options_.distances),
                              .of_mean = peaks(mean, options_.distances),
                              .p = curve.p[tested - curve.distances.begin()],
                              .q = curve.q[tested - curve.distances.begin()],
                              .kept = {}};
    MaskEvidence evidence{.curve = mean, .q = distance.q, .q_difference = {}};
    if (options_.mask.rule == MaskRule::difference)
      evidence.q_difference = test_over_subjects(at_tested(curve) - at_distance(curve, 0), Alternative::two_sided).q;
    distance.kept = kept_targets(evidence, options_.mask);
    study_.distances.push_back(distance);
    study_.curves.push_back(std::move(curve));
  }

  void find_depth() {
    std::vector<Tensor> layers(input_.layers.size());
    for (const auto& curve : study_.curves)
      if (curve.part == "all") layers[static_cast<size_t>(curve.layer)] = at_tested(curve);
    const auto scores = at::stack(layers);
    const auto numbers = all_rows(scores.size(0));
    study_.depth = {.by_subject = peaks(scores, numbers), .of_mean = peaks(at::nanmean(scores, 1), numbers)};
  }

  void compare_places() {
    study_.hemispheres = compare_hemispheres(at_tested(study_.curves.front()), input_.places);
    const auto& distance = study_.distances.front();
    const auto kept =
        at::where(distance.kept.unsqueeze(0), distance.by_subject, at::full_like(distance.by_subject, nan));
    study_.regions = compare_regions(kept, input_.places);
  }

  const ForecastInput& input_;
  const std::vector<RidgeSplit>& splits_;
  const ForecastStudyOptions& options_;
  ForecastOptions scores_;
  const Compute& compute_;
  ForecastProblem problem_{};
  ForecastStudy study_{};
};

}  // namespace

ResponseMatrix side_by_side(const Tensor& responses) {
  if (responses.dim() != 3) bad_input("responses are {}: expected subjects x volumes x targets", shape_text(responses));
  return responses.permute({1, 0, 2}).flatten(1);
}

std::string control_name(ForecastControl control) {
  switch (control) {
    case ForecastControl::random:
      return "random";
    case ForecastControl::shuffled:
      return "shuffled";
    case ForecastControl::past:
      return "past";
    case ForecastControl::mirrored:
      return "mirrored";
  }
  return "";
}

Tensor ForecastCurve::forecast() const { return joint - present.unsqueeze(0); }

ForecastStudy run_forecast_study(const ForecastInput& input, const std::vector<RidgeSplit>& splits,
                                 const ForecastStudyOptions& options, const Compute& compute) {
  return Study(input, splits, options, compute).run();
}

}  // namespace arcuate
