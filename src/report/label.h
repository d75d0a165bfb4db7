// Labels in a drawing: how wide text will be, where to break it, and how to keep labels apart.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

/// An upper guess of the width of UTF-8 text in a sans-serif face; the fonts of the reader are not known here.
double text_width(std::string_view text, double font_size);

/// Lines no wider than `width`, broken after spaces, '/', '-', '_' or ','; a longer word is broken where it must be.
std::vector<std::string> wrap_text(const std::string& text, double font_size, double width);

/// Where labels go that would like to be centred at `wanted` and are `heights` high: as near as can be (least squares)
/// without overlap and within [top, bottom], in the order of their wishes. What does not fit runs over at the bottom.
std::vector<double> spread_labels(const std::vector<double>& wanted, const std::vector<double>& heights, double top,
                                  double bottom);

}  // namespace arcuate
