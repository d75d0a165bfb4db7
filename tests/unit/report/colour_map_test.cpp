// Colour maps: even in lightness and in distance, symmetric, in order for every colour vision, far from grey.
#include "report/colour_map.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "core/error.h"
#include "report/brain_view.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::test;

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

static Triple times(const Matrix& m, const Triple& v) {
  Triple out{};
  for (size_t i = 0; i < 3; ++i) out[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
  return out;
}

static Triple linear(Rgb colour) {
  const auto channel = [](uint8_t byte) {
    const double y = byte / 255.0;
    return y <= 0.04045 ? y / 12.92 : std::pow((y + 0.055) / 1.055, 2.4);
  };
  return {channel(colour.red), channel(colour.green), channel(colour.blue)};
}

static Triple oklab(Rgb colour) {
  constexpr Matrix to_cones{Triple{0.4122214708, 0.5363325363, 0.0514459929},
                            {0.2119034982, 0.6806995451, 0.1073969566},
                            {0.0883024619, 0.2817188376, 0.6299787005}};
  constexpr Matrix to_lab{Triple{0.2104542553, 0.7936177850, -0.0040720468},
                          {1.9779984951, -2.4285922050, 0.4505937099},
                          {0.0259040371, 0.7827717662, -0.8086757660}};
  Triple cones = times(to_cones, linear(colour));
  for (double& x : cones) x = std::cbrt(x);
  return times(to_lab, cones);
}

static double cie_lightness(double luminance) {
  return luminance > 216.0 / 24389 ? 116 * std::cbrt(luminance) - 16 : luminance * 24389 / 27;
}
static double luminance(const Triple& rgb) { return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]; }

static Triple cielab(Rgb colour) {
  constexpr Matrix to_xyz{
      Triple{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}};
  Triple xyz = times(to_xyz, linear(colour));
  constexpr Triple white{0.95047, 1, 1.08883};
  for (size_t i = 0; i < 3; ++i) xyz[i] = (cie_lightness(xyz[i] / white[i]) + 16) / 116;
  return {116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])};
}

static double distance(const Triple& a, const Triple& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

// What a dichromat sees (Viénot, Brettel and Mollon 1999): a cone's response replaced by those of the others.
enum class Dichromat { protan, deutan };
static Triple seen_by(Dichromat eye, Rgb colour) {
  constexpr Matrix to_cones{
      Triple{17.8824, 43.5161, 4.11935}, {3.45565, 27.1554, 3.86714}, {0.0299566, 0.184309, 1.46709}};
  constexpr Matrix from_cones{
      Triple{0.080944, -0.130504, 0.116721}, {-0.0102485, 0.0540194, -0.113615}, {-0.000365294, -0.00412163, 0.693513}};
  Triple cones = times(to_cones, linear(colour));
  if (eye == Dichromat::protan)
    cones[0] = 2.02344 * cones[1] - 2.52581 * cones[2];
  else
    cones[1] = 0.494207 * cones[0] + 1.24827 * cones[2];
  Triple rgb = times(from_cones, cones);
  for (double& x : rgb) x = std::clamp(x, 0.0, 1.0);
  return rgb;
}

static constexpr int count = 40;
static double part(int i) { return static_cast<double>(i) / count; }

TEST(ColourMap, sequential_lightness_is_linear) {
  const ColourMap map(ColourScale::sequential);
  const double first = oklab(map.at(0))[0], last = oklab(map.at(1))[0];
  EXPECT_LT(first, 0.3);
  EXPECT_GT(last, 0.9);
  for (int i = 0; i <= count; ++i) {
    EXPECT_NEAR(oklab(map.at(part(i)))[0], std::lerp(first, last, part(i)), 0.005) << part(i);
    if (i > 0) {
      EXPECT_GT(cielab(map.at(part(i)))[0], cielab(map.at(part(i - 1)))[0] + 0.5) << part(i);
    }
  }
}

TEST(ColourMap, steps_look_equally_large) {
  for (const ColourScale scale : {ColourScale::sequential, ColourScale::diverging}) {
    const ColourMap map(scale);
    double ok_sum = 0, ok_least = 1e9, ok_largest = 0, cie_sum = 0, cie_largest = 0;
    for (int i = 1; i <= count; ++i) {
      const double ok = distance(oklab(map.at(part(i))), oklab(map.at(part(i - 1))));
      const double cie = distance(cielab(map.at(part(i))), cielab(map.at(part(i - 1))));
      ok_sum += ok, ok_least = std::min(ok_least, ok), ok_largest = std::max(ok_largest, ok);
      cie_sum += cie, cie_largest = std::max(cie_largest, cie);
    }
    EXPECT_LT(ok_largest, 1.12 * ok_sum / count);
    EXPECT_GT(ok_least, 0.88 * ok_sum / count);
    EXPECT_LT(cie_largest, 1.8 * cie_sum / count) << "another measure, which overrates saturated colours";
  }
}

TEST(ColourMap, diverging_is_symmetric_in_lightness_and_white_in_the_middle) {
  const ColourMap map(ColourScale::diverging);
  const Triple middle = oklab(map.at(0.5));
  EXPECT_GT(middle[0], 0.95);
  EXPECT_LT(std::hypot(middle[1], middle[2]), 0.005);
  for (int i = 0; i <= count / 2; ++i) {
    EXPECT_NEAR(oklab(map.at(part(i)))[0], oklab(map.at(1 - part(i)))[0], 0.012) << part(i);
    if (i > 0) {
      EXPECT_GT(oklab(map.at(part(i)))[0], oklab(map.at(part(i - 1)))[0]);
    }
  }
  EXPECT_GT(distance(oklab(map.at(0)), oklab(map.at(1))), 0.25);
}

TEST(ColourMap, keeps_its_order_for_colour_blind_eyes) {
  const ColourMap sequential(ColourScale::sequential), diverging(ColourScale::diverging);
  for (const Dichromat eye : {Dichromat::protan, Dichromat::deutan})
    for (int i = 1; i <= count; ++i) {
      const auto light = [&](const ColourMap& map, double t) {
        return cie_lightness(luminance(seen_by(eye, map.at(t))));
      };
      EXPECT_GT(light(sequential, part(i)), light(sequential, part(i - 1))) << part(i);
      EXPECT_GT(light(diverging, part(i) / 2), light(diverging, part(i - 1) / 2)) << part(i);
      EXPECT_GT(light(diverging, 1 - part(i) / 2), light(diverging, 1 - part(i - 1) / 2)) << part(i);
    }
}

TEST(ColourMap, sides_of_the_diverging_map_differ_for_colour_blind_eyes) {
  const ColourMap map(ColourScale::diverging);
  for (const Dichromat eye : {Dichromat::protan, Dichromat::deutan})
    for (int i = 1; i <= 10; ++i) {
      const Triple cool = seen_by(eye, map.at(0.5 - i / 20.0)), warm = seen_by(eye, map.at(0.5 + i / 20.0));
      EXPECT_GT(cool[2], cool[0]) << i << ": blue";
      EXPECT_LT(warm[2], warm[0]) << i << ": yellow";
    }
}

TEST(ColourMap, is_far_from_the_greys_of_no_value) {
  for (const ColourScale scale : {ColourScale::sequential, ColourScale::diverging})
    for (int i = 0; i <= count; ++i)
      for (const Rgb grey : {gyrus_grey, sulcus_grey})
        EXPECT_GT(distance(oklab(ColourMap(scale).at(part(i))), oklab(grey)), 0.05) << part(i);
}

TEST(ColourMap, holds_its_ends_and_refuses_nan) {
  const ColourMap map(ColourScale::sequential);
  EXPECT_EQ(map.at(-3), map.at(0));
  EXPECT_EQ(map.at(7), map.at(1));
  EXPECT_NE(map.at(0), map.at(1));
  EXPECT_TRUE(contains(message_of([&] { map.at(NAN); }), {"NaN"}));
}

TEST(ColourMap, writes_colours_for_style_sheets) {
  EXPECT_EQ(css_colour({0, 114, 178}), "#0072b2");
  const ColourMap map(ColourScale::diverging);
  EXPECT_EQ(map.css(0.3), css_colour(map.at(0.3)));
}
