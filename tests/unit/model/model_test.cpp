#include "model/model.h"

#include "fixture.h"
#include "io/json.h"
#include "io/npy.h"
#include "model/checkpoint.h"
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

// Hidden states after the embedding and each block, after the final norm, and logits.
void expect_states(const fs::path& folder, const Fixture& expected, at::ScalarType type, double tolerance) {
  const auto model = Model::load(folder, {.type = type});
  auto ids = expected["input_ids"].to(at::kLong);
  if (ids.dim() == 1) ids = ids.unsqueeze(0);
  const auto states = model.states(ids, layers_to_final(model));
  const auto raw = expected["hidden_states"];
  // Some references have no dimension for a batch of one.
  const auto difference = [](const at::Tensor& a, const at::Tensor& b) { return relative_difference(a, b.view_as(a)); };
  for (int64_t layer = 0; layer <= model.spec().layers; ++layer)
    EXPECT_LT(difference(states[static_cast<size_t>(layer)], raw[layer]), tolerance) << layer;
  EXPECT_LT(difference(states.back(), expected["final_norm"]), tolerance);
  EXPECT_LT(difference(model.logits(states.back()), expected["logits"]), tolerance);
}

struct Reference {
  const char* folder;
  const char* expected;
};
class ModelReference : public testing::TestWithParam<Reference> {};

// A copy of a reference model that a test may damage.
struct Copy {
  test::TemporaryFolder folder;
  explicit Copy(const std::string& name) {
    fs::copy(reference_model(name), folder.path(), fs::copy_options::recursive);
  }
  std::string error() const {
    return message_of([&] { Model::load(folder.path()); });
  }
  void change_config(const std::string& key, const Json& value) const {
    auto config = read_json(folder / "config.json");
    config[key] = value;
    write_json(folder / "config.json", config);
  }
  void rewrite_weights(const std::function<void(std::vector<std::pair<std::string, at::Tensor>>&)>& change) const {
    std::vector<std::pair<std::string, at::Tensor>> tensors;
    {
      const SafetensorsFile file(folder / "model.safetensors");
      for (const auto& name : file.names()) tensors.emplace_back(name, file.tensor(name));
    }
    change(tensors);
    write_safetensors(folder / "model.safetensors", tensors);
  }
};

}  // namespace

TEST_P(ModelReference, float64_states_and_logits_agree_with_the_original_library) {
  expect_states(reference_model(GetParam().folder),
                Fixture(reference_model(GetParam().expected) / "expected.safetensors"), at::kDouble, 1e-12);
}
TEST_P(ModelReference, float32_states_and_logits_agree_with_the_original_library) {
  expect_states(reference_model(GetParam().folder),
                Fixture(reference_model(GetParam().expected) / "expected.safetensors"), at::kFloat, 2e-5);
}
INSTANTIATE_TEST_SUITE_P(Families, ModelReference,
                         testing::Values(Reference{"gpt2", "gpt2"}, Reference{"gpt2-float16", "gpt2-float16"},
                                         Reference{"gpt2-bfloat16", "gpt2-bfloat16"}, Reference{"llama", "llama"},
                                         Reference{"llama-sharded", "llama"},
                                         Reference{"llama-bias-tied", "llama-bias-tied"}),
                         [](const auto& test) {
                           std::string name = test.param.folder;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Model, feed_forward_units_agree_with_the_original_library) {
  const std::vector<int64_t> layers{1, 2, 3};
  for (const char* name : {"gpt2", "llama", "llama-bias-tied"}) {
    const auto model = Model::load(reference_model(name), {.type = at::kDouble});
    const auto ids = Fixture(reference_model(name) / "expected.safetensors")["input_ids"].to(at::kLong);
    const auto expected = Fixture(reference_model(name) / "ffn.safetensors")["ffn_units"];
    const auto units = model.states(ids, layers, Units::ffn);
    for (size_t layer = 0; layer < layers.size(); ++layer)
      EXPECT_LT(largest_difference(units[layer], expected[static_cast<int64_t>(layer)]), 1e-10) << name << " " << layer;
  }
}

TEST(Model, stories260K_agrees_with_its_stored_states_and_logits) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const Fixture expected(folder / "expected.safetensors");
  expect_states(folder, expected, at::kFloat, 1e-4);
  expect_states(folder, expected, at::kDouble, 1e-5);  // stored as float32
}

TEST(Model, tales_models_agree_with_their_stored_states) {
  ARCUATE_DATA_OR_SKIP(root, "models/tales-1m");
  std::vector<fs::path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(root.parent_path()))
    if (entry.path().filename() == "reference.json") folders.push_back(entry.path().parent_path());
  ASSERT_GE(folders.size(), 12u);
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder.string());
    const auto reference = read_json(folder / "reference.json");
    const auto ids = at::tensor(reference["token_ids"].get<std::vector<int64_t>>()).unsqueeze(0);
    const auto expected = read_npy(folder / "reference_hidden.npy");
    const auto model = Model::load(folder);
    const auto states = model.states(ids, layers_to_final(model));
    ASSERT_EQ(static_cast<int64_t>(states.size()), expected.size(0));
    for (size_t layer = 0; layer < states.size(); ++layer)
      EXPECT_LT(largest_difference(states[layer][0], expected[static_cast<int64_t>(layer)]), 1e-4) << layer;
    const auto last = std::get<0>(model.logits(states.back())[0][-1].topk(5));
    EXPECT_LT(largest_difference(last, at::tensor(reference["top5_logits"].get<std::vector<double>>())), 1e-4);
  }
}

TEST(Model, an_untrained_twin_is_the_initialisation_of_the_family) {
  ARCUATE_DATA_OR_SKIP(folder, "models/tales-1m-untrained");
  // The shipped twin was drawn with seed 42 by another program and stored as float16.
  const auto stored = Model::load(folder), drawn = Model::load(folder, {.random_init = 42}),
             other = Model::load(folder, {.random_init = 43});
  const auto ids = at::arange(40, at::kLong).unsqueeze(0) * 31;
  const auto layers = layers_to_final(stored);
  const auto a = stored.states(ids, layers), b = drawn.states(ids, layers), c = other.states(ids, layers);
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    const double scale = a[layer].abs().max().item<double>();
    EXPECT_LT(largest_difference(a[layer], b[layer]), 5e-3 * scale) << layer;
    EXPECT_GT(largest_difference(a[layer], c[layer]), 0.1 * scale) << layer;
  }
}

TEST(Model, an_untrained_twin_needs_no_weights_and_has_the_family_deviations) {
  Copy llama("llama");
  fs::remove(llama.folder / "model.safetensors");
  const auto spec = read_spec(llama.folder.path());
  const auto weights = random_weights(spec, 1, at::kDouble);
  EXPECT_NEAR(weights.blocks[0].up.weight.std().item<double>(), spec.init_std, 0.1 * spec.init_std);
  EXPECT_EQ(weights.final_norm.weight.min().item<double>(), 1.0);
  const auto gpt2 = read_spec(reference_model("gpt2"));
  const auto scaled = random_weights(gpt2, 1, at::kDouble).blocks[2].down.weight.std().item<double>();
  EXPECT_NEAR(scaled, gpt2.init_std / std::sqrt(2.0 * 3), 0.1 * gpt2.init_std);
}

TEST(Model, keys_without_bias_are_neither_stored_nor_missed) {
  Copy copy("llama-bias-tied");
  auto spec = read_spec(copy.folder.path());
  spec.block.key_bias = false;
  EXPECT_TRUE(contains(message_of([&] { read_weights(copy.folder.path(), spec, at::kDouble); }),
                       {"3 problems", "layers.2.self_attn.k_proj.bias' is there, but config.json says"}));
  copy.rewrite_weights(
      [](auto& tensors) { std::erase_if(tensors, [](const auto& t) { return t.first.ends_with("k_proj.bias"); }); });
  const auto weights = read_weights(copy.folder.path(), spec, at::kDouble);
  EXPECT_EQ(weights.blocks[1].qkv.bias.slice(0, 32, 48).abs().max().item<double>(), 0);
  write_weights(copy.folder / "model.safetensors", spec, weights);
  EXPECT_TRUE(
      at::equal(read_weights(copy.folder.path(), spec, at::kDouble).blocks[1].qkv.bias, weights.blocks[1].qkv.bias));
}

TEST(Model, a_token_does_not_see_what_follows_it) {
  const auto model = Model::load(reference_model("llama"), {.type = at::kDouble});
  const auto ids = at::arange(12, at::kLong).unsqueeze(0) * 4;
  auto changed = ids.clone();
  changed[0][8] = 1;
  const std::vector<int64_t> last{3};
  const auto a = model.states(ids, last)[0], b = model.states(changed, last)[0];
  EXPECT_LT(largest_difference(a.slice(1, 0, 8), b.slice(1, 0, 8)), 1e-13);
  EXPECT_GT(largest_difference(a.slice(1, 8), b.slice(1, 8)), 1e-2);
}

TEST(Model, missing_extra_and_misshapen_weights_are_named_at_once) {
  Copy copy("gpt2");
  copy.rewrite_weights([](auto& tensors) {
    std::erase_if(tensors, [](const auto& t) { return t.first.ends_with("h.1.mlp.c_fc.bias"); });
    for (auto& [name, tensor] : tensors)
      if (name.ends_with("ln_f.weight")) tensor = at::ones({23});
    tensors.emplace_back("transformer.h.7.extra", at::ones({2}));
  });
  EXPECT_TRUE(contains(copy.error(),
                       {"3 problems", "h.1.mlp.c_fc.bias' is missing", "ln_f.weight' has the shape [23], [24] expected",
                        "'transformer.h.7.extra' is not a weight"}));
}

TEST(Model, causal_masks_in_a_file_are_passed_over_for_the_layers_there_are) {
  Copy copy("gpt2");
  copy.rewrite_weights([](auto& tensors) {
    for (const char* layer : {"2", "3", "x", "-1"})
      tensors.emplace_back("transformer.h." + std::string(layer) + ".attn.bias", at::ones({2}));
  });
  const auto message = copy.error();
  EXPECT_TRUE(contains(message, {"3 problems", "h.3.attn.bias' is not", "h.x.attn.bias' is not", "h.-1.attn.bias'"}));
}

TEST(Model, sizes_that_no_model_has_are_refused_before_asking_for_memory) {
  Copy gpt2("gpt2");
  for (const auto& [key, value] : {std::pair<std::string, int64_t>{"n_layer", 2'000'000'000},
                                   {"n_embd", int64_t{1} << 62},
                                   {"n_inner", int64_t{1} << 62},
                                   {"n_positions", -1},
                                   {"vocab_size", int64_t{1} << 40}}) {
    const auto kept = read_json(gpt2.folder / "config.json").at(key);
    gpt2.change_config(key, value);
    EXPECT_TRUE(contains(gpt2.error(), {"config.json", std::to_string(value).c_str()})) << key;
    gpt2.change_config(key, kept);
  }
  Copy llama("llama");
  llama.change_config("hidden_size", 1 << 24);
  llama.change_config("intermediate_size", 1 << 24);
  EXPECT_TRUE(contains(llama.error(), {"e+15 weights, at most 1e+13"}));
}

TEST(Model, a_configuration_that_cannot_be_run_is_refused_by_name) {
  Copy copy("gpt2");
  copy.change_config("model_type", "mamba");
  EXPECT_TRUE(contains(copy.error(), {"'mamba' is not supported", "gpt2", "llama"}));
  copy.change_config("model_type", "gpt2");
  copy.change_config("activation_function", "snake");
  EXPECT_TRUE(contains(copy.error(), {"'snake'", "gelu_new"}));
  copy.change_config("activation_function", "gelu_new");
  copy.change_config("n_layer", "three");
  EXPECT_TRUE(contains(copy.error(), {"n_layer"}));
  Copy llama("llama");
  llama.change_config("rope_scaling", {{"rope_type", "yarn"}, {"factor", 2.0}});
  EXPECT_TRUE(contains(llama.error(), {"'yarn' is not supported"}));
}

TEST(Model, impossible_requests_are_refused) {
  const auto model = Model::load(reference_model("gpt2"));
  const std::vector<int64_t> layers{0}, beyond{9};
  EXPECT_TRUE(contains(message_of([&] { model.states(at::zeros({1, 33}, at::kLong), layers); }),
                       {"33 tokens", "32 positions"}));
  EXPECT_TRUE(contains(message_of([&] { model.states(at::full({1, 3}, 50, at::kLong), layers); }),
                       {"token id 50", "vocabulary of 50"}));
  EXPECT_TRUE(contains(message_of([&] { model.states(at::zeros({1, 3}, at::kLong), beyond); }), {"layer 9"}));
  const std::vector<int64_t> final_state{4};
  const auto units_of = [&](const std::vector<int64_t>& wanted) {
    return message_of([&] { model.states(at::zeros({1, 3}, at::kLong), wanted, Units::ffn); });
  };
  EXPECT_TRUE(contains(units_of(layers), {"layer 0 (the embedding) has no feed-forward", "layers 1 to 3"}));
  EXPECT_TRUE(contains(units_of(final_state), {"layer 'final' has no feed-forward"}));
}
