// PNG pictures: 8-bit RGB pixels to the bytes of a file, with texts (title, program) inside it. The same picture and
// the same texts always give the same bytes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace arcuate {

struct Image {
  int64_t width = 0, height = 0;
  std::vector<uint8_t> rgb{};  ///< Rows from the top, pixels from the left, three bytes (sRGB) each.
};

/// Keyword ("Title", "Software", "Simulated": at most 79 Latin letters) and UTF-8 text.
using PngTexts = std::vector<std::pair<std::string, std::string>>;

/// Errors: failed, when the picture is empty, its pixels do not fill it, or a keyword is not allowed.
std::string encode_png(const Image& image, const PngTexts& texts = {});
void write_png(const std::filesystem::path& path, const Image& image, const PngTexts& texts = {});

}  // namespace arcuate
