// The sections that say what the numbers rest on: controls, what was left out, how it was done, how to do it again.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/text.h"
#include "report/line_chart.h"
#include "study/ceilings.h"
#include "study/localiser.h"
#include "study/study_page_parts.h"

namespace arcuate::study_page_parts {

namespace {

// The subject whose increments are drawn: the mean subject, or all single ones on average.
double increment_of(const EncodingPlan& plan, const LayerSummary& layer) {
  const size_t mean = mean_subject_index(plan);
  return mean == SIZE_MAX ? layer.single_increment : layer.subject_increment[static_cast<int64_t>(mean)].item<double>();
}

LineChart increment_chart(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary) {
  LineChart chart{.title = "Increment over the controls",
                  .x_label = "layer",
                  .y_label = "gain in r",
                  .levels = {{"no gain", 0}},
                  .simulated = dataset.simulated};
  std::map<std::string, size_t> place;
  for (const auto& layer : summary.layers) {
    if (layer.space->training != Training::trained || !layer.subject_increment.defined()) continue;
    if (place.emplace(layer.space->name, chart.series.size()).second)
      chart.series.push_back({.label = layer.space->name, .colour = static_cast<int>(place.size())});
    auto& series = chart.series[place[layer.space->name]];
    series.x.push_back(static_cast<double>(to_integer(layer.layer).value_or(static_cast<long long>(series.x.size()))));
    series.y.push_back(increment_of(plan, layer));
  }
  return chart;
}

// Not by the study's own choice.
bool is_bad(Flag flag) { return flag != Flag::ok && flag != Flag::masked; }

PageTable flag_counts(const EncodingPlan& plan) {
  const auto& responses = plan.responses;
  const auto targets = responses.targets.size();
  PageTable table{.caption = "Targets by flag", .columns = {"subject", "ok", "constant", "nan", "infinite", "masked"}};
  for (size_t s = 0; s < responses.subjects.size(); ++s) {
    std::vector<std::string> row{responses.subjects[s]};
    for (const auto flag : {Flag::ok, Flag::constant, Flag::nan, Flag::infinite, Flag::masked}) {
      const auto first = responses.flags.begin() + static_cast<std::ptrdiff_t>(s * targets);
      row.push_back(std::to_string(std::count(first, first + static_cast<std::ptrdiff_t>(targets), flag)));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string flagged_names(const EncodingPlan& plan) {
  constexpr size_t most = 60;
  const auto& responses = plan.responses;
  std::map<std::string, std::vector<std::string>> subjects;  // "L00017 (nan)" -> who
  for (size_t c = 0; c < responses.flags.size(); ++c)
    if (is_bad(responses.flags[c]))
      subjects[fmt::format("{} ({})", responses.targets[c % responses.targets.size()], flag_name(responses.flags[c]))]
          .push_back(responses.subjects[c / responses.targets.size()]);
  std::vector<std::string> parts;
  for (const auto& [name, who] : subjects) {
    if (parts.size() == most) break;
    parts.push_back(who.size() == responses.subjects.size() ? name : name + " in " + join(who, ", "));
  }
  return join(parts, "; ") + (subjects.size() > most ? fmt::format("; and {} more", subjects.size() - most) : "");
}

std::string edge_text(const Summary& summary) {
  double low = 0, high = 0;
  for (const auto& layer : summary.layers) {
    low += layer.edge_low / static_cast<double>(summary.layers.size());
    high += layer.edge_high / static_cast<double>(summary.layers.size());
  }
  return fmt::format(
      "{:.1f} % of the penalties chosen are the smallest of the grid, {:.1f} % the largest. Targets that nothing "
      "predicts go to the largest; others at an edge ask for a wider grid.",
      100 * low, 100 * high);
}

// "5 inner folds", and of what kind where they are random.
std::string inner_text(const EncodingPlan& plan) {
  const auto& inner = plan.study.encode.inner_rule;
  if (inner.rule != InnerRule::chunks) return fmt::format("{} inner folds", plan.splits.front().inner.size());
  return fmt::format("{} draws of random chunks of {} volumes ({} of them held out in each)", inner.chunks.boots,
                     inner.chunks.length,
                     plan.splits.front().inner.front().test.size() / static_cast<size_t>(inner.chunks.length));
}

PageTable fold_table(const EncodingPlan& plan) {
  PageTable table{.caption = "Outer folds: rows are volumes of all stories, one after another",
                  .columns = {"fold", "test rows", "training rows", "left out (gap)"}};
  const auto rows = static_cast<size_t>(plan.responses.matrix.rows());
  for (size_t k = 0; k < plan.splits.size(); ++k) {
    const auto& fold = plan.splits[k].outer;
    table.rows.push_back({std::to_string(k + 1), fmt::format("{} to {}", fold.test.front(), fold.test.back()),
                          std::to_string(fold.train.size()),
                          std::to_string(rows - fold.train.size() - fold.test.size())});
  }
  return table;
}

std::string test_story_names(const EncodingPlan& plan) {
  std::vector<std::string> names;
  for (const auto& story : plan.stories)
    if (plan.study.is_test(story.stimulus->name)) names.push_back(story.stimulus->name);
  return join(names, ", ");
}

// What models are scored on, and how penalties are chosen.
std::string folds_text(const EncodingPlan& plan, const std::string& choice) {
  const auto& encode = plan.study.encode;
  if (encode.test.empty())
    return fmt::format("{} outer folds with a gap of {} volumes on both sides; {}", plan.splits.size(), encode.gap,
                       choice);
  const auto trimmed =
      encode.test_trim_start + encode.test_trim_end > 0
          ? fmt::format(", without the first {} and the last {} of each", encode.test_trim_start, encode.test_trim_end)
          : "";
  return fmt::format(
      "Models are fitted to {} volumes of the other stories and scored on {} volumes of {}{}; all scores, tests and "
      "ceilings are about these. {}",
      plan.splits.front().outer.train.size(), plan.responses.scored.size(), test_story_names(plan), trimmed, choice);
}

std::string heard_text(const EncodingPlan& plan) {
  const auto repeats = plan.responses.repeats;
  const auto times = repeats == 1 ? std::string("once") : fmt::format("{} times", repeats);
  return plan.study.encode.test.empty() ? fmt::format("heard {} by everybody", times)
                                        : fmt::format("of which everybody heard those of the test {}", times);
}

std::string delays_text(const std::vector<int64_t>& delays) {
  std::vector<std::string> texts;
  for (const int64_t delay : delays) texts.push_back(std::to_string(delay));
  return join(texts, ", ");
}

// What was taken out of the responses alone; "" for nothing.
std::string cleaning_text(const CleanOptions& clean) {
  std::vector<std::string> parts;
  if (clean.drop == drop_unsteady) parts.emplace_back("volumes before the steady state were dropped");
  if (clean.drop > 0) parts.push_back(fmt::format("the first {} volumes of each scan were dropped", clean.drop));
  if (clean.smooth > 0) parts.push_back(fmt::format("volumes were smoothed by {} mm", shortest(clean.smooth)));
  if (clean.detrend.kind != Detrend::Kind::none)
    parts.push_back(fmt::format("drifts were taken out ({})", detrend_text(clean.detrend)));
  if (!clean.confounds.empty())
    parts.push_back(
        fmt::format("confounds ({}) were fitted together with the drifts and subtracted", join(clean.confounds, ", ")));
  return parts.empty() ? "" : "Responses: " + join(parts, "; ") + ".";
}

}  // namespace

PageSection controls_section(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary,
                             const Figures& figures) {
  PageSection section{.heading = "Controls"};
  if (!plan.control_design.defined()) {
    section.paragraphs.emplace_back(
        "No controls were asked for: nothing here says that the models add anything to word "
        "rate or other simple features.");
    return section;
  }
  section.paragraphs.push_back(fmt::format(
      "What a model adds to the controls ({}): r of a joint ridge with one band for the controls and one for the "
      "layer, "
      "minus r of the controls alone, on the same held-out rows. Its p, in the table of layers: the two models' "
      "predictions are exchanged within blocks of {} volumes ({} draws).",
      join(plan.study.controls.spaces, ", "), plan.study.min_shift(), plan.study.permutation.count));
  const auto chart = increment_chart(plan, dataset, summary);
  if (!chart.series.empty())
    section.figures.push_back(figures.add(
        "increments", render_line_chart(chart), chart_data(chart),
        mean_subject_index(plan) == SIZE_MAX ? "Mean over single subjects." : "Mean over targets, mean subject."));
  section.paragraphs.emplace_back(
      "Untrained twins have the same architecture with random weights; random features are normal numbers for each "
      "word. What they reach needs no knowledge of language.");
  return section;
}

PageSection left_out_section(const EncodingPlan& plan, const Dataset& dataset) {
  PageSection section{.heading = "What was left out"};
  const auto flagged = std::count_if(plan.responses.flags.begin(), plan.responses.flags.end(), is_bad);
  for (const auto& note : dataset.notes) section.paragraphs.push_back("Left out: " + note + ".");
  if (flagged == 0) {
    section.paragraphs.emplace_back("No target was flagged: all have numbers that vary.");
    return section;
  }
  section.paragraphs.push_back(
      fmt::format("Targets that are constant or not finite get a flag and no score. {} of {} (over all subjects): {}.",
                  flagged, plan.responses.flags.size(), flagged_names(plan)));
  section.tables.push_back(flag_counts(plan));
  return section;
}

PageSection method_section(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary) {
  const auto& s = plan.study;
  PageSection section{.heading = "How it was done"};
  section.paragraphs.push_back(fmt::format(
      "{} subjects, {} targets, {} volumes in {}, {}. Features are brought to the time "
      "of the volumes, delayed by {} volumes, and a ridge regression predicts each target.",
      dataset.subjects.size(), dataset.targets.size(), plan.responses.matrix.rows(),
      dataset.stories.size() == 1 ? std::string("one story") : fmt::format("{} stories", dataset.stories.size()),
      heard_text(plan), delays_text(s.align.delays)));
  const auto choice = fmt::format("{} of the training rows choose one penalty per target from {} ({} values, {}). {}",
                                  inner_text(plan), s.encode.penalties, s.encode.ridge.penalties.size(),
                                  s.encode.penalty_unit == PenaltyUnit::huth ? "alpha with lambda = alpha²" : "lambda",
                                  edge_text(summary));
  section.paragraphs.push_back(folds_text(plan, choice));
  section.paragraphs.push_back(fmt::format(
      "p-values: {} circular shifts of {} at least {} volumes from zero, p = (b + 1) / (m + 1); the smallest "
      "attainable p is {:.4f}. They ask whether predictions and responses share timing; they say nothing "
      "about other stories.",
      plan.shifts.size(), s.permutation.refit ? "the features (refitted)" : "the predictions", s.min_shift(),
      1.0 / static_cast<double>(plan.shifts.size() + 1)));
  if (auto text = cleaning_text(s.dataset.clean); !text.empty()) section.paragraphs.push_back(std::move(text));
  if (s.align.zscore)
    section.paragraphs.emplace_back(
        "Relaxed: design and responses were z-scored over whole stories, test rows included.");
  const auto ceiling = at::nanmean(plan.responses.ceiling).item<double>();
  if (!std::isnan(ceiling))
    section.paragraphs.push_back(
        fmt::format("Leave-one-out inter-subject correlation, mean over subjects and targets: {:.3f} (a reference for "
                    "the single subjects' scores).",
                    ceiling));
  if (plan.responses.repeat_ceiling.defined())
    section.paragraphs.push_back(fmt::format(
        "Ceiling from repeats (CC_max), mean over subjects and targets: {:.3f}; CC_norm is r divided by it, "
        "or by {} where it is lower.",
        at::nanmean(plan.responses.repeat_ceiling).item<double>(), s.score.cc_floor));
  for (auto& text : ceiling_paragraphs(plan, summary.ceilings)) section.paragraphs.push_back(std::move(text));
  if (const auto text = localiser_paragraph(plan); !text.empty()) section.paragraphs.push_back(text);
  section.tables.push_back(fold_table(plan));
  return section;
}

PageSection repeat_section(const EncodingPlan& plan, const PageEvidence& evidence) {
  PageSection section{.heading = "To do it again"};
  section.paragraphs.push_back(fmt::format(
      "The same program, inputs and processor kernel give the same bytes at any number of threads. Seed: {}.",
      plan.study.seed));
  if (!evidence.command.empty()) section.listings.push_back(evidence.command);
  PageTable software{.caption = "Program and libraries", .columns = {"what", "version"}};
  const Json program = evidence.manifest.value("program", Json::object()),
             files = evidence.manifest.value("inputs", Json::array());
  for (const auto& [name, version] : program.items())
    software.rows.push_back({name, version.is_string() ? version.get<std::string>() : version.dump()});
  if (!software.rows.empty()) section.tables.push_back(software);
  PageTable inputs{.caption = "Inputs", .columns = {"file", "bytes", "SHA-256"}};
  for (const auto& input : files)
    for (const auto& file : input.value("files", Json::array({input})))  // of a folder, such as a model's
      inputs.rows.push_back(
          {file.value("path", ""), std::to_string(file.value("bytes", int64_t{0})), file.value("sha256", "")});
  section.tables.push_back(inputs);
  section.paragraphs.emplace_back("The study with every default filled in (config_resolved.toml):");
  section.listings.push_back(evidence.study);
  return section;
}

}  // namespace arcuate::study_page_parts
