#include "cmd/encode_choice_support.h"

#include <ATen/ATen.h>

#include <limits>
#include <map>

#include "cmd/labels_support.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/grid_growth.h"

namespace arcuate {

void describe_encode_choice(cli::Spec<EncodeChoice>& s) {
  s.option("target-groups", &EncodeChoice::target_groups,
           "the group of each target, for --penalty-mode group: a text file of one label a line, or whole numbers as "
           "FILE.npy");
  s.option(
       "rule", &EncodeChoice::rule,
       "which penalty the scores of inner folds choose: the best; or one-se, the largest whose mean score is within "
       "one standard error (over inner folds) of the best, which needs three inner folds")
      .choices({{"best", ChoiceRule::best}, {"one-se", ChoiceRule::one_standard_error}});
  s.option(
       "grow-grid", &EncodeChoice::grow_grid,
       "how often, at most, a split's grid grows where more than 1 % of its choices are the smallest or the largest "
       "penalty: each time by a quarter of --penalties, in the ratio that it has there")
      .range(0, std::numeric_limits<double>::infinity());
}

std::vector<int64_t> read_target_groups(const EncodeChoice& choice, PenaltyMode mode, int64_t targets) {
  const bool wanted = mode == PenaltyMode::group;
  if (wanted && choice.target_groups.empty())
    bad_usage("--penalty-mode group needs the group of each target: give --target-groups FILE");
  if (!wanted && !choice.target_groups.empty())
    bad_usage("--target-groups has no meaning without --penalty-mode group");
  if (!wanted) return {};
  const auto labels = read_labels(choice.target_groups, "target");
  if (std::ssize(labels) != targets)
    bad_input("'{}' has {} labels for {} targets", choice.target_groups.string(), labels.size(), targets);
  return number_labels(labels).numbers;
}

RidgeResult fit_encoding(const RidgeProblem& problem, std::vector<RidgeSplit>& splits, const RidgeOptions& options,
                         const EncodeChoice& choice, const std::vector<Flag>& flags, cli::Run& run) {
  auto bar = run.console.progress("fitting");
  auto compute = run.compute;
  compute.progress = bar.callback();
  if (choice.grow_grid == 0) return ridge_cross_validated(problem, splits, options, compute);
  return ridge_with_growing_grids(problem, splits, options, {.times = choice.grow_grid, .counted = ok_columns(flags)},
                                  compute);
}

namespace {

std::vector<double> values_in(const std::vector<double>& lambdas, PenaltyUnit unit) {
  return to_vector(in_unit(to_tensor(lambdas), unit));
}

bool has_grown(const RidgeSplit& split, const std::vector<double>& asked) {
  return split.penalties.size() > asked.size();
}

}  // namespace

Json growth_record(const std::vector<RidgeSplit>& splits, const std::vector<double>& asked, PenaltyUnit unit) {
  Json list = Json::array();
  for (size_t k = 0; k < splits.size(); ++k) {
    if (!has_grown(splits[k], asked)) continue;
    const auto grid = values_in(splits[k].penalties, unit);
    list.push_back({{"split", k}, {"smallest", grid.front()}, {"largest", grid.back()}, {"penalties", grid.size()}});
  }
  return list;
}

void tell_growth(const std::vector<RidgeSplit>& splits, const std::vector<double>& asked, PenaltyUnit unit,
                 cli::Console& console) {
  std::map<std::string, int64_t> grids;  // how many splits have it
  for (const auto& split : splits)
    if (has_grown(split, asked)) {
      const auto grid = values_in(split.penalties, unit);
      ++grids[fmt::format("{:.4g} to {:.4g}", grid.front(), grid.back())];
    }
  for (const auto& [grid, count] : grids)
    console.info("grid       has grown to {} in {} of {} splits", grid, count, splits.size());
}

void tell_edges(const EncodeScores& scores, PenaltyUnit unit, bool can_grow, cli::Console& console) {
  constexpr double alarming = 0.01, most = 0.5;
  if (scores.grid.size() < 2) return console.info("penalties  {} is the only one", shortest(scores.grid.front()));
  console.info("penalties  {:.1f} % at the smallest of the grid ({}), {:.1f} % at the largest ({})",
               100 * scores.at_smallest, shortest(scores.grid.front()), 100 * scores.at_largest,
               shortest(scores.grid.back()));
  const auto warn = [&](double share, const char* edge, double penalty) {
    if (share > alarming)
      console.warn(
          "{:.1f} % OF THE CHOSEN PENALTIES ARE THE {} OF THE GRID ({}): better ones may lie beyond it; extend "
          "--penalties{}{}",
          100 * share, edge, shortest(penalty),
          can_grow && unit != PenaltyUnit::fraction ? " or let them grow with --grow-grid" : "",
          share > most ? ". Since most are, the penalties may be meant in another unit: see --penalty-unit" : "");
  };
  warn(scores.at_smallest, "SMALLEST", scores.grid.front());
  if (unit == PenaltyUnit::fraction && scores.grid.back() == 1) return;
  warn(scores.at_largest, "LARGEST", scores.grid.back());
}

Json verification_record(const RidgeVerification& found) {
  return {{"targets", found.targets},
          {"largest_difference_of_r", found.r_difference},
          {"penalties", found.choices},
          {"penalties_that_differ", found.other_choices},
          {"largest_relative_difference_of_their_scores", found.score_difference}};
}

void tell_verification(const RidgeVerification& found, cli::Console& console) {
  console.info(
      "verified   {} targets in float64: r differs by at most {:.1e}{}", found.targets.size(), found.r_difference,
      found.choices == 0
          ? "; penalties that targets share are taken as they are"
          : fmt::format("; {} of {} penalties differ{}", found.other_choices, found.choices,
                        found.other_choices == 0 ? ""
                                                 : fmt::format(", whose scores differ by at most {:.1e} of theirs",
                                                               found.score_difference)));
}

static std::string way(const RidgeCost& cost) {
  return fmt::format("{} {}", cost.form == Form::dual ? "dual" : "primal",
                     cost.method == Method::inverse ? "inverse" : "eigenbasis");
}

Json solver_record(const std::vector<RidgeCost>& costs, int64_t targets) {
  Json record = Json::array();
  for (const auto& cost : costs) record.push_back({{"way", way(cost)}, {"multiplications", cost.total(targets)}});
  return record;
}

void tell_costs(const std::vector<RidgeCost>& costs, int64_t targets, cli::Console& console) {
  std::vector<std::string> others;
  for (size_t i = 1; i < costs.size(); ++i)
    others.push_back(fmt::format("{} {:.3g}", way(costs[i]), costs[i].total(targets)));
  if (!costs.empty())
    console.verbose("solver     {}, {:.3g} multiplications a split{}", way(costs[0]), costs[0].total(targets),
                    others.empty() ? "" : "; instead of " + join(others, ", "));
}

}  // namespace arcuate
