#include "study/explain_report.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {
namespace {

// Beyond this size of t colours need no steps, and one huge t would leave the others pale.
constexpr double certain_t = 6;

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;
using Columns = std::vector<TableColumn>;

const char* yes_or_no(bool value) { return value ? "yes" : "no"; }

// NaN when no row has one.
double at_largest_cook(const CellResult& cell) {
  double largest = NAN;
  for (const double value : to_vector(cell.fit.cook)) largest = std::fmax(largest, value);
  return largest;
}

std::string short_name(const CellTable& cells, size_t cell) {
  return cells.columns.empty() ? "all rows" : join(cells.cells[cell].labels, " ");
}

PageTable cell_lines(const ExplainStory& story, const std::vector<CellResult>& results) {
  PageTable table{.caption = "Each cell's regression as a whole.",
                  .columns = {"cell", "n", "groups", "R2", "adj R2", "F", "p of F", "AIC", "BIC", "held-out R2",
                              "permutation p", "q", "valid"}};
  for (size_t c = 0; c < results.size(); ++c) {
    const auto& r = results[c];
    table.rows.push_back({short_name(story.cells, c), std::to_string(r.fit.rows), std::to_string(r.groups),
                          brief(r.fit.r2), brief(r.fit.adjusted_r2), brief(r.fit.f), brief(r.fit.f_p), brief(r.fit.aic),
                          brief(r.fit.bic), brief(r.held_out_r2), brief(r.held_out_p), brief(r.held_out_q),
                          r.valid ? "yes" : "no"});
  }
  return table;
}

PageTable feature_lines(const ExplainStory& story, const std::vector<CellResult>& results) {
  PageTable table{.caption = "Each predictor in each cell. Folds: share of the refits without a fold that agree.",
                  .columns = {"cell", "predictor", "estimate", "SE", "t", "p", "q", "lower", "upper", "VIF", "folds",
                              "bootstrap lower", "bootstrap upper", "reliable"}};
  for (size_t c = 0; c < results.size(); ++c)
    for (const auto& f : results[c].features) {
      const auto& e = f.coefficient;
      table.rows.push_back({short_name(story.cells, c), e.term, brief(e.estimate), brief(e.se), brief(e.t), brief(e.p),
                            brief(f.q), brief(e.lower), brief(e.upper), brief(e.vif), brief(f.fold_share),
                            brief(f.bootstrap_lower), brief(f.bootstrap_upper),
                            f.retained ? (f.reliable ? "yes" : "no") : "not chosen"});
    }
  return table;
}

std::string shuffle_words(const ExplainStory& story) {
  if (story.groups.empty() || story.options.shuffle == Shuffle::rows) return "all rows trade places";
  if (story.options.shuffle == Shuffle::within) return "rows of one " + story.groups + " trade places";
  return fmt::format("each {} trades places as a whole with another of as many rows, and so do the rows within it",
                     story.groups);
}

Row labels_of(const ExplainStory& story, size_t cell) { return story.cells.cells[cell].labels; }

Row coefficient_numbers(const Coefficient& c) {
  return {shortest(c.estimate), shortest(c.se), shortest(c.t), shortest(c.p)};
}

Rows regression_rows(const ExplainStory& story, const std::vector<CellResult>& results) {
  Rows rows;
  const auto add = [&](size_t cell, const Coefficient& c, const Row& more) {
    auto row = labels_of(story, cell);
    row.push_back(c.term);
    for (const auto& number : coefficient_numbers(c)) row.push_back(number);
    row.insert(row.end(), more.begin(), more.end());
    rows.push_back(row);
  };
  for (size_t cell = 0; cell < results.size(); ++cell) {
    const auto& result = results[cell];
    if (story.options.regression.intercept) {
      const auto& c = result.fit.coefficients.front();
      add(cell, c,
          {"n/a", shortest(c.lower), shortest(c.upper), "n/a", "n/a", "n/a", "n/a", "yes", "n/a",
           yes_or_no(result.valid)});
    }
    for (const auto& f : result.features)
      add(cell, f.coefficient,
          {shortest(f.q), shortest(f.coefficient.lower), shortest(f.coefficient.upper), shortest(f.coefficient.vif),
           shortest(f.fold_share), shortest(f.bootstrap_lower), shortest(f.bootstrap_upper), yes_or_no(f.retained),
           yes_or_no(f.reliable), yes_or_no(result.valid)});
  }
  return rows;
}

Rows cell_rows(const ExplainStory& story, const std::vector<CellResult>& results) {
  Rows rows;
  for (size_t cell = 0; cell < results.size(); ++cell) {
    const auto& r = results[cell];
    auto row = labels_of(story, cell);
    const Row numbers{std::to_string(r.fit.rows),
                      std::to_string(r.groups),
                      std::to_string(retained_count(r)),
                      shortest(r.fit.r2),
                      shortest(r.fit.adjusted_r2),
                      shortest(r.fit.f),
                      shortest(r.fit.freedom),
                      shortest(r.fit.f_p),
                      shortest(r.f_q),
                      shortest(r.fit.aic),
                      shortest(r.fit.bic),
                      shortest(r.fit.log_likelihood),
                      shortest(r.fit.condition),
                      shortest(r.fit.durbin_watson),
                      shortest(r.fit.jarque_bera_p),
                      shortest(at_largest_cook(r)),
                      shortest(r.held_out_r2),
                      shortest(r.held_out_p),
                      shortest(r.held_out_q),
                      yes_or_no(r.valid)};
    row.insert(row.end(), numbers.begin(), numbers.end());
    rows.push_back(row);
  }
  return rows;
}

Columns described(const ExplainStory& story, const Columns& more) {
  Columns columns;
  for (const auto& name : story.cells.columns) columns.push_back({name, "What makes the cells"});
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

Columns regression_columns(const ExplainStory& story) {
  return described(story,
                   {{"term", "Intercept or predictor"},
                    {"estimate", "Least-squares coefficient; n/a where the choice of predictors left it out"},
                    {"se", "Standard error, of the kind that was asked for"},
                    {"t", "estimate / se"},
                    {"p", "Two-sided, Student's t with n - coefficients degrees of freedom"},
                    {"q", "p after the false discovery rate over the cells, for this predictor"},
                    {"lower", "Lower end of the confidence interval"},
                    {"upper", "Upper end of the confidence interval"},
                    {"vif", "Variance inflation factor 1 / (1 - R2 of this predictor on the others)"},
                    {"fold_share", "Share of the refits without a fold that have the same sign and p below alpha"},
                    {"bootstrap_lower", "Lower end of the percentile interval over resampled groups"},
                    {"bootstrap_upper", "Upper end of the percentile interval over resampled groups"},
                    {"retained", "Whether the choice of predictors kept it"},
                    {"reliable", "p below alpha, fold_share 1 and a bootstrap interval on the same side of 0"},
                    {"valid", "Whether the cell is valid: see cells.tsv"}});
}

Columns cell_columns(const ExplainStory& story) {
  return described(story,
                   {{"n", "Rows"},
                    {"groups", "Groups of rows that stay together; n without groups"},
                    {"predictors", "Predictors in the regression; numerator degrees of freedom of F"},
                    {"r2", "1 - SSR / SST; SST about 0 without an intercept"},
                    {"adjusted_r2", "1 - (1 - R2)(n - 1) / freedom; n for n - 1 without an intercept"},
                    {"f", "F of the hypothesis that no predictor matters"},
                    {"freedom", "n - coefficients: denominator degrees of freedom of F"},
                    {"f_p", "p of F"},
                    {"f_q", "f_p after the false discovery rate over the cells"},
                    {"aic", "-2 log-likelihood + 2 coefficients"},
                    {"bic", "-2 log-likelihood + ln(n) coefficients"},
                    {"log_likelihood", "Of normal errors"},
                    {"condition", "Condition number of the columns, each scaled to length 1"},
                    {"durbin_watson", "Of the residuals in row order; 2 is no autocorrelation"},
                    {"jarque_bera_p", "p of normal residuals"},
                    {"largest_cook", "Largest Cook's distance of a row"},
                    {"held_out_r2", "1 - SSE / SST of rows predicted without their fold, SST about the training mean"},
                    {"held_out_p", "(b + 1) / (m + 1) over shuffled responses"},
                    {"held_out_q", "held_out_p after the false discovery rate over the cells"},
                    {"valid", "f_p below alpha, held_out_r2 above 0 and held_out_q below alpha"}});
}

}  // namespace

std::string brief(double value) {
  if (std::isnan(value)) return "n/a";
  const double size = std::abs(value);
  return size >= 1e4 && size < 1e8 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

int64_t retained_count(const CellResult& cell) {
  return std::count_if(cell.features.begin(), cell.features.end(), [](const Feature& f) { return f.retained; });
}

TidyTable regression_table(const ExplainStory& story, const std::vector<CellResult>& results) {
  return {.columns = regression_columns(story), .rows = regression_rows(story, results)};
}

TidyTable cell_table(const ExplainStory& story, const std::vector<CellResult>& results) {
  return {.columns = cell_columns(story), .rows = cell_rows(story, results)};
}

HeatMap explain_map(const ExplainStory& story, const std::vector<CellResult>& results) {
  HeatMap map{.title = "What explains " + story.response,
              .row_label = story.cells.columns.empty() ? "cell" : join(story.cells.columns, ", "),
              .column_label = "predictor",
              .columns = story.predictors,
              .value_label = fmt::format("t = estimate / SE (colours end at {})", certain_t),
              .scale = ColourScale::diverging,
              .low = -certain_t,
              .high = certain_t,
              .cell_text = true,
              .simulated = story.simulated};
  for (size_t c = 0; c < results.size(); ++c) {
    map.rows.push_back(short_name(story.cells, c));
    map.values.emplace_back();
    for (const auto& f : results[c].features) map.values.back().push_back(f.coefficient.t);
  }
  return map;
}

std::vector<std::string> explain_definitions(const ExplainStory& story) {
  const auto& o = story.options;
  const auto together =
      story.groups.empty() ? "Rows count as independent." : "Rows of one " + story.groups + " stay together.";
  std::vector<std::string> said{
      fmt::format("In each cell {} is regressed on {} by least squares.", story.response, join(story.predictors, ", ")),
      fmt::format("Cells are refitted without each of {} folds, which are runs of rows in the order of the table. {}",
                  o.folds, together),
      fmt::format(
          "Held-out R2 compares predictions of left-out rows with the mean of the others: 0 is no better. Its p "
          "is the share of {} shuffles of the response that reach it, where {}; q is p after the false "
          "discovery rate over the cells.",
          o.shuffles, shuffle_words(story)),
      fmt::format("A predictor is reliable when p < {0}, every refit has the same sign and p < {0}, and the bootstrap "
                  "interval ({1} draws) lies on the same side of 0. A cell is valid when p of F < {0}, its held-out R2 "
                  "is above 0 and that has q < {0}.",
                  brief(o.alpha), o.resamples)};
  if (o.select != Criterion::none)
    said.emplace_back(
        "Predictors were chosen by an information criterion in each cell, and anew in every fold and shuffle. p, q and "
        "intervals of single predictors do not know of the choice and are too favourable; held-out R2 is not.");
  return said;
}

std::vector<PageSection> explain_sections(const ExplainStory& story, const std::vector<CellResult>& results,
                                          const AddFigure& add) {
  const auto map = explain_map(story, results);
  const auto figure =
      add("explain", render_heat_map(map), chart_data(map),
          "t of each predictor in each cell: red, the score rises with it; blue, it falls; struck, not chosen.");
  return {{.heading = "Results", .figures = {figure}, .tables = {cell_lines(story, results)}},
          {.heading = "Predictors", .tables = {feature_lines(story, results)}},
          {.heading = "How it was computed", .paragraphs = explain_definitions(story)}};
}

}  // namespace arcuate
