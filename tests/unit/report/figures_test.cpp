// Figures of a page as files beside it: charts with their numbers, maps with texts inside that say what they are.
#include "report/figures.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/version.h"
#include "io/base64.h"
#include "io/table.h"
#include "report/line_chart.h"
#include "support.h"
#include "unit/report/icosphere.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static BrainMapSide side() {
  const auto sphere = icosphere(2, 50);
  return {.points = sphere.point_tensor(),
          .triangles = sphere.triangle_tensor(),
          .values = at::linspace(0, 1, static_cast<int64_t>(sphere.points.size()))};
}

static BrainMap map(bool simulated) {
  return {
      .title = "Scores of <a & b>", .unit = "r", .left = side(), .right = side(), .simulated = simulated, .width = 400};
}

static LineChart chart() { return {.title = "Rise", .series = {{.label = "m", .x = {0, 1}, .y = {0, 1}}}}; }

// The text chunk of this keyword: keyword, NUL, text for tEXt; iTXt has four bytes more before the text.
static bool has_text(const std::string& png, const std::string& keyword, const std::string& text) {
  const auto at = png.find("Xt" + keyword + '\0');
  return at != png.npos && png.substr(at, keyword.size() + text.size() + 8).find(text) != std::string::npos;
}

TEST(Figures, charts_are_elements_and_files_with_their_numbers) {
  const TemporaryFolder folder;
  const auto svg = render_line_chart(chart());
  const auto figure = Figures(folder / "new/figures").add("layer.3", svg, chart_data(chart()), "A caption.");
  EXPECT_EQ(figure.body, svg);
  EXPECT_EQ(figure.caption, "A caption.");
  EXPECT_EQ(read_file(folder / "new/figures/layer.3.svg"), standalone_svg(svg));
  const auto table = read_table(folder / "new/figures/layer.3.tsv");
  EXPECT_EQ(table.columns, chart_data(chart()).columns);
  EXPECT_EQ(table.rows, chart_data(chart()).rows);
}

TEST(Figures, maps_are_files_and_elements_with_the_same_bytes) {
  const TemporaryFolder folder;
  const auto figure = Figures(folder / "figures").add("map", map(true), "A caption.");
  const auto png = read_file(folder / "figures/map.png");
  EXPECT_EQ(figure.body, picture_element(png, "Scores of <a & b>"));
  EXPECT_EQ(figure.caption, "A caption.");
  EXPECT_TRUE(png.starts_with("\x89PNG\r\n"));
  EXPECT_FALSE(fs::exists(folder / "figures/map.tsv"));
}

TEST(Figures, maps_say_in_the_file_what_they_are) {
  const TemporaryFolder folder;
  const Figures figures(folder.path());
  figures.add("simulated", map(true), "");
  figures.add("recorded", map(false), "");
  const auto simulated = read_file(folder / "simulated.png"), recorded = read_file(folder / "recorded.png");
  for (const auto& png : {simulated, recorded}) {
    EXPECT_TRUE(has_text(png, "Title", "Scores of <a & b>"));
    EXPECT_TRUE(has_text(png, "Software", std::string("arcuate ") + version));
  }
  EXPECT_TRUE(has_text(simulated, "Simulated", "true"));
  EXPECT_EQ(recorded.find("Simulated"), recorded.npos);
}

TEST(Figures, are_the_same_bytes_each_time) {
  const TemporaryFolder folder;
  const Figures figures(folder.path());
  EXPECT_EQ(figures.add("a", map(true), "").body, figures.add("b", map(true), "").body);
  EXPECT_EQ(read_file(folder / "a.png"), read_file(folder / "b.png"));
}

TEST(Figures, a_folder_that_cannot_be_made_is_told) {
  const TemporaryFolder folder;
  write_text(folder / "blocked", "a file");
  EXPECT_TRUE(
      contains(message_of([&] { Figures(folder / "blocked/figures").add("a", render_line_chart(chart()), {}, ""); }),
               {"blocked"}));
}
