// Letters are outlines, scaled without hinting, placed at sixty-fourths of a pixel with kerning, and blended by the
// coverage that FreeType computes.
#include "report/font.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/text.h"
#include "report/canvas.h"

// The bytes of the font file (ARCUATE_FONT, from CMake) between two labels.
asm(R"(
  .pushsection .rodata
  .balign 16
  .hidden arcuate_font_begin
  .global arcuate_font_begin
arcuate_font_begin:
  .incbin ")" ARCUATE_FONT R"("
  .hidden arcuate_font_end
  .global arcuate_font_end
arcuate_font_end:
  .byte 0
  .popsection
)");
extern "C" {
[[gnu::visibility("hidden")]] extern const unsigned char arcuate_font_begin[];
[[gnu::visibility("hidden")]] extern const unsigned char arcuate_font_end[];
}

namespace arcuate {

struct Font::Face {
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  ~Face() {
    FT_Done_Face(face);
    FT_Done_FreeType(library);
  }
};

namespace {

constexpr double unit = 64;  // FreeType counts sixty-fourths of a pixel

struct Glyph {
  FT_UInt index = 0;
  FT_Pos x = 0;  // of its origin, in units
};

struct Line {
  std::vector<Glyph> glyphs;
  FT_Pos width = 0;
};

void check(FT_Error code, const char* what) {
  if (code != 0) fail(Fault::failed, "the built-in font cannot be used: {} (FreeType error {})", what, code);
}

std::vector<char32_t> letters_of(std::string_view text) {
  std::string valid(text);
  while (const auto bad = invalid_utf8(valid)) valid[*bad] = '?';
  return code_points(valid);
}

void set_size(FT_Face face, double size) {
  check(FT_Set_Char_Size(face, 0, std::lround(size * unit), 72, 72), "setting its size");
}

void load(FT_Face face, FT_UInt index) {
  check(FT_Load_Glyph(face, index, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP), "loading a letter");
}

FT_Pos kerning(FT_Face face, FT_UInt left, FT_UInt right) {
  FT_Vector shift{};
  FT_Get_Kerning(face, left, right, FT_KERNING_UNFITTED, &shift);
  return shift.x;
}

Line lay_out(FT_Face face, std::string_view text, double size) {
  set_size(face, size);
  Line line;
  for (const char32_t letter : letters_of(text)) {
    const FT_UInt index = FT_Get_Char_Index(face, letter);
    if (!line.glyphs.empty()) line.width += kerning(face, line.glyphs.back().index, index);
    line.glyphs.push_back({index, line.width});
    load(face, index);
    line.width += face->glyph->linearHoriAdvance >> 10;  // 16.16 pixels, not rounded to whole ones
  }
  return line;
}

void blend_bitmap(Image& image, FT_GlyphSlot slot, int64_t x, int64_t y, Rgb colour) {
  const FT_Bitmap& bitmap = slot->bitmap;
  for (unsigned row = 0; row < bitmap.rows; ++row)
    for (unsigned column = 0; column < bitmap.width; ++column) {
      const unsigned char coverage = bitmap.buffer[static_cast<ptrdiff_t>(row) * bitmap.pitch + column];
      if (coverage > 0)
        blend(image, x + slot->bitmap_left + column, y - slot->bitmap_top + row, colour, coverage / 255.0);
    }
}

// The whole pixels of a place on the picture, and the rest that moves the outline within a pixel.
void draw_glyph(Image& image, FT_Face face, FT_UInt index, FT_Pos x, FT_Pos y, Rgb colour) {
  load(face, index);
  const FT_Pos whole_x = x >> 6, whole_y = y >> 6;
  FT_Outline_Translate(&face->glyph->outline, x - whole_x * 64, -(y - whole_y * 64));
  check(FT_Render_Glyph(face->glyph, FT_RENDER_MODE_NORMAL), "drawing a letter");
  blend_bitmap(image, face->glyph, whole_x, whole_y, colour);
}

}  // namespace

Font::Font() : face_(std::make_unique<Face>()) {
  check(FT_Init_FreeType(&face_->library), "starting FreeType");
  check(FT_New_Memory_Face(face_->library, arcuate_font_begin, arcuate_font_end - arcuate_font_begin, 0, &face_->face),
        "reading the face");
}
Font::~Font() = default;
Font::Font(Font&&) noexcept = default;
Font& Font::operator=(Font&&) noexcept = default;

double Font::width(std::string_view text, double size) const {
  return static_cast<double>(lay_out(face_->face, text, size).width) / unit;
}

void Font::draw(Image& image, std::string_view text, double x, double y, const TextStyle& style) const {
  const Line line = lay_out(face_->face, text, style.size);
  FT_Pos start = std::lround(x * unit);
  if (style.align == Align::centre) start -= line.width / 2;
  if (style.align == Align::right) start -= line.width;
  for (const Glyph& glyph : line.glyphs)
    draw_glyph(image, face_->face, glyph.index, start + glyph.x, std::lround(y * unit), style.colour);
}

}  // namespace arcuate
