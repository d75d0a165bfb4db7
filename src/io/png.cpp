// Pixels go through libpng's simplified writer, which states sRGB and writes no time. It knows no texts; their chunks
// are put behind the header by hand.
#include "io/png.h"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"

namespace arcuate {

static constexpr size_t header_end = 8 + 25;  // the signature and the chunk IHDR, which must come first

static void check_pixels(const Image& image) {
  constexpr int64_t limit = 65536;  // keeps 3 x width x height far from overflow
  if (image.width < 1 || image.height < 1 || image.width > limit || image.height > limit)
    fail(Fault::failed, "a picture of {} x {} pixels cannot be written: 1 to {} expected either way", image.width,
         image.height, limit);
  const auto expected = static_cast<size_t>(3 * image.width * image.height);
  if (image.rgb.size() != expected)
    fail(Fault::failed, "a picture of {} x {} pixels needs {} bytes, {} found", image.width, image.height, expected,
         image.rgb.size());
}

static std::string big_endian(size_t number) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}

static std::string chunk(const std::string& type_and_data) {
  const auto* bytes = reinterpret_cast<const Bytef*>(type_and_data.data());
  return big_endian(type_and_data.size() - 4) + type_and_data +
         big_endian(crc32_z(crc32_z(0, nullptr, 0), bytes, type_and_data.size()));
}

static bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

static void check_text(const std::string& keyword, const std::string& text) {
  const bool printable = std::ranges::all_of(keyword, [](char c) { return c >= ' ' && c <= '~'; });
  if (keyword.empty() || keyword.size() > 79 || !printable || trim(keyword) != keyword)
    fail(Fault::failed, "'{}' cannot name a text of a PNG file: 1 to 79 printable ASCII characters expected", keyword);
  if (invalid_utf8(text) || text.find('\0') != text.npos)
    fail(Fault::failed, "the text '{}' of a PNG file must be UTF-8 without null characters", keyword);
}

// tEXt is Latin-1, so whatever is not ASCII goes into iTXt: uncompressed, no language, no translated keyword.
static std::string text_chunk(const std::string& keyword, const std::string& text) {
  check_text(keyword, text);
  const std::string null(1, '\0');
  if (is_ascii(text)) return chunk("tEXt" + keyword + null + text);
  return chunk("iTXt" + keyword + null + std::string(4, '\0') + text);
}

std::string encode_png(const Image& image, const PngTexts& texts) {
  check_pixels(image);
  png_image description{};
  description.version = PNG_IMAGE_VERSION;
  description.width = static_cast<png_uint_32>(image.width);
  description.height = static_cast<png_uint_32>(image.height);
  description.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(description);
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&description, bytes.data(), &size, 0, image.rgb.data(), 0, nullptr))
    fail(Fault::failed, "a picture of {} x {} pixels cannot be written: {}", image.width, image.height,
         description.message);
  bytes.resize(size);
  std::string chunks;
  for (const auto& [keyword, text] : texts) chunks += text_chunk(keyword, text);
  return bytes.insert(header_end, chunks);
}

void write_png(const std::filesystem::path& path, const Image& image, const PngTexts& texts) {
  write_file(path, encode_png(image, texts));
}

}  // namespace arcuate
