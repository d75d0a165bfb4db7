// Planted against recovered, on a truth and results written by hand so that every number is known.
#include "simulate/recovery.h"

#include <ATen/ATen.h>

#include <cmath>
#include <set>

#include "brain/surface.h"
#include "core/error.h"
#include "core/tensor.h"
#include "io/table.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

namespace {

struct Vertex {
  std::string name{}, drive{}, defect = "none";
  double depth = std::nan(""), ceiling = 0;   // planted
  double r = 0, q = 1, layer = std::nan("");  // found
};

// Vertex numbers are places in the lists.
struct Case {
  std::vector<Vertex> left{}, right{};
  std::vector<std::string> flagged{};
};

Case usual_case() {
  return {.left = {{.name = "L0", .drive = "layers", .depth = 1, .ceiling = 0.8, .r = 0.5, .q = 0.01, .layer = 1},
                   {.name = "L1", .drive = "layers", .depth = 2.5, .ceiling = 0.5, .r = 0.4, .q = 0.01, .layer = 3},
                   {.name = "L2", .drive = "layers", .depth = 4, .ceiling = 0.6, .r = 0.4, .q = 0.01, .layer = 2},
                   {.name = "L3", .drive = "layers", .depth = 3, .ceiling = 0.1, .layer = 6},  // too weak
                   {.name = "L4", .drive = "layers", .depth = 3, .ceiling = 0.5},              // no score
                   {.name = "L5", .drive = "noise", .q = 0.5, .layer = 2}},
          .right = {{.name = "R0", .drive = "layers", .depth = 6, .ceiling = 0.7, .r = 0.3, .q = 0.02, .layer = 5},
                    {.name = "R1", .drive = "layers", .defect = "constant", .depth = 5, .ceiling = 0.5, .layer = 1},
                    {.name = "R2", .drive = "noise", .q = 0.04, .layer = 1},
                    {.name = "R3", .drive = "noise", .q = 0.9, .layer = 1},
                    {.name = "R4", .drive = "noise", .defect = "nan", .q = std::nan("")},
                    {.name = "R5", .drive = "noise", .q = 0.051, .layer = 4},
                    {.name = "R6", .drive = "size", .ceiling = 0.5, .r = 0.25, .q = 0.01, .layer = 4}},
          .flagged = {"R1", "L0"}};
}

std::string number(double value) { return std::isnan(value) ? "n/a" : fmt::format("{}", value); }

void add_truth(const std::vector<Vertex>& vertices, const std::string& hemisphere,
               std::vector<std::vector<std::string>>& rows) {
  for (size_t v = 0; v < vertices.size(); ++v)
    rows.push_back({vertices[v].name, hemisphere, std::to_string(v), "patch", vertices[v].drive,
                    number(vertices[v].ceiling), number(vertices[v].depth), vertices[v].defect});
}

void write_maps(const fs::path& results, const std::vector<Vertex>& vertices, Hemisphere hemisphere) {
  std::vector<double> r, q, layer;
  for (const auto& v : vertices) r.push_back(v.r), q.push_back(v.q), layer.push_back(v.layer);
  const auto p = std::vector<double>(r.size(), 0.5);
  const auto maps = at::stack({to_tensor(r), to_tensor(p), to_tensor(q), to_tensor(layer)}).to(at::kFloat);
  write_vertex_values(
      results / "sub-mean/func" /
          fmt::format("sub-mean_task-mytask_hemi-{}_model-tales1m_desc-headline_statmap.func.gii", letter(hemisphere)),
      maps, {"r", "p", "q", "layer"}, hemisphere, "NIFTI_INTENT_NONE");
}

class Recovered : public testing::Test {
 protected:
  fs::path dataset() const { return folder_ / "dataset"; }
  fs::path results() const { return folder_ / "results"; }
  fs::path flagged() const { return results() / "group/task-mytask_desc-flagged_scores.tsv"; }

  void write(const Case& c) const {
    for (const auto& folder : {dataset() / "truth", results() / "group", results() / "sub-mean/func"})
      fs::create_directories(folder);
    std::vector<std::vector<std::string>> rows;
    add_truth(c.left, "L", rows);
    add_truth(c.right, "R", rows);
    write_tsv(dataset() / "truth/truth.tsv",
              {"target", "hemisphere", "vertex", "patch", "drive", "ceiling", "depth", "defect"}, rows);
    write_maps(results(), c.left, Hemisphere::left);
    write_maps(results(), c.right, Hemisphere::right);
    std::vector<std::vector<std::string>> bad;
    for (const auto& target : c.flagged) bad.push_back({target});
    write_tsv(flagged(), {"target"}, bad);
  }

  void write_sizes() const {
    write_tsv(dataset() / "truth/sizes.tsv", {"space", "parameters", "accuracy"},
              {{"size-1e6", "1000000", "0.5"}, {"size-1e10", "10000000000", "0.9"}});
    write_tsv(results() / "sub-mean/func/sub-mean_task-mytask_desc-brainscore_scores.tsv",
              {"space", "hemisphere", "region", "scored", "r"},
              {{"size-1e6", "L", "occipital", "3", "0.2"},
               {"size-1e6", "R", "occipital", "1", "0.4"},
               {"size-1e6", "L", "motor", "9", "0.9"},
               {"size-1e10", "L", "occipital", "2", "0.45"},
               {"size-1e10", "R", "occipital", "0", "n/a"},
               {"tales-1m", "L", "occipital", "3", "0.7"}});
  }

  void write_networks() const {
    write_tsv(dataset() / "truth/networks.tsv", {"network", "layer", "unit"},
              {{"a", "1", "0"}, {"a", "2", "0"}, {"a", "2", "1"}, {"b", "1", "5"}});
    const auto group = [&](const std::string& name) {
      return results() / ("group/task-mytask_desc-" + name + "_networks.tsv");
    };
    write_tsv(group("networks"), {"model", "network", "best_atom", "iou", "q", "chance_iou"},
              {{"tales-1m", "a", "0", "0.8", "0.01", "0.4"},
               {"tales-1m", "b", "2", "0.1", "0.6", "n/a"},
               {"tales-1m.untrained-1", "a", "0", "0.7", "0.02", "0.5"},
               {"tales-1m.untrained-1", "b", "0", "0.7", "0.2", "0.5"}});
    write_tsv(group("atoms"), {"model", "atom", "networks"},
              {{"tales-1m", "0", "a"},
               {"tales-1m", "1", "a,b"},
               {"tales-1m", "2", "n/a"},
               {"tales-1m.untrained-1", "2", "a"}});
    write_tsv(group("neurons"), {"model", "layer", "unit", "atom"},
              {{"tales-1m", "1", "0", "0"},
               {"tales-1m", "2", "0", "0"},
               {"tales-1m", "1", "1", "0"},
               {"tales-1m", "2", "1", "1"},
               {"tales-1m", "1", "2", "2"},
               {"tales-1m.untrained-1", "1", "5", "2"}});
  }

  Recovery found() const { return recover(dataset(), results(), "my_task", "tales-1m"); }

  TemporaryFolder folder_;
};

}  // namespace

TEST_F(Recovered, depths_are_judged_where_a_layer_was_planted_well_and_found) {
  write(usual_case());
  const auto recovery = found();
  EXPECT_EQ(recovery.vertices.size(), 13u);
  EXPECT_EQ(recovery.depth_vertices, 4);
  EXPECT_NEAR(recovery.median_depth_error, 0.75, 1e-12);  // 0, 0.5, 1, 2
  EXPECT_NEAR(recovery.depth_correlation, 0.8, 1e-12);    // ranks 1 2 3 4 and 1 3 2 4
}

TEST_F(Recovered, the_median_of_an_odd_number_is_the_middle) {
  auto c = usual_case();
  c.left[2].layer = std::nan("");
  write(c);
  const auto recovery = found();
  EXPECT_EQ(recovery.depth_vertices, 3);
  EXPECT_NEAR(recovery.median_depth_error, 0.5, 1e-12);
  EXPECT_NEAR(recovery.depth_correlation, 1, 1e-12);
}

TEST_F(Recovered, noise_is_silent_where_it_is_not_significant) {
  write(usual_case());
  EXPECT_EQ(found().noise_vertices, 4);  // the one with a NaN has no q
  EXPECT_NEAR(found().noise_silent, 0.75, 1e-12);
}

TEST_F(Recovered, bad_vertices_are_those_planted_and_those_listed_among_them) {
  auto c = usual_case();
  write(c);
  EXPECT_EQ(found().bad_planted, 2);
  EXPECT_EQ(found().bad_listed, 1);  // L0 is listed, but nothing is wrong with it
  c.flagged = {"R1", "R4"};
  write(c);
  EXPECT_EQ(found().bad_listed, 2);
  fs::remove(flagged());  // a study without flagged targets
  EXPECT_EQ(found().bad_listed, 0);
}

TEST_F(Recovered, sizes_are_scored_by_the_mean_over_both_hemispheres_of_their_patch) {
  write(usual_case());
  EXPECT_TRUE(found().sizes.empty());
  write_sizes();
  const auto sizes = found().sizes;
  ASSERT_EQ(sizes.size(), 2u);
  EXPECT_EQ(sizes[0].space, "size-1e6");
  EXPECT_EQ(sizes[0].parameters, 1e6);
  EXPECT_NEAR(sizes[0].r, 0.25, 1e-12);  // (3 * 0.2 + 0.4) / 4
  EXPECT_EQ(sizes[1].accuracy, 0.9);
  EXPECT_NEAR(sizes[1].r, 0.45, 1e-12);  // no vertex of the right one has a score
}

TEST_F(Recovered, loops_are_judged_where_the_study_has_their_barcodes) {
  auto c = usual_case();
  c.left[5].drive = "loop";
  write(c);
  EXPECT_TRUE(found().loops.empty());
  write_tsv(results() / "group/task-mytask_desc-barcodes_shape.tsv",
            {"region", "hemisphere", "subject", "dimension", "longest", "second"},
            {{"patch", "L", "mean", "1", "0.8", "0.2"}, {"other", "L", "mean", "1", "0.3", "0.2"}});
  EXPECT_EQ(found().loops.size(), 2u);
  EXPECT_EQ(recovery_json(found()).at("loops").at(0).at("ratio"), 4);
  EXPECT_TRUE(contains(recovery_text(found()), {"loops", "4.00 times the second or more; elsewhere 1.50"}));
  const auto section = recovery_section(found(), Figures(folder_ / "figures"));
  EXPECT_TRUE(contains(section.paragraphs[2], {"Loops: where a loop was planted", "4.00"}));
}

TEST_F(Recovered, vertices_have_what_was_planted_and_what_was_found) {
  write(usual_case());
  const auto v = found().vertices[6];
  EXPECT_EQ(v.target, "R0");
  EXPECT_EQ(v.patch, "patch");
  EXPECT_EQ(v.drive, "layers");
  EXPECT_EQ(v.planted_depth, 6);
  EXPECT_EQ(v.ceiling, 0.7);
  EXPECT_EQ(v.layer, 5);
  EXPECT_NEAR(v.r, 0.3, 1e-7);
  EXPECT_NEAR(v.q, 0.02, 1e-7);
}

TEST_F(Recovered, results_of_another_dataset_are_an_error) {
  auto c = usual_case();
  write(c);
  const auto fewer = std::vector<Vertex>(c.right.begin(), c.right.begin() + 3);
  write_maps(results(), fewer, Hemisphere::right);
  EXPECT_TRUE(contains(message_of([&] { found(); }), {"truth.tsv:11", "no vertex 3 in hemisphere 'R'"}));
  write_vertex_values(
      results() / "sub-mean/func/sub-mean_task-mytask_hemi-R_model-tales1m_desc-headline_statmap.func.gii",
      at::zeros({7}, at::kFloat), {"r"}, Hemisphere::right, "NIFTI_INTENT_NONE");
  EXPECT_TRUE(contains(message_of([&] { found(); }), {"hemi-R_model-tales1m", "maps r, p, q and layer"}));
}

TEST_F(Recovered, missing_files_are_errors) {
  write(usual_case());
  EXPECT_TRUE(contains(message_of([&] { recover(dataset(), results(), "my_task", "other"); }), {"hemi-L_model-other"}));
  fs::remove(dataset() / "truth/truth.tsv");
  EXPECT_TRUE(contains(message_of([&] { found(); }), {"truth.tsv"}));
}

TEST_F(Recovered, the_numbers_are_told_as_json_and_in_words) {
  write(usual_case());
  write_sizes();
  const auto recovery = found();
  const auto json = recovery_json(recovery);
  EXPECT_EQ(json.at("Simulated"), true);
  EXPECT_EQ(json.at("depth_vertices"), 4);
  EXPECT_EQ(json.at("median_depth_error"), recovery.median_depth_error);
  EXPECT_EQ(json.at("noise_silent"), 0.75);
  EXPECT_EQ(json.at("sizes").size(), 2u);
  EXPECT_TRUE(
      contains(recovery_text(recovery),
               {"4 vertices with ceiling > 0.2: median error 0.75 layers, Spearman 0.80", "75.0 % of 4 vertices",
                "2 defective vertices planted, 1 listed", "1.80-fold from smallest to largest; planted 1.80"}));
}

TEST_F(Recovered, the_section_has_a_figure_for_layers_scores_and_sizes) {
  write(usual_case());
  fs::create_directories(folder_ / "figures");
  const Figures figures(folder_ / "figures");
  EXPECT_EQ(recovery_section(found(), figures).figures.size(), 2u);  // no sizes were planted
  write_sizes();
  const auto section = recovery_section(found(), figures);
  EXPECT_EQ(section.figures.size(), 3u);
  ASSERT_GE(section.paragraphs.size(), 3u);
  EXPECT_TRUE(
      contains(section.paragraphs[1], {"over 4 vertices", "0.75 layers", "75.0 % of 4", "2 planted, 1 listed"}));
  EXPECT_TRUE(contains(section.paragraphs[2], {"1.80", "found: 1.80"}));
  // Planted 1, 2.5 (nearest: 3), 4 and 6; all of each column is in one row, that of the layer found.
  std::set<std::pair<std::string, std::string>> full;
  const auto layers = read_table(folder_ / "figures/recovery_layers.tsv");
  for (size_t row = 0; row < layers.rows.size(); ++row)
    if (layers.number(row, layers.column("value")) == 1)
      full.insert({layers.text(row, layers.column("column")), layers.text(row, layers.column("row"))});
  EXPECT_EQ(full, (std::set<std::pair<std::string, std::string>>{{"1", "1"}, {"3", "3"}, {"4", "2"}, {"6", "5"}}));
}

TEST_F(Recovered, networks_are_held_against_the_groups_of_the_atoms_that_match_them) {
  write(usual_case());
  EXPECT_TRUE(found().networks.list.empty());
  write_networks();
  const auto networks = found().networks;
  ASSERT_EQ(networks.list.size(), 2u);
  const auto& a = networks.list[0];
  EXPECT_EQ(a.network, "a");
  EXPECT_EQ(a.iou, 0.8);
  EXPECT_EQ(a.planted, 3);
  EXPECT_EQ(a.best.group, 3);
  EXPECT_EQ(a.best.shared, 2);
  EXPECT_NEAR(a.best.expected, 3.0 * 3 / 5, 1e-12);
  EXPECT_EQ(a.matched.group, 4);
  EXPECT_EQ(a.matched.shared, 3);
  const auto& b = networks.list[1];
  EXPECT_EQ(b.best.shared, 0);
  EXPECT_EQ(b.matched.group, 1);  // atom 1 matches both
  EXPECT_EQ(networks.twin_significant, 1);
}

TEST_F(Recovered, networks_are_told_in_words_in_a_table_and_as_json) {
  write(usual_case());
  write_networks();
  const auto recovery = found();
  EXPECT_TRUE(
      contains(recovery_text(recovery), {"1 of 2 planted networks are matched better than chance (q <= 0.05)",
                                         "3 of the 4 units that drive them are in groups", "2.6 expected by chance",
                                         "The untrained twin, which reads the same words, has 1 of them."}));
  const auto json = recovery_json(recovery).at("networks");
  EXPECT_EQ(json.at(0).at("matched").at("shared"), 3);
  fs::create_directories(folder_ / "figures");
  const auto section = recovery_section(recovery, Figures(folder_ / "figures"));
  ASSERT_EQ(section.tables.size(), 1u);
  EXPECT_EQ(section.tables[0].rows[0],
            (std::vector<std::string>{"a", "0.80", "0.40", "0.010", "3", "2", "3", "3", "4"}));
}
