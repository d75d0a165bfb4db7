#include "cmd/explain_tables_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cmd/explain_page_support.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

using Row = std::vector<std::string>;

const char* yes(bool value) { return value ? "yes" : "no"; }
std::string whole(double value) { return fmt::format("{:.0f}", value); }

// Columns of equal width, two blanks apart; the first one to the left, the others to the right.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line = fmt::format("  {:<{}}", row[0], widths[0]);
    for (size_t c = 1; c < row.size(); ++c) line += fmt::format("  {:>{}}", row[c], widths[c]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string lead_text(const ExplainStory& story, const CellResult& cell) {
  const auto& fit = cell.fit;
  auto text = fmt::format("{}\n", cell.name);
  text += fmt::format("  n {}{}   R2 {}   adj R2 {}   F({}, {}) {}, p {}   AIC {}   BIC {}\n", fit.rows,
                      story.groups.empty() ? "" : fmt::format(" in {} groups of {}", cell.groups, story.groups),
                      brief(fit.r2), brief(fit.adjusted_r2), retained_count(cell), whole(fit.freedom), brief(fit.f),
                      brief(fit.f_p), brief(fit.aic), brief(fit.bic));
  return text + fmt::format("  held-out R2 {}, permutation p {}, q {}   valid {}\n\n", brief(cell.held_out_r2),
                            brief(cell.held_out_p), brief(cell.held_out_q), yes(cell.valid));
}

Row term_row(const Coefficient& c, const Feature* feature) {
  Row row{c.term,     brief(c.estimate), brief(c.se),
          brief(c.t), brief(c.p),        fmt::format("[{}, {}]", brief(c.lower), brief(c.upper))};
  if (!feature) return row.insert(row.end(), {"", "", ""}), row;
  row.insert(row.end(), {brief(c.vif), fmt::format("{:.0f} %", 100 * feature->fold_share), yes(feature->reliable)});
  return row;
}

std::string cell_text(const ExplainStory& story, const CellResult& cell) {
  std::vector<Row> rows{{"term", "estimate", "SE", "t", "p",
                         fmt::format("{} % CI", brief(100 * story.options.regression.confidence)), "VIF", "folds",
                         "reliable"}};
  if (story.options.regression.intercept) rows.push_back(term_row(cell.fit.coefficients.front(), nullptr));
  std::string left_out;
  for (const auto& feature : cell.features) {
    if (feature.retained)
      rows.push_back(term_row(feature.coefficient, &feature));
    else
      left_out += (left_out.empty() ? "" : ", ") + feature.coefficient.term;
  }
  auto text = lead_text(story, cell) + aligned(rows);
  return left_out.empty() ? text : text + "  not chosen: " + left_out + "\n";
}

Row labels_of(const ExplainStory& story, size_t cell) { return story.cells.cells[cell].labels; }

Row coefficient_numbers(const Coefficient& c) {
  return {shortest(c.estimate), shortest(c.se), shortest(c.t), shortest(c.p)};
}

std::vector<Row> regression_rows(const ExplainStory& story, const std::vector<CellResult>& results) {
  std::vector<Row> rows;
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
          {"n/a", shortest(c.lower), shortest(c.upper), "n/a", "n/a", "n/a", "n/a", "yes", "n/a", yes(result.valid)});
    }
    for (const auto& f : result.features)
      add(cell, f.coefficient,
          {shortest(f.q), shortest(f.coefficient.lower), shortest(f.coefficient.upper), shortest(f.coefficient.vif),
           shortest(f.fold_share), shortest(f.bootstrap_lower), shortest(f.bootstrap_upper), yes(f.retained),
           yes(f.reliable), yes(result.valid)});
  }
  return rows;
}

std::vector<Row> cell_rows(const ExplainStory& story, const std::vector<CellResult>& results) {
  std::vector<Row> rows;
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
                      yes(r.valid)};
    row.insert(row.end(), numbers.begin(), numbers.end());
    rows.push_back(row);
  }
  return rows;
}

// A column's name with what it means: the header of a table and its sidecar in one.
using Described = std::vector<std::pair<std::string, std::string>>;

Described described(const ExplainStory& story, const Described& more) {
  Described columns;
  for (const auto& name : story.cells.columns) columns.push_back({name, "Column of the input that makes the cells"});
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

Described regression_columns(const ExplainStory& story) {
  return described(story,
                   {{"term", "Intercept or predictor"},
                    {"estimate", "Least-squares coefficient; n/a where the choice of predictors left it out"},
                    {"se", "Standard error, of the kind that --errors asks for"},
                    {"t", "estimate / se"},
                    {"p", "Two-sided, Student's t with n - coefficients degrees of freedom"},
                    {"q", "p after the false discovery rate over the cells, for this predictor"},
                    {"lower", "Lower end of the confidence interval"},
                    {"upper", "Upper end of the confidence interval"},
                    {"vif", "Variance inflation factor 1 / (1 - R2 of this predictor on the others)"},
                    {"fold_share", "Share of the refits without a fold that have the same sign and p below --alpha"},
                    {"bootstrap_lower", "Lower end of the percentile interval over resampled groups"},
                    {"bootstrap_upper", "Upper end of the percentile interval over resampled groups"},
                    {"retained", "Whether the choice of predictors kept it"},
                    {"reliable", "p below --alpha, fold_share 1 and a bootstrap interval on the same side of 0"},
                    {"valid", "Whether the cell is valid: see cells.tsv"}});
}

Described cell_columns(const ExplainStory& story) {
  return described(story,
                   {{"n", "Rows"},
                    {"groups", "Groups of rows that stay together; n without --groups"},
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
                    {"valid", "f_p below --alpha, held_out_r2 above 0 and held_out_q below --alpha"}});
}

void write_described(const std::filesystem::path& stem, const Described& columns, const std::vector<Row>& rows) {
  std::vector<std::string> names;
  Json sidecar;
  for (const auto& [name, meaning] : columns) {
    names.push_back(name);
    sidecar[name] = {{"Description", meaning}};
  }
  auto file = stem;
  write_json(file.replace_extension(".json"), sidecar);
  write_tsv(file.replace_extension(".tsv"), names, rows);
}

}  // namespace

std::string regression_text(const ExplainStory& story, const std::vector<CellResult>& results) {
  std::string text;
  for (const auto& cell : results) text += (text.empty() ? "" : "\n") + cell_text(story, cell);
  return text;
}

void write_explain(const std::filesystem::path& folder, const ExplainStory& story,
                   const std::vector<CellResult>& results, const Json& manifest) {
  std::filesystem::remove(folder / "regression.tsv");
  write_json(folder / "manifest.json", manifest);
  write_explain_page(folder, story, results);
  write_described(folder / "cells", cell_columns(story), cell_rows(story, results));
  write_described(folder / "regression", regression_columns(story), regression_rows(story, results));
}

}  // namespace arcuate
