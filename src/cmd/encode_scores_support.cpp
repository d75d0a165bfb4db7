#include "cmd/encode_scores_support.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <set>

#include "cli/provenance.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/grid_growth.h"
#include "io/npy.h"
#include "io/table.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Splits x V -> V.
Tensor median_over_splits(const Tensor& values) {
  const auto sorted = std::get<0>(values.sort(0));
  const int64_t count = values.size(0);
  return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

// Values of the targets that are ok, spread over all of them.
Tensor spread(const Tensor& values, const Tensor& ok, size_t targets) {
  return at::full({static_cast<int64_t>(targets)}, nan, at::kDouble).index_copy_(0, ok, values);
}

Json fold_record(const Fold& fold) {
  return {{"train", cli::row_ranges(fold.train)}, {"test", cli::row_ranges(fold.test)}};
}

std::vector<std::vector<std::string>> table_rows(const EncodeScores& scores) {
  const auto r = to_vector(scores.r), r2 = to_vector(scores.r2), penalty = to_vector(scores.penalty);
  std::vector<std::vector<std::string>> rows;
  for (size_t v = 0; v < scores.flags.size(); ++v)
    rows.push_back(
        {std::to_string(v), shortest(r[v]), shortest(r2[v]), shortest(penalty[v]), flag_name(scores.flags[v])});
  return rows;
}

}  // namespace

Tensor ok_columns(const std::vector<Flag>& flags) {
  std::vector<int64_t> columns;
  for (size_t v = 0; v < flags.size(); ++v)
    if (flags[v] == Flag::ok) columns.push_back(static_cast<int64_t>(v));
  return index_tensor(columns);
}

namespace {

// Ascending, each once.
std::vector<int64_t> tested_rows(const std::vector<RidgeSplit>& splits) {
  std::set<int64_t> rows;
  for (const auto& split : splits) rows.insert(split.outer.test.begin(), split.outer.test.end());
  return {rows.begin(), rows.end()};
}

}  // namespace

std::vector<Flag> flag_encode_targets(const EncodeData& data, const std::vector<RidgeSplit>& splits) {
  return flag_targets(data.responses, {all_rows(data.train_rows), tested_rows(splits)});
}

EncodeScores score_encoding(const std::vector<Flag>& flags, const RidgeResult& fit,
                            const std::vector<RidgeSplit>& splits, PenaltyUnit unit) {
  const auto ok = ok_columns(flags);
  const auto r2 = fit.r2.index_select(0, ok);
  if (!at::isfinite(r2).all().item<bool>())
    bad_input(
        "some predictions are not finite: the arrays hold values too large to compute with; rescale them or use "
        "--precision f64");
  const auto chosen = fit.penalties.index_select(1, ok);
  EncodeScores scores{.r = {}, .r2 = {}, .penalty = {}, .flags = flags, .ok = ok.numel()};
  // A prediction that does not vary predicts nothing: its r is 0, so that means over targets are fair.
  scores.r = spread(fit.r.index_select(0, ok), ok, flags.size());
  scores.r2 = spread(r2, ok, flags.size());
  scores.penalty = spread(median_over_splits(in_unit(chosen, unit)), ok, flags.size());
  scores.grid = to_vector(in_unit(to_tensor(fit.grid), unit));
  for (size_t k = 0; k < splits.size(); ++k) {
    const auto shares =
        edge_shares(chosen[static_cast<int64_t>(k)], splits[k].penalties.empty() ? fit.grid : splits[k].penalties);
    scores.at_smallest += shares.smallest / static_cast<double>(splits.size());
    scores.at_largest += shares.largest / static_cast<double>(splits.size());
  }
  if (fit.curves.defined())
    scores.curves = at::full_like(fit.curves, nan).index_copy_(2, ok, fit.curves.index_select(2, ok));
  return scores;
}

Json score_summary(const EncodeScores& scores) {
  const auto r = scores.r.index_select(0, ok_columns(scores.flags));
  if (r.numel() == 0) return {{"median_r", nullptr}, {"mean_r", nullptr}, {"mean_signed_r_squared", nullptr}};
  return {{"median_r", median_over_splits(r.unsqueeze(1))[0].item<double>()},
          {"mean_r", r.mean().item<double>()},
          {"mean_signed_r_squared", signed_square(r).mean().item<double>()}};
}

Json flag_counts(const std::vector<Flag>& flags) {
  Json counts{{"ok", 0}};
  for (const Flag flag : flags) counts[flag_name(flag)] = counts.value(flag_name(flag), 0) + 1;
  return counts;
}

Json split_record(const std::vector<RidgeSplit>& splits) {
  Json list = Json::array();
  for (const auto& split : splits) {
    Json record = fold_record(split.outer);
    for (const auto& fold : split.inner) record["inner"].push_back(fold_record(fold));
    list.push_back(record);
  }
  return list;
}

Json score_columns(PenaltyUnit unit) {
  const auto about = [](const char* text) { return Json{{"Description", text}}; };
  return {
      {"target", about("Column of the responses, counted from 0")},
      {"r", about("Pearson correlation of responses and held-out predictions over all test rows; 0 where the "
                  "prediction does not vary; n/a unless flag is ok")},
      {"r2",
       about("1 - SSE / SST of the held-out predictions, SST about the mean of the test rows; n/a unless flag is ok")},
      {"penalty", about(unit == PenaltyUnit::fraction
                            ? "Chosen length of the weights as a fraction of the unregularised length, median over the "
                              "splits; n/a unless flag is ok"
                        : unit == PenaltyUnit::huth
                            ? "Chosen penalty alpha (lambda = alpha^2), median over the splits; n/a unless flag is ok"
                            : "Chosen penalty lambda, median over the splits; n/a unless flag is ok")},
      {"flag",
       {{"Description", "Whether the target could be scored"},
        {"Levels",
         {{"ok", "scored"},
          {"constant", "the same value in all training or all test rows"},
          {"nan", "holds NaN"},
          {"infinite", "holds an infinite value"}}}}}};
}

void write_scores(const std::filesystem::path& folder, const EncodeScores& scores, const Json& columns,
                  const Json& manifest) {
  std::filesystem::remove(folder / "scores.tsv");
  write_json(folder / "manifest.json", manifest);
  write_npy(folder / "scores.npy", scores.r.to(at::kFloat));
  std::filesystem::remove(folder / "curves.npy");
  if (scores.curves.defined()) write_npy(folder / "curves.npy", scores.curves.to(at::kFloat));
  write_json(folder / "scores.json", columns);
  write_tsv(folder / "scores.tsv", {"target", "r", "r2", "penalty", "flag"}, table_rows(scores));
}

}  // namespace arcuate
