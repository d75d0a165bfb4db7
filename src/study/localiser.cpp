#include "study/localiser.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/npy.h"
#include "io/table.h"
#include "stats/ceiling.h"
#include "stats/half_splits.h"
#include "study/study_names.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Tensor array_map(const std::filesystem::path& path, int64_t subjects, int64_t targets) {
  const auto values = read_npy(path).to(at::kDouble);
  if (values.dim() == 1 && values.size(0) == targets) return values.unsqueeze(0).expand({subjects, targets});
  if (values.dim() == 2 && values.size(0) == subjects && values.size(1) == targets) return values;
  bad_input("'{}' is {}: expected a value for each of {} targets, or {} subjects x {} targets", path.string(),
            shape_text(values), targets, subjects, targets);
}

int64_t place_of(const std::string& name, const std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : found - names.begin();
}

// Targets and subjects that the study leaves out may stand in the table.
Tensor table_map(const std::filesystem::path& path, const std::vector<std::string>& subjects,
                 const std::vector<std::string>& targets) {
  const auto table = read_table(path);
  const auto target = table.column("target"), value = table.column("value");
  const auto by_subject = std::find(table.columns.begin(), table.columns.end(), "subject");
  std::map<std::string, int64_t> places;
  for (size_t v = 0; v < targets.size(); ++v) places.emplace(targets[v], static_cast<int64_t>(v));
  auto values = at::full({std::ssize(subjects), std::ssize(targets)}, nan, at::kDouble);
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto found = places.find(table.text(row, target));
    if (found == places.end()) continue;
    const double number = table.number(row, value);
    if (by_subject == table.columns.end()) {
      values.select(1, found->second).fill_(number);
      continue;
    }
    const auto subject = place_of(table.text(row, static_cast<size_t>(by_subject - table.columns.begin())), subjects);
    if (subject >= 0) values[subject][found->second] = number;
  }
  if (at::isnan(values).all().item<bool>())
    bad_input("'{}' has a value for none of the study's targets: it names '{}', and they are '{}' and so on",
              path.string(), table.rows.empty() ? "" : table.text(0, target), targets.front());
  return values;
}

// The `count` largest, of equal ones the first; NaN is never among them.
Tensor largest(const Tensor& values, int64_t count) {
  auto chosen = at::zeros_like(values, at::kBool);
  const auto order = std::get<1>(at::sort(at::nan_to_num(values, -std::numeric_limits<double>::infinity()),
                                          /*stable=*/true, /*dim=*/0, /*descending=*/true));
  chosen.index_fill_(0, order.slice(0, 0, count), true);
  return chosen;
}

// The top percentage of the values that are known, rounded, at least one.
Tensor top_of(const Tensor& values, double top) {
  const auto known = at::logical_not(at::isnan(values)).sum().item<int64_t>();
  const auto share = std::llround(top / 100 * static_cast<double>(known));
  return largest(values, std::min<int64_t>(known, std::max<int64_t>(1, share)));
}

// NaN outside of all regions.
Tensor inside(const Tensor& values, const std::vector<Tensor>& regions) {
  auto own = at::full_like(values, nan);
  for (const auto& targets : regions) own.index_copy_(0, targets, values.index_select(0, targets));
  return own;
}

Tensor top_of_regions(const Tensor& values, double top, const std::vector<Tensor>& regions) {
  auto chosen = at::zeros_like(values, at::kBool);
  for (const auto& targets : regions) chosen.index_copy_(0, targets, top_of(values.index_select(0, targets), top));
  return chosen;
}

}  // namespace

bool asks_repeats(const LocaliserEntry& localiser) {
  return localiser.by == LocaliserSource::cc_max || localiser.by == LocaliserSource::explainable_variance ||
         localiser.by == LocaliserSource::split_half;
}

Tensor localiser_of_repeats(const Study& study, const StackedRepeats& repeats) {
  const auto by = study.localiser.by;
  if (!repeats.values.defined())
    bad_usage("'localiser.by' is {}, and the {} stories were heard once: it needs repeats of them",
              name_of(by, localiser_sources), name_of(study.localiser.rows, localiser_rows));
  const auto covariances = repeat_covariances(repeats.values);
  if (by == LocaliserSource::cc_max) return ceiling_of_covariances(covariances);
  if (by == LocaliserSource::explainable_variance) return explainable_variance(covariances);
  return split_half_reliability(covariances, half_splits(repeats.count, study.ceiling.splits, study.seed));
}

Tensor localiser_map(const LocaliserEntry& localiser, const std::vector<std::string>& subjects,
                     const std::vector<std::string>& targets) {
  return within("'localiser.path'", [&] {
    if (localiser.path.extension() == ".npy")
      return array_map(localiser.path, std::ssize(subjects), std::ssize(targets));
    return table_map(localiser.path, subjects, targets);
  });
}

std::vector<Tensor> targets_of_regions(const std::vector<TargetPlace>& places) {
  std::map<std::pair<std::string, std::string>, std::vector<int64_t>> members;
  for (size_t v = 0; v < places.size(); ++v)
    if (!places[v].region.empty()) members[{places[v].hemisphere, places[v].region}].push_back(static_cast<int64_t>(v));
  if (members.empty())
    bad_usage("'localiser.within' = \"region\": no target lies in a region; dataset.atlas names them");
  std::vector<Tensor> regions;
  for (const auto& [region, targets] : members) regions.push_back(index_tensor(targets));
  return regions;
}

Tensor responding_targets(const LocaliserEntry& localiser, const Tensor& values,
                          const std::vector<std::string>& subjects, const std::vector<Tensor>& regions) {
  std::vector<Tensor> chosen;
  Problems problems("the localiser leaves subjects without a target", Fault::input);
  for (size_t s = 0; s < subjects.size(); ++s) {
    const auto all = values[static_cast<int64_t>(s)];
    const auto own = regions.empty() ? all : inside(all, regions);
    const auto known = at::logical_not(at::isnan(own));
    const auto count = known.sum().item<int64_t>();
    chosen.push_back(localiser.above   ? at::logical_and(known, own > *localiser.above)
                     : regions.empty() ? top_of(own, localiser.top)
                                       : top_of_regions(own, localiser.top, regions));
    if (chosen.back().any().item<bool>()) continue;
    if (count == 0)
      problems.add("{}: no good target has a value", subjects[s]);
    else
      problems.add("{}: of {} values none is above {}; the largest is {:.4g}", subjects[s], count,
                   localiser.above.value_or(0), own.masked_select(known).max().item<double>());
  }
  problems.raise();
  return at::stack(chosen);
}

std::string localiser_paragraph(const EncodingPlan& plan) {
  const auto& localiser = plan.study.localiser;
  if (localiser.by == LocaliserSource::none) return "";
  const auto& flags = plan.responses.flags;
  const auto good = std::count(flags.begin(), flags.end(), Flag::ok);
  const auto by = localiser.by == LocaliserSource::map
                      ? "by the values of '" + localiser.given_path + "'"
                      : fmt::format("by the ceiling {} of {} rows", name_of(localiser.by, localiser_sources),
                                    name_of(localiser.rows, localiser_rows));
  const bool of_regions = localiser.within == LocaliserExtent::region;
  const auto rule = localiser.above ? fmt::format("above {:g}", *localiser.above)
                                    : fmt::format("the largest {:g} % of each subject's{}", localiser.top,
                                                  of_regions ? " in each region" : "");
  auto text = fmt::format(
      "Localiser: only targets that respond are scored, {}, {}; {} of {} over all subjects are left, and all means are "
      "about these. The others carry the flag masked.",
      by, rule, good, flags.size());
  if (localiser.by != LocaliserSource::map && localiser.rows == LocaliserRows::scored)
    text += " Relaxed: the choice has seen the rows that scores are judged on, so that scores are too high.";
  return text;
}

}  // namespace arcuate
