// Colours for numbers: maps whose equal steps look equally large, to people with any colour vision. They are computed
// in OKLab (Ottosson 2020), where distances are about those that the eye sees.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace arcuate {

struct Rgb {
  uint8_t red = 0, green = 0, blue = 0;  ///< sRGB.
  bool operator==(const Rgb&) const = default;
};

/// "#0072b2", for SVG and CSS.
std::string css_colour(Rgb colour);

enum class ColourScale {
  sequential,  ///< From dark violet over red to light yellow.
  diverging,   ///< From blue over near-white in the middle to red; both sides are equally light.
};

/// A map from [0, 1] to colours; no colour of it is near the grey that stands for "no value".
class ColourMap {
 public:
  explicit ColourMap(ColourScale scale);
  Rgb at(double t) const;  ///< Beyond [0, 1]: the colour of the nearer end. NaN: failed.
  std::string css(double t) const { return css_colour(at(t)); }

 private:
  std::vector<Rgb> colours_;
};

}  // namespace arcuate
