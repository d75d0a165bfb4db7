#include "cmd/stats_results_support.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/text.h"
#include "study/explain_report.h"

namespace arcuate {

using at::Tensor;

namespace {

void append_numbers(TidyTable& table, const std::vector<ResultColumn>& columns) {
  for (const auto& column : columns) {
    table.columns.push_back(column.about);
    const auto values = column.values.to(at::kDouble).contiguous();
    for (size_t row = 0; row < table.rows.size(); ++row)
      table.rows[row].push_back(shortest(values.data_ptr<double>()[row]));
  }
}

void add_if_known(std::vector<ResultColumn>& columns, const char* name, const std::string& description,
                  const Tensor& values) {
  if (values.defined()) columns.push_back({{name, description}, values});
}

const char* corrected_description(Correction correction) {
  switch (correction) {
    case Correction::bh:
      return "Benjamini-Hochberg q over all tests of the table or map";
    case Correction::by:
      return "Benjamini-Yekutieli q over all tests of the table or map";
    case Correction::largest:
      return "Family-wise p: share of permutations whose largest statistic is as far out";
    default:
      return "Family-wise p: share of permutations whose largest enhanced statistic is as far out";
  }
}

}  // namespace

std::vector<ResultColumn> result_columns(const GroupTestResult& result, const StatsTest& test) {
  const auto deviation = sample_deviation(result.moments);
  const bool ranks = test.test == GroupTest::signed_rank;
  std::vector<ResultColumn> columns{
      {{"n", "Subjects with a value"}, result.moments.count},
      {{"mean", "Their mean; of differences in paired tests"},
       at::where(result.moments.count > 0, result.moments.mean, at::full_like(result.moments.mean, NAN))},
      {{"sd", "Their standard deviation"}, deviation},
      {{"effect", "(mean - against) / sd: Cohen's d of one sample"}, (result.moments.mean - test.against) / deviation},
      ranks ? ResultColumn{{"rank_sum", "W+: sum of the ranks of |value - against| where it is positive"},
                           result.statistic}
            : ResultColumn{{"t", "(mean - against) / (sd / sqrt(n))"}, result.statistic}};
  add_if_known(columns, "enhanced", "TFCE of t", result.enhanced);
  columns.push_back({{"p", "Of this test by itself"}, result.p});
  add_if_known(columns, corrected_name(test.correct).c_str(), corrected_description(test.correct), result.corrected);
  add_if_known(columns, "low", "Lower end of the bootstrap interval of the mean", result.low);
  add_if_known(columns, "high", "Upper end of the bootstrap interval of the mean", result.high);
  return columns;
}

TidyTable group_result_table(const std::vector<TableColumn>& columns,
                             const std::vector<std::vector<std::string>>& labels, const GroupTestResult& result,
                             const StatsTest& test) {
  TidyTable table{.columns = columns, .rows = labels};
  append_numbers(table, result_columns(result, test));
  return table;
}

TidyTable paired_result_table(const std::vector<TableColumn>& columns,
                              const std::vector<std::vector<std::string>>& labels, const PairedScores& scores,
                              const std::vector<int64_t>& sizes, const StatsTest& test) {
  TidyTable table{.columns = columns, .rows = labels};
  std::vector<ResultColumn> numbers;
  if (!sizes.empty())
    numbers.push_back({{"targets", "Targets of the region with a test"}, at::tensor(sizes, at::kLong)});
  numbers.push_back({{"r_a", "Pearson r of the predictions of A with the responses; mean over targets"}, scores.r_a});
  numbers.push_back({{"r_b", "That of B"}, scores.r_b});
  numbers.push_back({{"difference", "r_a - r_b"}, scores.difference});
  add_if_known(numbers, "enhanced", "TFCE of the difference, in units of its deviation over exchanges",
               scores.enhanced);
  numbers.push_back({{"p", "Of this test by itself, by paired block permutation"}, scores.p});
  add_if_known(numbers, corrected_name(test.correct).c_str(), corrected_description(test.correct), scores.corrected);
  append_numbers(table, numbers);
  return table;
}

std::string readable_table(const TidyTable& table, size_t most) {
  std::vector<std::vector<std::string>> shown{table.names()};
  for (size_t row = 0; row < std::min(most, table.rows.size()); ++row) {
    shown.push_back(table.rows[row]);
    for (auto& field : shown.back())
      if (const auto value = to_double(field); value && field.find_first_of(".e") != field.npos) field = brief(*value);
  }
  std::vector<size_t> widths(table.columns.size(), 0);
  for (const auto& row : shown)
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const auto& row : shown) {
    for (size_t c = 0; c < row.size(); ++c)
      text += fmt::format("{:>{}}{}", row[c], widths[c], c + 1 < row.size() ? "  " : "");
    text += "\n";
  }
  if (table.rows.size() > most) text += fmt::format("and {} more\n", table.rows.size() - most);
  return text;
}

std::string summary_text(const Tensor& p, const Tensor& corrected, const StatsTest& test, const std::string& what) {
  const auto& decisive = corrected.defined() ? corrected : p;
  const int64_t untested = at::isnan(p).sum().item<int64_t>(), tests = p.size(0) - untested;
  auto text = fmt::format("{} of {} {} with {} < {}", (decisive < test.alpha).sum().item<int64_t>(), tests, what,
                          corrected.defined() ? corrected_name(test.correct) : "p", shortest(test.alpha));
  if (tests > 0) text += fmt::format("; smallest p {}", brief(at::nan_to_num(p, 2.0).min().item<double>()));
  if (untested > 0) text += fmt::format("; {} without a test", untested);
  return text;
}

}  // namespace arcuate
