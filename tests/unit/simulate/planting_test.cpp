// What is planted where: depths along the gradient, ceilings within patches, drives in their patches, defects.
#include "simulate/planting.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "core/files.h"
#include "core/text.h"
#include "io/json.h"
#include "io/table.h"
#include "simulate/cortex.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::TemporaryFolder;

namespace {

constexpr int64_t side = 642;
constexpr int64_t blocks = 6;

class Planting : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    left_ = make_cortex({.vertices = side}, Hemisphere::left);
    right_ = make_cortex({.vertices = side}, Hemisphere::right);
  }
  static void TearDownTestSuite() { left_ = right_ = {}; }

  static std::vector<PlantedVertex> planted(const PlantOptions& options, const DriveOptions& drives = {}) {
    return plant(left_, right_, options, blocks, drives);
  }
  static std::vector<Drive> everything() { return {std::begin(all_drives), std::end(all_drives)}; }

  // The table of what was planted, as text.
  static std::string truth(const PlantOptions& options, const DriveOptions& drives = {}) {
    const TemporaryFolder folder;
    write_truth(folder / "truth.tsv", planted(options, drives), blocks, drives, options);
    return read_file(folder / "truth.tsv");
  }

  static inline CorticalSurfaces left_, right_;
};

int64_t count_defects(const std::vector<PlantedVertex>& vertices, Defect defect) {
  return std::count_if(vertices.begin(), vertices.end(), [&](const auto& v) { return v.defect == defect; });
}

}  // namespace

TEST_F(Planting, has_every_vertex_of_both_hemispheres_in_order) {
  const auto vertices = planted({});
  ASSERT_EQ(vertices.size(), static_cast<size_t>(2 * side));
  for (int64_t i = 0; i < 2 * side; ++i) {
    const auto& v = vertices[static_cast<size_t>(i)];
    EXPECT_EQ(v.hemisphere, i < side ? Hemisphere::left : Hemisphere::right);
    EXPECT_EQ(v.vertex, i % side);
    EXPECT_EQ(v.medial_wall, v.patch == "medial_wall");
    EXPECT_FALSE(v.drive);
    EXPECT_EQ(v.ceiling, 0);
  }
}

TEST_F(Planting, every_patch_holds_its_drive_and_the_others_none) {
  for (const auto drive : everything()) {
    const auto names = patches_of(drive);
    const std::set<std::string> patches(names.begin(), names.end());
    std::set<std::string> found;
    for (const auto& v : planted({.drives = {drive}})) {
      EXPECT_EQ(v.drive.has_value(), patches.count(v.patch) == 1) << v.patch;
      if (!v.drive) {
        EXPECT_EQ(v.ceiling, 0);
        continue;
      }
      EXPECT_EQ(*v.drive, drive);
      found.insert(v.patch);
      EXPECT_EQ(std::isnan(v.depth), drive != Drive::layers);
      EXPECT_EQ(std::isnan(v.phase), drive != Drive::loop);
      EXPECT_EQ(v.network < 0, drive != Drive::network);
      EXPECT_EQ(v.ahead < 0, drive != Drive::forecast);
    }
    EXPECT_EQ(found, patches);
  }
}

TEST_F(Planting, no_two_drives_share_a_patch) {
  std::multiset<std::string> patches;
  for (const auto drive : everything())
    for (const auto& patch : patches_of(drive)) patches.insert(patch);
  EXPECT_EQ(patches.size(), 9u);
  for (const auto& patch : patches) EXPECT_EQ(patches.count(patch), 1u) << patch;
}

TEST_F(Planting, depth_rises_along_the_gradient_from_low_to_high) {
  const auto gradient = patch_gradient(left_);
  const auto vertices = planted({.drives = {Drive::layers}, .depth_low = 0.5, .depth_high = 5});
  std::vector<std::pair<double, double>> along;
  for (int64_t v = 0; v < side; ++v) {
    const auto& vertex = vertices[static_cast<size_t>(v)];
    if (vertex.drive) along.emplace_back(gradient[v].item<double>(), vertex.depth);
  }
  std::sort(along.begin(), along.end());
  ASSERT_GT(along.size(), 20u);
  EXPECT_NEAR(along.front().second, 0.5, 1e-12);
  EXPECT_NEAR(along.back().second, 5, 1e-12);
  for (const auto& [place, depth] : along) EXPECT_NEAR(depth, 0.5 + 4.5 * place, 1e-12);
}

TEST_F(Planting, depth_reaches_the_models_last_block_unless_told_otherwise) {
  double low = 100, high = 0;
  for (const auto& v : planted({.drives = {Drive::layers}}))
    if (v.drive) low = std::min(low, v.depth), high = std::max(high, v.depth);
  EXPECT_NEAR(low, 1, 1e-12);
  EXPECT_NEAR(high, blocks, 1e-12);
}

TEST_F(Planting, ceilings_fall_from_the_middle_of_a_patch_to_its_rim) {
  const auto vertices = planted({.drives = everything(), .ceiling = 0.8, .rim = 0.5});
  const auto graph = neighbours(left_.sphere);
  std::map<std::string, const PlantedVertex*> best;
  for (size_t i = 0; i < static_cast<size_t>(side); ++i) {
    const auto& v = vertices[i];
    if (!v.drive) continue;
    EXPECT_GE(v.ceiling, 0.4);
    EXPECT_LE(v.ceiling, 0.8 + 1e-12);
    auto& so_far = best[v.patch];
    if (!so_far || v.ceiling > so_far->ceiling) so_far = &v;
  }
  ASSERT_EQ(best.size(), 9u);
  for (const auto& [patch, v] : best) {
    EXPECT_NEAR(v->ceiling, 0.8, 1e-12) << patch;
    for (const auto neighbour : graph.of(v->vertex)) {
      const auto& near = vertices[static_cast<size_t>(neighbour)];
      EXPECT_EQ(near.patch, patch);  // so it does not lie at the rim
    }
  }
  // At the rim, a patch is one edge high.
  for (size_t i = 0; i < static_cast<size_t>(side); ++i) {
    const auto& v = vertices[i];
    const auto around = graph.of(v.vertex);
    const bool rim = std::any_of(around.begin(), around.end(),
                                 [&](auto n) { return vertices[static_cast<size_t>(n)].patch != v.patch; });
    if (v.drive && rim) {
      EXPECT_LT(v.ceiling, 0.8) << v.patch;
    }
  }
}

TEST_F(Planting, word_rate_and_sound_are_shares_of_the_signal_of_layers) {
  const PlantOptions silent{.drives = {Drive::layers}, .word_rate = 0.15, .sound = 0.3};
  auto loud = silent;
  loud.drives.push_back(Drive::sound);
  for (const auto& v : planted(silent)) {
    EXPECT_EQ(v.word_rate, v.drive ? 0.15 : 0);
    EXPECT_EQ(v.sound, 0);
  }
  for (const auto& v : planted(loud)) EXPECT_EQ(v.sound, v.patch == "sensory" ? 0.3 : 0);
}

TEST_F(Planting, all_distances_of_the_forecast_occur) {
  std::set<int64_t> found;
  for (const auto& v : planted({.drives = {Drive::forecast}}, {.forecast_distances = {2, 5, -9}}))
    if (v.drive) found.insert(v.ahead);
  EXPECT_EQ(found, (std::set<int64_t>{0, 1, 2}));
}

TEST_F(Planting, templates_have_a_column_for_each_network_that_can_be_used) {
  const TemporaryFolder folder;
  auto vertices = planted({.drives = {Drive::network}}, {.networks = 3});
  std::map<std::string, int64_t> network_of;
  for (auto& v : vertices) {
    if (v.network == 1) v.defect = Defect::constant;
    if (v.network >= 0 && v.network != 1) network_of[vertex_name(v)] = v.network;
  }
  EXPECT_EQ(write_templates(folder / "templates.tsv", vertices), 2);
  const auto table = read_table(folder / "templates.tsv");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"target", "network-0", "network-2"}));
  ASSERT_EQ(table.rows.size(), network_of.size());
  for (const auto& row : table.rows) {
    EXPECT_EQ(row[1], network_of.at(row[0]) == 0 ? "1" : "0");
    EXPECT_EQ(row[2], network_of.at(row[0]) == 2 ? "1" : "0");
  }
  EXPECT_EQ(write_templates(folder / "none.tsv", planted({.drives = {Drive::layers}})), 0);
  EXPECT_FALSE(fs::exists(folder / "none.tsv"));
}

TEST_F(Planting, all_networks_occur_and_phases_go_around) {
  for (const int64_t networks : {1, 3, 5}) {
    std::set<int64_t> found;
    for (const auto& v : planted({.drives = {Drive::network}}, {.networks = networks}))
      if (v.drive) found.insert(v.network);
    EXPECT_EQ(found.size(), static_cast<size_t>(networks));
    EXPECT_EQ(*found.begin(), 0);
    EXPECT_EQ(*found.rbegin(), networks - 1);
  }
  std::set<int> octants;
  for (const auto& v : planted({.drives = {Drive::loop}}))
    if (v.drive) {
      EXPECT_LE(std::abs(v.phase), std::numbers::pi);
      octants.insert(static_cast<int>(std::floor(v.phase / (std::numbers::pi / 4))));
    }
  EXPECT_GE(octants.size(), 8u);
}

TEST_F(Planting, defects_are_as_many_as_asked_for_and_never_on_the_medial_wall) {
  const auto vertices = planted({.constant = 40, .nan = 30});
  EXPECT_EQ(count_defects(vertices, Defect::constant), 40);
  EXPECT_EQ(count_defects(vertices, Defect::nan), 30);
  for (const auto& v : vertices) EXPECT_FALSE(v.medial_wall && v.defect != Defect::none);
  EXPECT_EQ(count_defects(planted({.constant = 0, .nan = 0}), Defect::none), 2 * side);
}

TEST_F(Planting, is_decided_by_its_options_and_each_of_them_counts) {
  const PlantOptions usual{.drives = everything()};
  std::set<std::string> tables{truth(usual)};
  EXPECT_EQ(*tables.begin(), truth(usual));
  const auto add = [&](auto change) {
    auto options = usual;
    change(options);
    tables.insert(truth(options));
  };
  add([](auto& o) { o.drives.pop_back(); });
  add([](auto& o) { o.ceiling = 0.5; });
  add([](auto& o) { o.rim = 0.1; });
  add([](auto& o) { o.depth_low = 2; });
  add([](auto& o) { o.depth_high = 4; });
  add([](auto& o) { o.word_rate = 0.3; });
  add([](auto& o) { o.sound = 0.4; });
  add([](auto& o) { o.forecast_share = 0.3; });
  add([](auto& o) { o.constant = 7; });
  add([](auto& o) { o.nan = 7; });
  add([](auto& o) { o.seed = 1; });
  tables.insert(truth(usual, {.networks = 4}));
  tables.insert(truth(usual, {.forecast_distances = {-2}}));
  EXPECT_EQ(tables.size(), 14u);
}

TEST_F(Planting, the_truth_has_a_row_for_each_vertex_of_cortex) {
  const TemporaryFolder folder;
  const PlantOptions options{.drives = everything()};
  const auto vertices = planted(options);
  write_truth(folder / "truth.tsv", vertices, blocks, {}, options);
  const auto table = read_table(folder / "truth.tsv");
  size_t row = 0;
  for (const auto& v : vertices) {
    if (v.medial_wall) continue;
    ASSERT_LT(row, table.rows.size());
    const auto text = [&](const char* column) { return table.text(row, table.column(column)); };
    const auto number = [&](const char* column) { return table.number(row, table.column(column)); };
    EXPECT_EQ(text("target"), vertex_name(v));
    EXPECT_EQ(text("hemisphere"), letter(v.hemisphere));
    EXPECT_EQ(text("patch"), v.patch.empty() ? "n/a" : v.patch);
    EXPECT_EQ(text("drive"), v.drive ? drive_name(*v.drive) : "noise");
    EXPECT_EQ(number("vertex"), v.vertex);
    EXPECT_EQ(number("ceiling"), v.ceiling);
    EXPECT_EQ(number("word_rate"), v.word_rate);
    EXPECT_EQ(number("sound"), v.sound);
    EXPECT_EQ(text("depth"), std::isnan(v.depth) ? "n/a" : shortest(v.depth));
    EXPECT_EQ(text("phase"), std::isnan(v.phase) ? "n/a" : shortest(v.phase));
    EXPECT_EQ(text("network"), v.network < 0 ? "n/a" : std::to_string(v.network));
    EXPECT_EQ(text("forecast_distance"), v.drive != Drive::forecast ? "n/a" : v.ahead == 0 ? "6" : "10");
    EXPECT_EQ(text("forecast_layer"), v.drive == Drive::forecast ? std::to_string(drive_layer({}, blocks)) : "n/a");
    EXPECT_EQ(text("forecast_share"), v.drive == Drive::forecast ? "0.8" : "n/a");
    EXPECT_EQ(text("defect") == "none", v.defect == Defect::none);
    ++row;
  }
  EXPECT_EQ(row, table.rows.size());
  const auto sidecar = read_json(folder / "truth.json");
  EXPECT_EQ(sidecar.at("Simulated"), true);
  EXPECT_TRUE(sidecar.contains("drive") && sidecar.contains("defect"));
}

TEST_F(Planting, vertices_are_named_by_hemisphere_and_number) {
  EXPECT_EQ(vertex_name({.hemisphere = Hemisphere::left, .vertex = 17}), "L00017");
  EXPECT_EQ(vertex_name({.hemisphere = Hemisphere::right, .vertex = 40961}), "R40961");
}
