#include "cmd/explain_page_support.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "core/text.h"
#include "core/version.h"
#include "report/figures.h"
#include "report/heat_map.h"
#include "report/page.h"

namespace arcuate {
namespace {

// Beyond this size of t colours need no steps, and one huge t would leave the others pale.
constexpr double certain_t = 6;

std::string short_name(const CellTable& cells, size_t cell) {
  return cells.columns.empty() ? "all rows" : join(cells.cells[cell].labels, " ");
}

HeatMap map_of(const ExplainStory& story, const std::vector<CellResult>& results) {
  HeatMap map{.title = "What explains " + story.response,
              .row_label = story.cells.columns.empty() ? "cell" : join(story.cells.columns, ", "),
              .column_label = "predictor",
              .columns = story.predictors,
              .value_label = fmt::format("t = estimate / SE (colours end at {})", certain_t),
              .scale = ColourScale::diverging,
              .low = -certain_t,
              .high = certain_t,
              .cell_text = true};
  for (size_t c = 0; c < results.size(); ++c) {
    map.rows.push_back(short_name(story.cells, c));
    map.values.emplace_back();
    for (const auto& f : results[c].features) map.values.back().push_back(f.coefficient.t);
  }
  return map;
}

PageTable cell_table(const ExplainStory& story, const std::vector<CellResult>& results) {
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

PageTable feature_table(const ExplainStory& story, const std::vector<CellResult>& results) {
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

std::vector<std::string> definitions(const ExplainStory& story) {
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

}  // namespace

std::string brief(double value) {
  if (std::isnan(value)) return "n/a";
  const double size = std::abs(value);
  return size >= 1e4 && size < 1e8 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

int64_t retained_count(const CellResult& cell) {
  return std::count_if(cell.features.begin(), cell.features.end(), [](const Feature& f) { return f.retained; });
}

double at_largest_cook(const CellResult& cell) {
  double largest = NAN;
  for (const double value : to_vector(cell.fit.cook)) largest = std::fmax(largest, value);
  return largest;
}

void write_explain_page(const std::filesystem::path& folder, const ExplainStory& story,
                        const std::vector<CellResult>& results) {
  const auto map = map_of(story, results);
  const auto figure = Figures(folder).add(
      "explain", render_heat_map(map), chart_data(map),
      "t of each predictor in each cell: red, the score rises with it; blue, it falls; struck, not chosen.");
  Page page{.title = "What explains " + story.response,
            .subtitle = fmt::format("{} in {}", join(story.predictors, ", "), cells_text(story.cells))};
  page.sections.push_back({.heading = "Results", .figures = {figure}, .tables = {cell_table(story, results)}});
  page.sections.push_back({.heading = "Predictors", .tables = {feature_table(story, results)}});
  page.sections.push_back({.heading = "How it was computed", .paragraphs = definitions(story)});
  page.footer = fmt::format("arcuate {}. Full precision: the .tsv files beside this page.", version);
  write_page(folder / "report.html", page);
}

}  // namespace arcuate
