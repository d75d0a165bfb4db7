#include "cmd/explain_text_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"

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

}  // namespace

std::string regression_text(const ExplainStory& story, const std::vector<CellResult>& results) {
  std::string text;
  for (const auto& cell : results) text += (text.empty() ? "" : "\n") + cell_text(story, cell);
  return text;
}

}  // namespace arcuate
