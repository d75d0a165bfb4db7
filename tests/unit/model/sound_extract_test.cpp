// Windows over sound against transformers' feature extractors and models (tests/reference/make_sound_windows.py).
#include "model/sound_extract.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "fixture.h"
#include "io/json.h"
#include "model/family.h"
#include "unit/model/reference_model.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::reference_model;
using arcuate::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

SoundActivations heard(const Model& model, const std::string& name, const at::Tensor& samples,
                       const SoundExtractOptions& options, const Compute& compute = {}) {
  return extract_sound(model, read_sound_input(reference_model(name), model.spec()), samples, options, compute);
}

struct Golden {
  const char* model;
  double window;
};
constexpr Golden goldens[] = {{"hubert-base", 0.3}, {"wavlm-large", 0.3}, {"whisper-80", 0.6}};

}  // namespace

TEST(SoundExtract, windows_agree_with_the_original_library_one_by_one) {
  const Fixture expected("sound/windows.safetensors");
  for (const auto& [name, window] : goldens) {
    for (const auto type : {at::kDouble, at::kFloat}) {
      const auto model = Model::load(reference_model(name), {.type = type});
      std::vector<int64_t> layers;
      for (int64_t layer = 0; layer < expected[name].size(0); ++layer) layers.push_back(layer);
      const auto found = heard(model, name, expected["samples"], {.windows = {.window = window}, .layers = layers});
      const auto scale = expected[name].abs().max().item<double>();
      // Theirs go through float32 on the way to the model.
      EXPECT_LT(largest_difference(found.activations.states, expected[name]) / scale, 2e-5) << name;
      ASSERT_EQ(found.times.size(), 8U);
      EXPECT_DOUBLE_EQ(found.times.front(), 0.1);
      EXPECT_DOUBLE_EQ(found.times.back(), 0.8);
    }
  }
}

TEST(SoundExtract, batches_threads_and_streams_do_not_change_the_states) {
  const TemporaryFolder folder;
  const auto samples = Fixture("sound/windows.safetensors")["samples"];
  for (const auto& [name, window] : goldens) {
    const auto whole = Model::load(reference_model(name));
    const auto layered = Model::load(
        reference_model(name), {.streaming = Streaming{.memory = int64_t{1} << 40, .scratch = folder / "scratch"}});
    SoundExtractOptions options{.windows = {.window = window, .stride = 0.02}, .layers = {0, 2}};
    const auto usual = heard(whole, name, samples, options).activations.states;
    EXPECT_TRUE(at::equal(heard(whole, name, samples, options, {.threads = 3}).activations.states, usual)) << name;
    EXPECT_TRUE(at::equal(heard(layered, name, samples, options, {.threads = 2}).activations.states, usual)) << name;
    options.frames_per_batch = 1;
    EXPECT_LT(largest_difference(heard(whole, name, samples, options).activations.states, usual), 1e-4) << name;
  }
}

TEST(SoundExtract, half_the_digits_are_near) {
  const Fixture expected("sound/windows.safetensors");
  for (const auto& [name, window] : goldens) {
    const auto half = Model::load(reference_model(name), {.type = at::kBFloat16});
    const auto found = heard(half, name, expected["samples"], {.windows = {.window = window}}).activations.states;
    const auto all = expected[name];
    const auto near = largest_difference(found.slice(0, 0, all.size(0)), all) / all.abs().max().item<double>();
    EXPECT_LT(near, 0.1) << name;
    EXPECT_GT(near, 0) << name;
  }
}

TEST(SoundExtract, units_of_blocks_are_tapped_at_the_same_frames) {
  const auto samples = Fixture("sound/windows.safetensors")["samples"];
  const auto model = Model::load(reference_model("wavlm-large"));
  const auto made = heard(model, "wavlm-large", samples, {.units = Units::attention}).activations;
  EXPECT_EQ(made.layers, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(made.states.size(1), 8);
}

TEST(SoundWindows, end_every_stride_and_begin_where_the_sound_does) {
  const auto windows = sound_windows(16000, 16000, 400, {.window = 0.35, .stride = 0.1});
  ASSERT_EQ(windows.size(), 10U);
  EXPECT_EQ(windows[0].first, 0);
  EXPECT_EQ(windows[0].end, 1600);
  EXPECT_EQ(windows[3].first, 800);
  EXPECT_EQ(windows[9].first, 10400);
  EXPECT_EQ(windows[9].end, 16000);
  EXPECT_EQ(sound_windows(16000, 16000, 3300, {.window = 0.35, .stride = 0.1}).front().end, 4800);
}

TEST(SoundWindows, that_cannot_be_are_refused) {
  const auto refusal = [](int64_t samples, const SoundWindowOptions& options) {
    return message_of([&] { sound_windows(samples, 16000, 400, options); });
  };
  EXPECT_TRUE(contains(refusal(16000, {.window = 1, .stride = 1e-6}), {"at least one sample"}));
  EXPECT_TRUE(contains(refusal(16000, {.window = 1, .stride = 2}), {"1 s every 2 s", "at most the window"}));
  EXPECT_TRUE(contains(refusal(16000, {.window = 0.02, .stride = 0.01}), {"shorter than the 0.025 s"}));
  EXPECT_TRUE(contains(refusal(1500, {}), {"the sound has 0.09375 s", "0.1 s", "Ask for a shorter stride"}));
  const auto whisper = Model::load(reference_model("whisper-80"));
  EXPECT_TRUE(contains(message_of([&] { heard(whisper, "whisper-80", at::zeros({16000}), {}); }),
                       {"16.1 s are longer than the 1 s that the model hears"}));
}

namespace {

std::string refusal_with(const std::string& name, const Json& changes) {
  const TemporaryFolder folder;
  auto config = read_json(reference_model(name) / "preprocessor_config.json");
  config.update(changes);
  write_json(folder / "preprocessor_config.json", config);
  return message_of([&] { read_sound_input(folder.path(), read_spec(reference_model(name))); });
}

}  // namespace

TEST(SoundInput, what_cannot_be_followed_is_named_at_once) {
  EXPECT_TRUE(contains(refusal_with("hubert-base", {{"feature_size", 80}, {"dither", 0.1}}),
                       {"2 problems", "feature_size is 80, 1 expected", "dither is 0.1"}));
  EXPECT_TRUE(contains(refusal_with("hubert-base", {{"sampling_rate", 0}}), {"sampling_rate is 0"}));
  EXPECT_TRUE(contains(refusal_with("hubert-base", {{"do_normalize", "yes"}}), {"do_normalize"}));
  EXPECT_TRUE(contains(refusal_with("whisper-80", {{"feature_size", 128}, {"do_normalize", true}}),
                       {"feature_size is 128, 80 expected", "do_normalize is true"}));
  EXPECT_TRUE(contains(refusal_with("whisper-80", {{"hop_length", 0}, {"chunk_length", 0}, {"padding_value", 1.0}}),
                       {"3 problems", "hop_length is 0", "chunk_length is 0", "padding_value is 1"}));
  const TemporaryFolder empty;
  EXPECT_TRUE(contains(message_of([&] { read_sound_input(empty.path(), read_spec(reference_model("hubert-base"))); }),
                       {"has no preprocessor_config.json", "beside config.json"}));
}

TEST(SoundInput, the_file_decides_whether_sound_is_normalised) {
  const auto spec = read_spec(reference_model("hubert-base"));
  const auto input = read_sound_input(reference_model("hubert-base"), spec);
  const auto sound = at::arange(5, at::kFloat).unsqueeze(0);
  EXPECT_TRUE(input.normalize);
  EXPECT_NEAR(prepared_sound(input, sound)[0][4].item<double>(), std::sqrt(2.0), 1e-6);
  const TemporaryFolder folder;
  write_json(folder / "preprocessor_config.json", {{"do_normalize", false}});
  EXPECT_TRUE(at::equal(prepared_sound(read_sound_input(folder.path(), spec), sound), sound));
}
