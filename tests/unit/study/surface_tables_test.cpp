// A small study on a surface: its maps and tables hold what the units' files say, at the right vertices and regions.
#include <map>
#include <set>

#include "brain/surface.h"
#include "fixture.h"
#include "io/json.h"
#include "stats/fdr.h"
#include "study/surface_maps.h"
#include "unit/study/surface_study.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

// "n/a" is NaN.
void expect_number(const Table& table, size_t row, const char* column, double expected, double tolerance) {
  const double found = table.number(row, table.column(column));
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(found)) << column << " of line " << table.lines[row] << " is " << found;
  } else {
    EXPECT_NEAR(found, expected, tolerance) << column << " of line " << table.lines[row];
  }
}

}  // namespace

TEST_F(SurfaceStudy, maps_hold_each_value_at_its_vertex_and_nan_elsewhere) {
  const auto& headline = all().summary.by_target.at(0);
  for (size_t s = 0; s < 3; ++s)
    for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
      const auto& subject = all().responses.subjects[s];
      auto scores = at::full({3, 162}, missing, at::kDouble), best = at::full({7, 162}, missing, at::kDouble);
      for (size_t v = 0; v < all().dataset.places.size(); ++v) {
        const auto& place = all().dataset.places[v];
        if (place.hemisphere != letter(hemisphere)) continue;
        const auto target = static_cast<int64_t>(v), row = static_cast<int64_t>(s), c = row * all().targets() + target;
        int64_t k = 0;
        for (const char* layer : {"1", "4", "final"}) scores[k++][place.vertex] = unit(model, layer).r[c];
        best[0][place.vertex] = headline.r[c];
        best[1][place.vertex] = headline.p[c];
        best[2][place.vertex] = headline.q[c];
        const auto chosen = headline.layer[c].item<int64_t>();
        best[3][place.vertex] = chosen < 0 ? missing : (std::vector<double>{1, 4, 7})[static_cast<size_t>(chosen)];
        best[4][place.vertex] = all().responses.ceiling[row][target];
        best[5][place.vertex] = all().responses.repeat_ceiling[row][target];
        best[6][place.vertex] = headline.r[c] / all().responses.repeat_ceiling[row][target].clamp_min(0.25);
      }
      EXPECT_LT(largest_difference(maps(subject, hemisphere, "stat-r_desc-brainscore"), scores), 1e-6) << subject;
      EXPECT_LT(largest_difference(maps(subject, hemisphere, "desc-headline"), best), 1e-6) << subject;
      for (const char* what : {"stat-r_desc-brainscore", "desc-headline"}) {
        const auto sidecar = read_json(map_stem(subject, letter(hemisphere), what).string() + ".json");
        EXPECT_TRUE(sidecar.at("Simulated").get<bool>());
        EXPECT_EQ(sidecar.at("Model").get<std::string>(), model);
      }
    }
}

TEST_F(SurfaceStudy, a_vertex_that_the_surface_lacks_is_named) {
  auto dataset = all().dataset;
  dataset.places.back().vertex = 162;
  EXPECT_TRUE(contains(message_of([&] { SurfaceMaps maps(dataset); }),
                       {dataset.targets.back().c_str(), "vertex 162", "hemisphere R", "162 vertices"}));
}

TEST_F(SurfaceStudy, region_tables_hold_means_over_the_vertices_of_the_maps) {
  std::map<std::pair<std::string, std::string>, std::vector<int64_t>> regions;
  for (size_t v = 0; v < all().dataset.places.size(); ++v)
    regions[{all().dataset.places[v].hemisphere, all().dataset.places[v].region}].push_back(static_cast<int64_t>(v));
  for (size_t s = 0; s < 3; ++s) {
    const auto subject = all().responses.subjects[s];
    const auto found = table(fmt::format("sub-{0}/func/sub-{0}_task-simulated_desc-brainscore_scores.tsv", subject));
    ASSERT_EQ(found.rows.size(), all().summary.layers.size() * regions.size());
    const auto at_row = static_cast<int64_t>(s), first = at_row * all().targets();
    for (size_t row = 0; row < found.rows.size(); ++row) {
      const auto text = [&](const char* column) { return found.text(row, found.column(column)); };
      const auto seed = text("seed");
      const auto id = text("training") == "untrained" ? text("space") + ".untrained-" + seed
                      : seed != "n/a"                 ? text("space") + "-" + seed
                                                      : text("space");
      const auto scores = unit(id, text("layer"));
      const auto within = at::tensor(regions.at({text("hemisphere"), text("region")}), at::kLong);
      const auto own = [&](const at::Tensor& c) {
        return c.slice(0, first, first + all().targets()).index_select(0, within);
      };
      const auto r = own(scores.r), known = r.masked_select(at::logical_not(at::isnan(r)));
      EXPECT_EQ(text("targets"), std::to_string(within.numel()));
      EXPECT_EQ(text("scored"), std::to_string(known.numel()));
      ASSERT_GT(known.numel(), 0);
      expect_number(found, row, "r", known.mean().item<double>(), 1e-9);
      expect_number(found, row, "r_abs_r", (known * known.abs()).mean().item<double>(), 1e-9);
      expect_number(found, row, "r2", mean_of_numbers(own(scores.r2)), 1e-9);
      const double median = found.number(row, found.column("median_r"));
      EXPECT_GE(2 * known.le(median + 1e-12).sum().item<int64_t>(), known.numel());
      EXPECT_GE(2 * known.ge(median - 1e-12).sum().item<int64_t>(), known.numel());
      expect_number(found, row, "ceiling", mean_of_numbers(all().responses.ceiling[at_row].index_select(0, within)),
                    1e-9);
      const auto ceiling = all().responses.repeat_ceiling[at_row].index_select(0, within);
      expect_number(found, row, "cc_max", mean_of_numbers(ceiling), 1e-9);
      expect_number(found, row, "cc_norm", mean_of_numbers(r / ceiling.clamp_min(0.25)), 1e-9);
      const auto q = bh_fdr(scores.p.slice(0, first, first + all().targets())).index_select(0, within);
      expect_number(found, row, "share_q05",
                    static_cast<double>(q.lt(0.05).sum().item<int64_t>()) / static_cast<double>(known.numel()), 1e-12);
      expect_number(found, row, "increment",
                    scores.increment.defined() ? mean_of_numbers(own(scores.increment)) : missing, 1e-9);
    }
  }
}

TEST_F(SurfaceStudy, region_tables_agree_with_the_map_files) {
  const auto regions = table("sub-sim01/func/sub-sim01_task-simulated_desc-brainscore_scores.tsv");
  size_t compared = 0;
  for (size_t row = 0; row < regions.rows.size(); ++row) {
    const auto text = [&](const char* column) { return regions.text(row, regions.column(column)); };
    if (text("training") != "trained" || text("layer") != "4") continue;
    const auto map =
        maps("sim01", text("hemisphere") == "L" ? Hemisphere::left : Hemisphere::right, "stat-r_desc-brainscore")[1];
    std::vector<at::Tensor> values;
    for (const auto& place : all().dataset.places)
      if (place.hemisphere == text("hemisphere") && place.region == text("region")) values.push_back(map[place.vertex]);
    expect_number(regions, row, "r", mean_of_numbers(at::stack(values)), 1e-6);
    ++compared;
  }
  EXPECT_GT(compared, 10u);
}

TEST_F(SurfaceStudy, flagged_targets_are_those_without_numbers_that_vary) {
  std::set<std::vector<std::string>> expected;
  std::vector<size_t> constant_in(static_cast<size_t>(all().targets()));
  const auto add = [&](const std::string& subject, size_t v, const char* flag) {
    const auto& place = all().dataset.places[v];
    expected.insert({subject, all().dataset.targets[v], place.hemisphere, place.region, flag});
  };
  for (size_t s = 0; s < 2; ++s) {
    std::vector<at::Tensor> recorded;
    for (const auto& recording : all().recordings)
      if (recording.subject == s) recorded.push_back(recording.responses);
    const auto series = at::cat(recorded, 0);
    for (size_t v = 0; v < constant_in.size(); ++v) {
      const auto own = series.select(1, static_cast<int64_t>(v));
      if (at::isnan(own).any().item<bool>()) {
        add(all().dataset.subjects[s], v, "nan");
      } else if (own.max().item<double>() == own.min().item<double>()) {
        add(all().dataset.subjects[s], v, "constant");
        if (++constant_in[v] == 2) add("mean", v, "constant");
      }
    }
  }
  const auto found = table("group/task-simulated_desc-flagged_scores.tsv");
  std::set<std::vector<std::string>> rows;
  for (size_t row = 0; row < found.rows.size(); ++row) {
    std::vector<std::string> fields;
    for (const char* column : {"subject", "target", "hemisphere", "region", "flag"})
      fields.push_back(found.text(row, found.column(column)));
    rows.insert(fields);
  }
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(rows.size(), found.rows.size());
  EXPECT_GE(rows.size(), 15u + 5u) << "five constant in each subject and the mean, five with NaN";
}
