// Colours and marker shapes that people with any colour vision can tell apart, on white and on black.
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace arcuate {

/// The colours of Okabe and Ito ("Color Universal Design", 2008) in their order, except that yellow, faint on white,
/// comes last. Their black is the ink of the page, so that it turns light where the page is dark.
inline constexpr std::array<std::string_view, 8> series_colours{"currentColor", "#E69F00", "#56B4E9", "#009E73",
                                                                "#0072B2",      "#D55E00", "#CC79A7", "#F0E442"};

/// What warns: the mark of simulated data.
inline constexpr std::string_view warning_colour = "#D55E00";

enum class Marker { circle, square, triangle, diamond, wedge };
inline constexpr size_t marker_count = 5;  // no divisor of 8: forty series pass before a pair of both returns

inline constexpr std::string_view series_colour(size_t index) { return series_colours[index % series_colours.size()]; }
inline constexpr Marker series_marker(size_t index) { return static_cast<Marker>(index % marker_count); }

}  // namespace arcuate
