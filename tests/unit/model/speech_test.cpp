// Models that hear sound against transformers (tests/reference/make_speech.py).
#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "fixture.h"
#include "input/log_mel.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "model/block.h"
#include "model/checkpoint.h"
#include "model/model.h"
#include "model/sound_stem.h"
#include "model/untrained.h"
#include "unit/model/reference_model.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;
using arcuate::test::layers_to_final;
using arcuate::test::message_of;
using arcuate::test::reference_model;
using arcuate::test::relative_difference;
namespace fs = std::filesystem;

namespace {

at::Tensor heard(const Model& model, const at::Tensor& samples, at::ScalarType type) {
  const auto x = samples.to(at::kDouble);
  const int64_t bands = model.spec().sound->inputs;
  if (bands > 1) return whisper_log_mel(x, 16'000, {.bands = bands}).to(type);
  const auto centred = x - x.mean(1, true);
  return (centred / (centred.square().mean(1, true) + 1e-7).sqrt()).to(type);
}

const char* const speech_models[] = {"hubert-base", "hubert-large", "hubert-batch-norm", "wav2vec2",   "wav2vec2-large",
                                     "wavlm-base",  "wavlm-large",  "whisper-80",        "whisper-128"};

class SpeechReference : public testing::TestWithParam<const char*> {
 public:
  static void expect_states(at::ScalarType type, double tolerance) {
    const Fixture expected(reference_model(GetParam()) / "expected.safetensors");
    const auto model = Model::load(reference_model(GetParam()), {.type = type});
    const auto states = model.states(heard(model, expected["samples"], type), layers_to_final(model));
    const auto raw = expected["hidden_states"];
    for (int64_t layer = 0; layer <= model.spec().layers; ++layer)
      EXPECT_LT(relative_difference(states[static_cast<size_t>(layer)], raw[layer]), tolerance) << layer;
    EXPECT_LT(relative_difference(states.back(), expected["final_norm"]), tolerance);
  }
};

}  // namespace

TEST_P(SpeechReference, float64_states_agree_with_the_original_library) {
  const bool mel = std::string(GetParam()).starts_with("whisper");  // theirs is rounded to float32
  expect_states(at::kDouble, mel ? 1e-6 : 1e-12);
}
TEST_P(SpeechReference, float32_states_agree_with_the_original_library) { expect_states(at::kFloat, 2e-5); }
INSTANTIATE_TEST_SUITE_P(Families, SpeechReference, testing::ValuesIn(speech_models), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Speech, sounds_of_different_lengths_give_the_states_of_each_alone) {
  const std::vector<int64_t> lengths{900, 4000, 2500}, layers{1, 2};
  for (const std::string name : speech_models) {
    if (name.starts_with("whisper")) continue;  // hears what is filled up to one length
    SCOPED_TRACE(name);
    const auto model = Model::load(reference_model(name), {.type = at::kDouble});
    ModelInput together(at::sin(at::arange(7400, at::kDouble).square() / 1000).unsqueeze(0));
    together.lengths = lengths;
    for (const auto units : {Units::residual, Units::attention}) {
      const auto found = model.states(together, layers, units);
      for (size_t layer = 0; layer < layers.size(); ++layer) {
        std::vector<at::Tensor> alone;
        for (const auto& sound : together.read.split_with_sizes(lengths, 1))
          alone.push_back(model.states(sound, layers, units)[layer]);
        EXPECT_LT(relative_difference(found[layer], at::cat(alone, 1)), 1e-12);
      }
    }
  }
}

TEST(Speech, texts_do_not_lie_one_behind_the_other) {
  const auto model = Model::load(reference_model("gpt2"));
  ModelInput texts(at::zeros({1, 5}, at::kLong));
  texts.lengths = {2, 3};
  const std::vector<int64_t> stem{0};
  EXPECT_TRUE(contains(message_of([&] { model.states(texts, stem); }), {"only sounds have lengths of their own"}));
}

TEST(Speech, whispers_decoder_agrees_with_the_original_library) {
  for (const char* name : {"whisper-80", "whisper-128"})
    for (const auto& [type, tolerance] : {std::pair{at::kDouble, 1e-6}, {at::kFloat, 2e-5}}) {
      SCOPED_TRACE(name);
      const Fixture expected(reference_model(name) / "expected.safetensors");
      const auto encoder = Model::load(reference_model(name), {.type = type});
      const auto decoder = Model::load(reference_model(name), {.type = type, .part = ModelPart::decoder});
      EXPECT_EQ(decoder.spec().block.heads, 3);  // the encoder has 4
      const std::vector<int64_t> last{encoder.spec().layers + 1};
      const auto memory = encoder.states(heard(encoder, expected["samples"], type), last)[0];
      const auto states = decoder.states({expected["decoder_ids"], memory}, layers_to_final(decoder));
      const auto raw = expected["decoder_states"];
      ASSERT_EQ(raw.size(0), decoder.spec().layers + 1);
      for (int64_t layer = 0; layer < raw.size(0); ++layer)
        EXPECT_LT(relative_difference(states[static_cast<size_t>(layer)], raw[layer]), tolerance) << layer;
      EXPECT_LT(relative_difference(states.back(), expected["decoder_norm"]), tolerance);
      EXPECT_LT(relative_difference(decoder.logits(states.back()), expected["decoder_logits"]), tolerance);
    }
}

TEST(Speech, a_decoder_and_a_model_without_one_say_what_they_need) {
  const auto decoder = Model::load(reference_model("whisper-80"), {.part = ModelPart::decoder});
  const auto hubert = Model::load(reference_model("hubert-base"));
  const auto ids = at::zeros({1, 3}, at::kLong), memory = at::zeros({1, 50, 24});
  const std::vector<int64_t> stem{0};
  EXPECT_TRUE(contains(message_of([&] { decoder.states(ids, stem); }), {"needs states of what was heard"}));
  EXPECT_TRUE(contains(message_of([&] { hubert.states({at::ones({1, 100}), memory}, stem); }), {"only a decoder"}));
  EXPECT_TRUE(contains(message_of([&] { Model::load(reference_model("hubert-base"), {.part = ModelPart::decoder}); }),
                       {"hubert has no decoder", "families with one: whisper"}));
}

TEST(Speech, twins_of_encoder_and_decoder_share_no_numbers) {
  const auto decoder = [](uint64_t seed) {
    return Model::load(reference_model("whisper-80"), {.random_init = seed, .part = ModelPart::decoder});
  };
  const auto spec = read_spec(reference_model("whisper-80"), ModelPart::decoder);
  const auto same_seed = random_weights(spec, 1, at::kFloat);
  const auto ids = at::arange(4).unsqueeze(0), memory = at::ones({1, 50, 24});
  const std::vector<int64_t> stem{0}, last{2};
  const auto drawn = decoder(1).states({ids, memory}, stem)[0];
  EXPECT_GT(largest_difference(drawn[0], same_seed.tokens.slice(0, 0, 4) + same_seed.positions.slice(0, 0, 4)), 0.01);
  EXPECT_EQ(drawn[0][0].equal(random_weights(spec, derive_seed(1, "decoder"), at::kFloat).positions[0]), true);
  EXPECT_EQ(largest_difference(drawn, decoder(1).states({ids, memory}, stem)[0]), 0);
  EXPECT_GT(largest_difference(drawn, decoder(2).states({ids, memory}, stem)[0]), 0.01);
  EXPECT_GT(largest_difference(decoder(1).states({ids, memory}, last)[0], decoder(1).states({ids, -memory}, last)[0]),
            0);
}

TEST(Speech, buckets_of_distances_are_those_of_the_original_library) {
  const auto buckets = Fixture("models/wavlm-large/buckets.safetensors")["buckets"];
  for (int64_t distance = -1500; distance <= 1500; ++distance)
    ASSERT_EQ(bias_bucket({}, distance), buckets[distance + 1500].item<int64_t>()) << distance;
}

TEST(Speech, weights_that_are_written_are_those_that_were_read) {
  for (const char* name : speech_models) {
    SCOPED_TRACE(name);
    const test::TemporaryFolder folder;
    const auto spec = read_spec(reference_model(name));
    write_weights(folder / "model.safetensors", spec, read_weights(reference_model(name), spec, at::kFloat));
    fs::copy_file(reference_model(name) / "config.json", folder / "config.json");
    const auto samples = Fixture(reference_model(name) / "expected.safetensors")["samples"];
    const auto a = Model::load(reference_model(name)), b = Model::load(folder.path());
    const std::vector<int64_t> layers{0, spec.layers};
    const auto input = heard(a, samples, at::kFloat);
    const auto x = a.states(input, layers), y = b.states(input, layers);
    for (size_t i = 0; i < layers.size(); ++i) EXPECT_LT(relative_difference(x[i], y[i]), 1e-5);
  }
}

TEST(Speech, a_decoder_that_is_written_is_the_one_that_was_read) {
  const test::TemporaryFolder folder;
  const auto spec = read_spec(reference_model("whisper-80"), ModelPart::decoder);
  write_weights(folder / "model.safetensors", spec, read_weights(reference_model("whisper-80"), spec, at::kFloat));
  fs::copy_file(reference_model("whisper-80") / "config.json", folder / "config.json");
  const auto stored = named_weights(spec, read_weights(reference_model("whisper-80"), spec, at::kFloat));
  const auto again = named_weights(spec, read_weights(folder.path(), spec, at::kFloat));
  ASSERT_EQ(stored.size(), again.size());
  for (const auto& [name, tensor] : stored) EXPECT_TRUE(at::equal(tensor, again.at(name))) << name;
}

TEST(Speech, an_untrained_twin_begins_where_training_does) {
  const auto deviation = [](const at::Tensor& x) { return x.std().item<double>(); };
  const auto drawn = [](const char* name, uint64_t seed = 1) {
    return random_weights(read_spec(reference_model(name)), seed, at::kDouble);
  };
  const auto hubert = drawn("hubert-large"), wavlm = drawn("wavlm-large"), whisper = drawn("whisper-80");
  EXPECT_NEAR(deviation(hubert.stem.layers[1].convolution.weight), std::sqrt(2.0 / (16 * 3)), 0.02);
  EXPECT_EQ(deviation(hubert.stem.layers[1].convolution.bias), 0);
  EXPECT_NEAR(deviation(hubert.stem.position.weight), std::sqrt(2.0 / (6 * 15)), 0.01);
  EXPECT_NEAR(deviation(hubert.stem.projection.weight), 0.02, 0.002);
  EXPECT_NEAR(deviation(wavlm.stem.layers[1].convolution.weight), std::sqrt(2.0 / (16 * 3)), 0.02);
  EXPECT_NEAR(wavlm.stem.layers[1].convolution.bias.abs().max().item<double>(), 1 / std::sqrt(16.0 * 3), 0.02);
  EXPECT_NEAR(deviation(wavlm.stem.position.weight), 2 / std::sqrt(16.0 * 24), 0.01);
  EXPECT_NEAR(deviation(wavlm.stem.projection.weight), 0.25 / std::sqrt(3.0), 0.01);  // uniform to +-1/4
  EXPECT_EQ(wavlm.blocks[1].bias_scale.weight.min().item<double>(), 1.0);
  EXPECT_NEAR(deviation(wavlm.position_bias), 0.02, 0.002);
  EXPECT_NEAR(deviation(whisper.stem.layers[0].convolution.weight), 0.02, 0.002);
  // The one part of a Whisper file that training does not change.
  const auto stored =
      read_weights(reference_model("whisper-80"), read_spec(reference_model("whisper-80")), at::kDouble);
  EXPECT_LT(largest_difference(whisper.positions, stored.positions), 3e-6);
  for (const char* name : speech_models) {
    const auto spec = read_spec(reference_model(name));
    const auto samples = Fixture(reference_model(name) / "expected.safetensors")["samples"];
    const std::vector<int64_t> last{spec.layers};
    const auto a = Model::load(reference_model(name), {.random_init = 1});
    const auto b = Model::load(reference_model(name), {.random_init = 2});
    const auto input = heard(a, samples, at::kFloat);
    const auto x = a.states(input, last)[0], y = b.states(input, last)[0];
    EXPECT_TRUE(at::isfinite(x).all().item<bool>()) << name;
    EXPECT_GT(relative_difference(x, y), 0.02) << name;
  }
}

namespace {

// A copy of a reference model that a test may damage.
struct DamagedModel {
  test::TemporaryFolder folder;
  explicit DamagedModel(const std::string& name) {
    fs::copy(reference_model(name), folder.path(), fs::copy_options::recursive);
  }
  std::string error_with(const std::string& key, const Json& value, ModelPart part = ModelPart::main) const {
    const auto path = folder / "config.json";
    const auto kept = read_json(path);
    auto config = kept;
    config[key] = value;
    write_json(path, config);
    const auto message = message_of([&] { Model::load(folder.path(), {.part = part}); });
    write_json(path, kept);
    return message;
  }
};

}  // namespace

TEST(Speech, configurations_that_cannot_be_run_are_refused_by_name) {
  const DamagedModel hubert("hubert-base"), wavlm("wavlm-base"), whisper("whisper-80");
  EXPECT_TRUE(contains(hubert.error_with("feat_extract_norm", "batch"), {"'batch'", "group, layer"}));
  EXPECT_TRUE(contains(hubert.error_with("feat_extract_activation", "mish"), {"'mish'"}));
  EXPECT_TRUE(contains(hubert.error_with("hidden_act", "mish"), {"'mish'"}));
  for (const char* name : {"wav2vec2", "wavlm-base"})
    EXPECT_TRUE(
        contains(DamagedModel(name).error_with("hidden_act", "mish"), {"'mish' is not supported; known: relu"}));
  EXPECT_TRUE(contains(whisper.error_with("activation_function", "mish"), {"'mish' is not supported; known: relu"}));
  EXPECT_TRUE(contains(hubert.error_with("conv_stride", {5, 2}), {"3 channels", "3 kernels", "2 strides"}));
  EXPECT_TRUE(contains(hubert.error_with("conv_kernel", {10, 0, 2}), {"'conv_kernel' holds 0"}));
  EXPECT_TRUE(contains(hubert.error_with("conv_dim", "16"), {"'conv_dim' must be a list"}));
  EXPECT_TRUE(contains(hubert.error_with("conv_dim", {16, 1.5, 16}), {"'conv_dim' must be a whole number"}));
  EXPECT_TRUE(contains(hubert.error_with("num_conv_pos_embedding_groups", 7), {"is 7", "width 24"}));
  EXPECT_TRUE(contains(hubert.error_with("num_conv_pos_embeddings", 0), {"num_conv_pos_embeddings is 0"}));
  EXPECT_TRUE(contains(hubert.error_with("num_attention_heads", 5), {"24", "num_attention_heads 5"}));
  EXPECT_TRUE(contains(hubert.error_with("adapter_attn_dim", 16), {"adapter_attn_dim"}));
  EXPECT_TRUE(contains(hubert.error_with("add_adapter", true), {"add_adapter"}));
  EXPECT_TRUE(contains(wavlm.error_with("num_buckets", 2), {"num_buckets 2"}));
  EXPECT_TRUE(contains(wavlm.error_with("max_bucket_distance", 4), {"max_bucket_distance 4"}));
  EXPECT_TRUE(contains(whisper.error_with("num_mel_bins", 1), {"num_mel_bins is 1"}));
  EXPECT_TRUE(contains(whisper.error_with("encoder_attention_heads", 5), {"d_model 24", "5"}));
  EXPECT_TRUE(contains(whisper.error_with("decoder_attention_heads", 5, ModelPart::decoder),
                       {"d_model 24", "decoder_attention_heads 5"}));
  EXPECT_TRUE(contains(whisper.error_with("scale_embedding", true, ModelPart::decoder), {"scale_embedding is true"}));
  EXPECT_TRUE(contains(whisper.error_with("activation_function", "mish", ModelPart::decoder), {"'mish'"}));
}

TEST(Speech, weights_that_do_not_fit_the_configuration_are_named_at_once) {
  const DamagedModel hubert("hubert-base"), wavlm("wavlm-base"), whisper("whisper-80");
  EXPECT_TRUE(
      contains(hubert.error_with("conv_kernel", {10, 3, 3}),
               {"'feature_extractor.conv_layers.2.conv.weight' has the shape [16, 16, 2], [16, 16, 3] expected"}));
  EXPECT_TRUE(contains(hubert.error_with("conv_bias", true),
                       {"3 problems", "conv_layers.0.conv.bias' is missing", "conv_layers.2.conv.bias' is missing"}));
  EXPECT_TRUE(contains(hubert.error_with("feat_extract_norm", "layer"),
                       {"4 problems", "'hubert.feature_extractor.conv_layers.1.layer_norm.weight' is missing"}));
  EXPECT_TRUE(contains(hubert.error_with("conv_pos_batch_norm", true),
                       {"batch_norm.running_mean' is missing", "weight_g' is there, but config.json says"}));
  EXPECT_TRUE(
      contains(hubert.error_with("num_conv_pos_embeddings", 8), {"weight_v' has the shape [24, 6, 16], [24, 6, 8]"}));
  EXPECT_TRUE(contains(DamagedModel("wav2vec2").error_with("intermediate_size", 48),
                       {"9 problems", "layers.1.feed_forward.output_dense.weight' has the shape [24, 40], [24, 48]"}));
  EXPECT_TRUE(contains(wavlm.error_with("num_buckets", 32), {"rel_attn_embed.weight' has the shape [16, 4], [32, 4]"}));
  EXPECT_TRUE(
      contains(whisper.error_with("max_source_positions", 60), {"embed_positions.weight' has the shape [50, 24]"}));
  EXPECT_TRUE(
      contains(whisper.error_with("num_mel_bins", 128), {"conv1.weight' has the shape [24, 80, 3], [24, 128, 3]"}));
  EXPECT_TRUE(contains(whisper.error_with("vocab_size", 50, ModelPart::decoder),
                       {"'decoder.embed_tokens.weight' has the shape [40, 24], [50, 24] expected"}));
  EXPECT_TRUE(contains(whisper.error_with("max_target_positions", 448, ModelPart::decoder),
                       {"'decoder.embed_positions.weight' has the shape [20, 24], [448, 24] expected"}));
  EXPECT_TRUE(contains(whisper.error_with("decoder_layers", 3, ModelPart::decoder),
                       {"decoder.layers.2.encoder_attn.k_proj.weight' is missing"}));
}

TEST(Speech, sounds_that_a_model_cannot_hear_are_refused) {
  const auto hubert = Model::load(reference_model("hubert-base")), whisper = Model::load(reference_model("whisper-80"));
  const std::vector<int64_t> stem{0};
  const auto refusal = [&](const Model& model, const at::Tensor& input) {
    return message_of([&] { model.states(input, stem); });
  };
  // 2 frames of the last convolution are 5 of the second, which are 30 samples.
  EXPECT_TRUE(contains(refusal(hubert, at::ones({1, 29})), {"29 samples is too short", "needs 30"}));
  EXPECT_EQ(hubert.states(at::ones({1, 30}), stem)[0].size(1), 1);
  EXPECT_TRUE(contains(refusal(hubert, at::ones({1, 3, 100})), {"1 channels", "1 x 3 x 100"}));
  EXPECT_TRUE(contains(refusal(whisper, at::ones({1, 80, 90})), {"45 frames", "50 positions"}));
  EXPECT_TRUE(contains(refusal(whisper, at::ones({1, 100})), {"80 channels", "1 x 100"}));
}

TEST(SoundStem, frames_are_counted_as_the_convolutions_make_them) {
  const SoundStem hubert{
      .convolutions = {{512, 10, 5}, {512, 3, 2}, {512, 3, 2}, {512, 3, 2}, {512, 3, 2}, {512, 2, 2}, {512, 2, 2}}};
  EXPECT_EQ(stem_frames(hubert, 399), 0);
  EXPECT_EQ(stem_frames(hubert, 400), 1);
  EXPECT_EQ(stem_inputs(hubert, 1), 400);
  EXPECT_EQ(stem_frames(hubert, 257'600), 804);  // 16.1 s
  EXPECT_EQ(last_frame_of(hubert, 257'600, 257'600), 803);
}

TEST(SoundStem, whispers_last_frame_of_a_window_is_the_last_that_hears_it) {
  const SoundStem whisper{.convolutions = {{384, 3, 1, 1}, {384, 3, 2, 1}}};
  EXPECT_EQ(stem_frames(whisper, 3000), 1500);
  EXPECT_EQ(last_frame_of(whisper, 1610, 3000), 805);  // 16.1 s, as the scaling laws of Antonello et al. 2023 take it
  EXPECT_EQ(last_frame_of(whisper, 10, 3000), 5);
  EXPECT_EQ(last_frame_of(whisper, 3000, 3000), 1499);
}
