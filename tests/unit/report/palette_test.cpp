// The palette: no two of the first forty series look alike.
#include "report/palette.h"

#include <gtest/gtest.h>

#include <set>

using namespace arcuate;

TEST(Palette, gives_forty_series_different_looks) {
  std::set<std::pair<std::string_view, Marker>> looks;
  for (size_t i = 0; i < 40; ++i) looks.insert({series_colour(i), series_marker(i)});
  EXPECT_EQ(looks.size(), 40u);
}
