// PNG: what libpng reads is what was written; chunks are whole; texts are where they belong.
#include "io/png.h"

#include <gtest/gtest.h>
#include <png.h>
#include <zlib.h>

#include "core/error.h"
#include "core/files.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::test;

static Image gradient(int64_t width, int64_t height) {
  Image image{width, height, {}};
  for (int64_t i = 0; i < 3 * width * height; ++i) image.rgb.push_back(static_cast<uint8_t>(i * 37 % 251));
  return image;
}

static Image decoded(const std::string& bytes) {
  png_image description{};
  description.version = PNG_IMAGE_VERSION;
  EXPECT_TRUE(png_image_begin_read_from_memory(&description, bytes.data(), bytes.size())) << description.message;
  description.format = PNG_FORMAT_RGB;
  Image image{description.width, description.height, std::vector<uint8_t>(PNG_IMAGE_SIZE(description))};
  EXPECT_TRUE(png_image_finish_read(&description, nullptr, image.rgb.data(), 0, nullptr)) << description.message;
  return image;
}

static size_t number_at(const std::string& bytes, size_t at) {
  size_t number = 0;
  for (size_t i = at; i < at + 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes.at(i));
  return number;
}

// Type and data of every chunk; checksums are compared.
static std::vector<std::string> chunks_of(const std::string& bytes) {
  std::vector<std::string> chunks;
  for (size_t at = 8; at < bytes.size();) {
    const size_t length = number_at(bytes, at);
    chunks.push_back(bytes.substr(at + 4, length + 4));
    const auto* data = reinterpret_cast<const Bytef*>(chunks.back().data());
    EXPECT_EQ(number_at(bytes, at + 8 + length), crc32(0, data, static_cast<uInt>(length + 4))) << chunks.back();
    at += length + 12;
  }
  return chunks;
}

TEST(Png, reads_back_as_the_same_pixels) {
  for (const auto& [width, height] : {std::pair<int64_t, int64_t>{1, 1}, {7, 3}, {300, 201}}) {
    const Image image = gradient(width, height);
    const Image back = decoded(encode_png(image, {{"Title", "t"}, {"Software", "arcuate"}}));
    EXPECT_EQ(back.width, width);
    EXPECT_EQ(back.height, height);
    EXPECT_EQ(back.rgb, image.rgb);
  }
}

TEST(Png, has_whole_chunks_with_texts_behind_the_header) {
  const auto chunks =
      chunks_of(encode_png(gradient(5, 4), {{"Title", "A map"}, {"Simulated", "true"}, {"Unit", "Δr"}}));
  ASSERT_GT(chunks.size(), 5u);
  EXPECT_TRUE(chunks[0].starts_with("IHDR"));
  EXPECT_EQ(chunks[1], std::string("tEXtTitle\0A map", 15));
  EXPECT_EQ(chunks[2], std::string("tEXtSimulated\0true", 18));
  EXPECT_EQ(chunks[3], std::string("iTXtUnit\0\0\0\0\0", 13) + "Δr");
  EXPECT_EQ(chunks.back(), "IEND");
}

TEST(Png, gives_the_same_bytes_for_the_same_picture) {
  const PngTexts texts{{"Title", "t"}};
  EXPECT_EQ(encode_png(gradient(40, 30), texts), encode_png(gradient(40, 30), texts));
  EXPECT_NE(encode_png(gradient(40, 30), texts), encode_png(gradient(40, 30)));
}

TEST(Png, is_written_to_a_file_whole) {
  const TemporaryFolder folder;
  write_png(folder / "a.png", gradient(6, 5), {{"Title", "t"}});
  EXPECT_EQ(read_file(folder / "a.png"), encode_png(gradient(6, 5), {{"Title", "t"}}));
}

TEST(Png, refuses_what_is_no_picture) {
  EXPECT_TRUE(contains(message_of([] { encode_png({}); }), {"0 x 0 pixels", "expected"}));
  EXPECT_TRUE(contains(message_of([] { encode_png({2, 2, {1, 2, 3}}); }), {"2 x 2", "needs 12 bytes, 3 found"}));
}

TEST(Png, refuses_texts_that_readers_would_not_find) {
  const auto message = [](const std::string& keyword, const std::string& text) {
    return message_of([&] { encode_png(gradient(1, 1), {{keyword, text}}); });
  };
  EXPECT_TRUE(contains(message("", "t"), {"1 to 79 printable ASCII"}));
  EXPECT_TRUE(contains(message(std::string(80, 'k'), "t"), {"1 to 79"}));
  EXPECT_TRUE(contains(message("Tïtle", "t"), {"1 to 79"}));
  EXPECT_TRUE(contains(message("Title", "\xFF"), {"'Title'", "UTF-8"}));
  EXPECT_TRUE(contains(message("Title", std::string("a\0b", 3)), {"null"}));
}
