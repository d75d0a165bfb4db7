#include "study/tables.h"

#include <ATen/ATen.h>

#include <map>

#include "core/text.h"
#include "io/json.h"
#include "io/table.h"

namespace arcuate {

namespace {

std::string seed_text(const FeatureSpace& space) { return space.seed ? std::to_string(*space.seed) : "n/a"; }

std::string number(double value) { return shortest(value); }
std::string at_index(const at::Tensor& values, int64_t i) {
  return values.defined() ? shortest(values[i].item<double>()) : "n/a";
}

std::string median_text(const at::Tensor& values) {
  const auto known = values.masked_select(at::logical_not(at::isnan(values)));
  return known.numel() == 0 ? "n/a" : shortest(known.median().item<double>());
}

const std::vector<TableColumn> space_columns{
    {"space", "Feature space: a model of the study, or a control"},
    {"training",
     "trained, untrained (weights drawn by the family's own initialisation), or n/a for spaces without a model"},
    {"seed", "Seed of an untrained twin or of random features"},
    {"layer", "0 is the embedding, l the residual stream after block l, final the state after the last norm"}};

std::vector<std::string> space_fields(const LayerSummary& layer) {
  return {layer.space->name, training_name(layer.space->training), seed_text(*layer.space), layer.layer};
}

void add_ceiling_columns(const Summary& summary, const std::string& prefix, TidyTable& table) {
  for (const auto& ceiling : summary.ceilings) table.columns.push_back({ceiling.name, prefix + ceiling.description});
}

}  // namespace

std::vector<std::string> TidyTable::names() const {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

TidyTable score_table(const EncodingPlan& plan, const Summary& summary, size_t subject) {
  const auto& responses = plan.responses;
  TidyTable table{.columns = {{"subject", "Subject; 'mean' is the mean of all subjects' z-scored responses"},
                              {"target", "Voxel or region"}}};
  table.columns.insert(table.columns.end(), space_columns.begin(), space_columns.end());
  const TableColumn own[] = {
      {"r", "Pearson r of the concatenated held-out predictions with the responses; n/a for a flagged target"},
      {"r_abs_r", "r |r|: signed squared correlation"},
      {"r2", "1 - SSE / SST over the same rows; SST about the mean of the responses"},
      {"ceiling", "Leave-one-out inter-subject correlation of the target (an upper reference for r, not a correction)"},
      {"cc_max", "Ceiling from repeats: highest r to be expected with their mean; n/a without repeats"},
      {"cc_norm", "r / max(cc_max, floor); the floor is score.cc_floor of the study"},
      {"p_value", "Circular-shift permutation p = (b + 1) / (m + 1), one-sided"},
      {"q_value", "Benjamini-Hochberg q over the subject's targets, for one feature space and layer"},
      {"increment", "r of the joint banded model (controls and layer) minus r of the controls alone"},
      {"increment_p",
       "One-sided p of the increment by the block-swap test: predictions of the two models exchanged within blocks of "
       "volumes"},
      {"penalty", plan.study.encode.penalty_unit == PenaltyUnit::huth
                      ? "Median over outer folds of the chosen penalty alpha (lambda = alpha^2 is added to X'X)"
                      : "Median over outer folds of the chosen penalty (lambda: added to X'X)"},
      {"flag", "ok, constant, nan, infinite or masked"}};
  table.columns.insert(table.columns.end(), std::begin(own), std::end(own));
  add_ceiling_columns(summary, "", table);
  const int64_t targets = responses.target_count();
  const auto repeats = responses.repeat_ceiling.defined() ? responses.repeat_ceiling.reshape({-1}) : at::Tensor();
  const auto columns = responses.columns_of(static_cast<int64_t>(subject));
  for (const auto& layer : summary.layers) {
    const auto s = scores_of(layer, columns);
    const auto normalized = cc_norm(plan, s.r, columns), q = q_values(s);
    for (int64_t v = 0; v < targets; ++v) {
      const int64_t c = columns.begin + v;
      const double r = s.r[v].item<double>();
      std::vector<std::string> row{responses.subjects[subject], responses.targets[static_cast<size_t>(v)]};
      for (auto& field : space_fields(layer)) row.push_back(field);
      for (auto& field :
           {number(r), number(r * std::abs(r)), at_index(s.r2, v),
            number(responses.ceiling[static_cast<int64_t>(subject)][v].item<double>()), at_index(repeats, c),
            at_index(normalized, v), at_index(s.p, v), at_index(q, v), at_index(s.increment, v),
            at_index(s.increment_p, v), median_text(in_unit(s.penalties.select(1, v), plan.study.encode.penalty_unit)),
            flag_name(responses.flags[static_cast<size_t>(c)])})
        row.push_back(field);
      for (const auto& ceiling : summary.ceilings)
        row.push_back(at_index(ceiling.values[static_cast<int64_t>(subject)], v));
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

std::vector<NamedRegion> named_regions(const std::vector<TargetPlace>& places) {
  std::map<std::pair<std::string, std::string>, std::vector<int64_t>> found;
  for (size_t v = 0; v < places.size(); ++v)
    found[{places[v].hemisphere, places[v].region}].push_back(static_cast<int64_t>(v));
  std::vector<NamedRegion> regions;
  for (auto& [key, targets] : found) regions.push_back({key.first, key.second, std::move(targets)});
  return regions;
}

namespace {

// Of the values that are numbers.
std::string mean_text(const at::Tensor& values) {
  if (!values.defined()) return "n/a";
  const auto known = values.masked_select(at::logical_not(at::isnan(values)));
  return known.numel() == 0 ? "n/a" : shortest(known.mean().item<double>());
}

std::string share_below(const at::Tensor& q, double limit) {
  const auto known = q.masked_select(at::logical_not(at::isnan(q)));
  return known.numel() == 0 ? "n/a" : shortest((known < limit).to(at::kDouble).mean().item<double>());
}

}  // namespace

TidyTable region_table(const EncodingPlan& plan, const Dataset& dataset, const Summary& summary, size_t subject) {
  const auto& responses = plan.responses;
  const auto regions = named_regions(dataset.places);
  const auto s = static_cast<int64_t>(subject);
  const auto columns = responses.columns_of(s);
  TidyTable table{.columns = {{"subject", "Subject; 'mean' is the mean of all subjects' z-scored responses"},
                              {"hemisphere", "L or R; n/a: voxels that are near no surface"},
                              {"region", "Patch or parcel; n/a: vertices and voxels in none"}}};
  table.columns.insert(table.columns.end(), space_columns.begin(), space_columns.end());
  const TableColumn own[] = {
      {"targets", "Vertices or voxels of the region"},
      {"scored", "Those that are not flagged; all that follows is about them"},
      {"r", "Mean of Pearson r of the held-out predictions with the responses"},
      {"median_r", "Median of it"},
      {"r_abs_r", "Mean of r |r|"},
      {"r2", "Mean of 1 - SSE / SST"},
      {"ceiling", "Mean of the leave-one-out inter-subject correlation"},
      {"cc_max", "Mean of the ceiling from repeats (CC_max)"},
      {"cc_norm", "Mean of r / max(CC_max, floor); the floor is score.cc_floor of the study"},
      {"share_q05", "Share of targets with Benjamini-Hochberg q < 0.05 (over the subject's targets, for this layer)"},
      {"increment", "Mean of r of the joint model (controls and layer) minus r of the controls alone"}};
  table.columns.insert(table.columns.end(), std::begin(own), std::end(own));
  add_ceiling_columns(summary, "Mean of: ", table);
  for (const auto& layer : summary.layers) {
    const auto scores = scores_of(layer, columns);
    const auto normalized = cc_norm(plan, scores.r, columns), q = q_values(scores);
    for (const auto& region : regions) {
      const auto within = at::tensor(region.targets, at::kLong);
      const auto of = [&](const at::Tensor& values) {
        return values.defined() ? values.index_select(0, within) : values;
      };
      const auto r = of(scores.r);
      std::vector<std::string> row{responses.subjects[subject], region.hemisphere.empty() ? "n/a" : region.hemisphere,
                                   region.name.empty() ? "n/a" : region.name};
      for (auto& field : space_fields(layer)) row.push_back(field);
      for (auto& field :
           {std::to_string(region.targets.size()), std::to_string(at::logical_not(at::isnan(r)).sum().item<int64_t>()),
            mean_text(r), median_text(r), mean_text(r * r.abs()), mean_text(of(scores.r2)),
            mean_text(responses.ceiling[s].index_select(0, within)),
            responses.repeat_ceiling.defined() ? mean_text(responses.repeat_ceiling[s].index_select(0, within)) : "n/a",
            mean_text(of(normalized)), share_below(of(q), 0.05), mean_text(of(scores.increment))})
        row.push_back(field);
      for (const auto& ceiling : summary.ceilings) row.push_back(mean_text(ceiling.values[s].index_select(0, within)));
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

TidyTable flagged_table(const EncodingPlan& plan, const Dataset& dataset) {
  TidyTable table{.columns = {{"subject", "Subject, or 'mean'"},
                              {"target", "Voxel, vertex or region"},
                              {"hemisphere", "L or R, for vertices and for voxels near a surface"},
                              {"region", "Patch or parcel"},
                              {"flag", "constant, nan or infinite: why it has no score"}}};
  const auto& responses = plan.responses;
  const auto targets = responses.targets.size();
  for (size_t c = 0; c < responses.flags.size(); ++c) {
    if (responses.flags[c] == Flag::ok || responses.flags[c] == Flag::masked) continue;
    const size_t v = c % targets;
    const bool placed = !dataset.places.empty();
    table.rows.push_back({responses.subjects[c / targets], responses.targets[v],
                          placed && !dataset.places[v].hemisphere.empty() ? dataset.places[v].hemisphere : "n/a",
                          placed && !dataset.places[v].region.empty() ? dataset.places[v].region : "n/a",
                          flag_name(responses.flags[c])});
  }
  return table;
}

TidyTable group_table(const EncodingPlan& plan, const Summary& summary) {
  const auto& responses = plan.responses;
  const size_t mean = mean_subject_index(plan);
  const int64_t targets = responses.target_count();
  const bool by_target = mean != SIZE_MAX && targets <= 20;  // regions get a column each, voxels do not
  TidyTable table{.columns = space_columns};
  if (by_target)
    for (const auto& target : responses.targets)
      table.columns.push_back({"r_" + target, "r of the mean subject in " + target});
  const TableColumn own[] = {
      {"mean_subject_r", "Mean over good targets of the mean subject's r"},
      {"mean_subject_p", "Its circular-shift permutation p"},
      {"mean_subject_q", "Benjamini-Hochberg q over all rows of this table"},
      {"mean_subject_increment", "Mean over good targets of the mean subject's increment over the controls"},
      {"mean_subject_increment_p", "Its one-sided block-swap p"},
      {"mean_subject_increment_q", "Benjamini-Hochberg q of it over all rows of this table"},
      {"single_subject_r", "Mean over subjects of each one's mean r over good targets"},
      {"single_subject_se", "Standard error of it over subjects"},
      {"single_subject_p", "Its permutation p (all subjects shifted alike)"},
      {"single_subject_increment", "As single_subject_r, for the increment over the controls"},
      {"single_subject_increment_se", "Standard error of it over subjects"},
      {"single_subject_increment_p", "Its one-sided block-swap p (the same blocks for all subjects)"},
      {"single_subject_increment_q", "Benjamini-Hochberg q of it over all rows of this table"},
      {"median_r", "Median over single subjects and good targets of r"},
      {"share_at_smallest_penalty", "Share of (fold, target) choices at the smallest penalty of the grid"},
      {"share_at_largest_penalty", "Share of (fold, target) choices at the largest penalty of the grid"}};
  table.columns.insert(table.columns.end(), std::begin(own), std::end(own));
  for (size_t i = 0; i < summary.layers.size(); ++i) {
    const auto& layer = summary.layers[i];
    auto row = space_fields(layer);
    const auto m = static_cast<int64_t>(mean == SIZE_MAX ? 0 : mean);
    if (by_target) {
      const auto scores = scores_of(layer, responses.columns_of(m));
      for (int64_t v = 0; v < targets; ++v) row.push_back(at_index(scores.r, v));
    }
    const auto of_mean = [&](const at::Tensor& values) {
      return mean == SIZE_MAX ? std::string("n/a") : at_index(values, m);
    };
    for (auto& field :
         {of_mean(layer.subject_r), of_mean(layer.subject_p), number(summary.layer_q[i]),
          of_mean(layer.subject_increment), of_mean(layer.subject_increment_p), number(summary.increment_q[i]),
          number(layer.single_r), number(layer.single_se), number(layer.single_p), number(layer.single_increment),
          number(layer.single_increment_se), number(layer.single_increment_p), number(summary.single_increment_q[i]),
          number(layer.median_r), number(layer.edge_low), number(layer.edge_high)})
      row.push_back(field);
    table.rows.push_back(std::move(row));
  }
  return table;
}

TidyTable headline_table(const EncodingPlan& plan, const Summary& summary) {
  TidyTable table{
      .columns = {
          {"space", space_columns[0].description},
          {"training", space_columns[1].description},
          {"seed", space_columns[2].description},
          {"subject", "Subject, or 'mean'"},
          {"chosen_layers", "Layer of each outer fold, chosen by the mean inner score on that fold's training rows"},
          {"r", "Headline score: mean over good targets of r of the chosen layers' held-out predictions"},
          {"p_value", "Its circular-shift permutation p"},
          {"ceiling", "Mean over targets of the leave-one-out inter-subject correlation"},
          {"best_layer_by_test", "Layer with the best test score: chosen on the test rows, so optimistic"},
          {"r_best_by_test", "Its mean r; never to be reported as the score of the model"}}};
  add_ceiling_columns(summary, "Mean over targets of: ", table);
  for (const auto& h : summary.headlines) {
    const auto ceiling = plan.responses.ceiling[static_cast<int64_t>(h.subject)];
    table.rows.push_back({h.space->name, training_name(h.space->training), seed_text(*h.space),
                          plan.responses.subjects[h.subject], join(h.layers, " "), number(h.r), number(h.p),
                          number(ceiling.masked_select(at::logical_not(at::isnan(ceiling))).mean().item<double>()),
                          h.best_layer, number(h.best_r)});
    for (const auto& other : summary.ceilings)
      table.rows.back().push_back(mean_text(other.values[static_cast<int64_t>(h.subject)]));
  }
  return table;
}

TidyTable story_table(const EncodingPlan& plan, const Summary& summary) {
  TidyTable table{.columns = {{"subject", "Subject; 'mean' is the mean of all subjects' z-scored responses"},
                              {"story", "Test story; 'mean' is the mean of r over test stories, target by target"},
                              {"volumes", "Of the story"}}};
  table.columns.insert(table.columns.end(), space_columns.begin(), space_columns.end());
  const TableColumn own[] = {{"r", "Mean over good targets of r within the story"},
                             {"median_r", "Median of it"},
                             {"r_abs_r", "Mean of r |r|"}};
  table.columns.insert(table.columns.end(), std::begin(own), std::end(own));
  const auto& responses = plan.responses;
  const auto lengths = responses.scored_lengths();
  const auto first = plan.stories.size() - lengths.size();
  for (const auto& layer : summary.layers)
    for (size_t s = 0; s < responses.subjects.size(); ++s) {
      const auto by_story = scores_of(layer, responses.columns_of(static_cast<int64_t>(s))).story_r;
      const auto add = [&](const std::string& story, const std::string& volumes, const at::Tensor& r) {
        std::vector<std::string> row{responses.subjects[s], story, volumes};
        for (auto& field : space_fields(layer)) row.push_back(field);
        for (auto& field : {mean_text(r), median_text(r), mean_text(r * r.abs())}) row.push_back(field);
        table.rows.push_back(std::move(row));
      };
      for (size_t k = 0; k < lengths.size(); ++k)
        add(plan.stories[first + k].stimulus->name, std::to_string(lengths[k]), by_story[static_cast<int64_t>(k)]);
      add("mean", "n/a", by_story.mean(0));
    }
  return table;
}

TidyTable spread_table(const Summary& summary) {
  TidyTable table{.columns = {{"space", space_columns[0].description},
                              {"training", space_columns[1].description},
                              {"layer", space_columns[3].description},
                              {"seeds", "Number of seeds"},
                              {"mean_subject_r", "Mean over seeds of the mean subject's mean r"},
                              {"mean_subject_sd", "Standard deviation over seeds"},
                              {"mean_subject_min", "Smallest"},
                              {"mean_subject_max", "Largest"},
                              {"single_subject_r", "Mean over seeds of the single subjects' mean r"},
                              {"single_subject_sd", "Standard deviation over seeds"}}};
  for (const auto& spread : summary.spreads) {
    const auto mean = moments(spread.mean_subject), single = moments(spread.single);
    table.rows.push_back({spread.name, training_name(spread.training), spread.layer,
                          std::to_string(spread.single.size()), number(mean.mean), number(mean.sd), number(mean.low),
                          number(mean.high), number(single.mean), number(single.sd)});
  }
  return table;
}

void write_table(const std::filesystem::path& path, const TidyTable& table, const std::string& description,
                 bool simulated) {
  std::filesystem::create_directories(path.parent_path());
  Json sidecar{{"Description", description}};
  if (simulated) sidecar["Simulated"] = true;
  for (const auto& column : table.columns) sidecar[column.name] = {{"Description", column.description}};
  auto json = path;
  write_json(json.replace_extension(".json"), sidecar);
  write_tsv(path, table.names(), table.rows);
}

}  // namespace arcuate
