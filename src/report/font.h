// Text in a picture: DejaVu Sans, which is built into the program, so that pictures do not depend on a machine's fonts.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "io/png.h"
#include "report/colour_map.h"

namespace arcuate {

/// Where the x of a text is in it.
enum class Align { left, centre, right };

struct TextStyle {
  double size = 16;  ///< Pixels an em.
  Rgb colour{27, 27, 27};
  Align align = Align::left;
};

class Font {
 public:
  Font();  ///< Errors: failed.
  ~Font();
  Font(Font&&) noexcept;
  Font& operator=(Font&&) noexcept;
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  /// Pixels from the start of UTF-8 text to where the next letter would start. Letters that the face lacks, and bytes
  /// that are no UTF-8, are drawn as its box or as "?".
  double width(std::string_view text, double size) const;
  /// Draws on the base line y; what leaves the picture is cut off.
  void draw(Image& image, std::string_view text, double x, double y, const TextStyle& style) const;

 private:
  struct Face;
  std::unique_ptr<Face> face_;
};

}  // namespace arcuate
