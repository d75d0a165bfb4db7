#include "io/wav.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "foreign.h"

namespace arcuate {
namespace {

using test::contains;
using test::TemporaryFolder;

template <class T>
T field(const std::string& bytes, size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::string written(const at::Tensor& samples, int64_t rate) {
  const TemporaryFolder folder;
  write_wav(folder / "x.wav", samples, rate);
  return read_file(folder / "x.wav");
}

TEST(Wav, header_and_samples_stand_where_the_format_puts_them) {
  const auto bytes = written(at::tensor({0.f, 1.f, -1.f, 0.5f}), 16000);
  ASSERT_EQ(bytes.size(), 44u + 8u);
  EXPECT_EQ(bytes.substr(0, 4) + bytes.substr(8, 8), "RIFFWAVEfmt ");
  EXPECT_EQ(field<uint32_t>(bytes, 4), bytes.size() - 8);
  EXPECT_EQ(field<uint16_t>(bytes, 20), 1);       // PCM
  EXPECT_EQ(field<uint16_t>(bytes, 22), 1);       // channels
  EXPECT_EQ(field<uint32_t>(bytes, 24), 16000u);  // samples a second
  EXPECT_EQ(field<uint32_t>(bytes, 28), 32000u);  // bytes a second
  EXPECT_EQ(field<uint16_t>(bytes, 34), 16);      // bits
  EXPECT_EQ(bytes.substr(36, 4), "data");
  EXPECT_EQ(field<uint32_t>(bytes, 40), 8u);
  const int16_t expected[] = {0, 32767, -32767, 16384};
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(field<int16_t>(bytes, 44 + 2 * i), expected[i]) << i;
}

TEST(Wav, every_sample_is_within_half_a_step) {
  const auto samples = at::sin(at::arange(1000, at::kDouble) * 0.05) * 0.9;
  const auto bytes = written(samples, 44100);
  for (int64_t i = 0; i < 1000; ++i)
    ASSERT_NEAR(field<int16_t>(bytes, static_cast<size_t>(44 + 2 * i)) / 32767.0, samples[i].item<double>(),
                0.5001 / 32767);
}

TEST(Wav, strided_samples_keep_their_order_and_none_are_a_file) {
  const auto stereo = at::linspace(-1, 1, 10).reshape({5, 2});
  EXPECT_EQ(written(stereo.select(1, 0), 8000), written(stereo.select(1, 0).contiguous(), 8000));
  EXPECT_EQ(written(at::zeros({0}), 8000).size(), 44u);
}

TEST(Wav, refuses_what_a_file_cannot_hold_and_leaves_nothing) {
  const TemporaryFolder folder;
  const auto refused = [&](const at::Tensor& samples, int64_t rate) {
    return test::message_of([&] { write_wav(folder / "x.wav", samples, rate); });
  };
  EXPECT_TRUE(contains(refused(at::tensor({0.f, NAN, 0.f}), 8000), {"x.wav", "1 of 3 samples", "sample 1 (nan)"}));
  EXPECT_TRUE(contains(refused(at::tensor({0.f, 0.f, 1.25f, -2.f}), 8000), {"2 of 4 samples", "sample 2 (1.25)"}));
  EXPECT_TRUE(contains(refused(at::zeros({2, 3}), 8000), {"one channel", "2 x 3"}));
  EXPECT_TRUE(contains(refused(at::zeros({2}, at::kShort), 8000), {"floats expected", "Short"}));
  EXPECT_TRUE(contains(refused(at::zeros({2}), 0), {"rate", "not 0"}));
  EXPECT_TRUE(contains(refused(at::zeros({2}), int64_t{1} << 40), {"rate"}));
  EXPECT_NE(test::message_of([&] { write_wav(folder.path() / "gone" / "x.wav", at::zeros({2}), 8000); }), "");
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace arcuate
