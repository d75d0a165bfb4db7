// Every family against the states of the original library (tests/reference/make_families.py).
#include "model/family.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "fixture.h"
#include "io/json.h"
#include "model/checkpoint.h"
#include "model/model.h"
#include "model/untrained.h"
#include "unit/model/reference_model.h"

using namespace arcuate;
using arcuate::test::Fixture;
using arcuate::test::reference_model;
using arcuate::test::relative_difference;
namespace fs = std::filesystem;

namespace {

struct Golden {
  const char* name;
  bool predicts = true;  // the next token
};
class FamilyReference : public testing::TestWithParam<Golden> {};

void expect_layers(const std::vector<at::Tensor>& found, const at::Tensor& expected, double tolerance,
                   const char* what) {
  ASSERT_EQ(std::ssize(found), expected.size(0)) << what;
  for (size_t layer = 0; layer < found.size(); ++layer)
    EXPECT_LT(relative_difference(found[layer], expected[static_cast<int64_t>(layer)]), tolerance)
        << what << " " << layer;
}

void expect_all(const Golden& golden, at::ScalarType type, double tolerance) {
  const auto folder = reference_model(golden.name);
  const auto model = Model::load(folder, {.type = type});
  const Fixture expected(folder / "expected.safetensors");
  const auto ids = expected["input_ids"].to(at::kLong);
  std::vector<int64_t> layers(static_cast<size_t>(model.spec().layers) + 1);
  std::iota(layers.begin(), layers.end(), int64_t{0});
  const std::vector<int64_t> blocks(layers.begin() + 1, layers.end()), last{model.spec().layers + 1};
  expect_layers(model.states(ids, layers), expected["hidden_states"], tolerance, "residual");
  expect_layers(model.states(ids, blocks, Units::ffn), expected["ffn_units"], tolerance, "ffn");
  expect_layers(model.states(ids, blocks, Units::attention), expected["heads"], tolerance, "attention");
  const auto final_states = model.states(ids, last)[0];
  EXPECT_LT(relative_difference(final_states, expected["final_norm"]), tolerance);
  EXPECT_EQ(model.spec().head != Head::none, golden.predicts);
  if (golden.predicts)
    EXPECT_LT(relative_difference(model.logits(final_states), expected["logits"]), tolerance);
  else
    EXPECT_TRUE(test::contains(test::message_of([&] { model.logits(final_states); }), {"no next-token head"}));
}

// What loading says of a reference model whose config.json was changed.
std::string error_with(const char* name, const Json& changes) {
  const test::TemporaryFolder copy;
  fs::copy(reference_model(name), copy.path(), fs::copy_options::recursive);
  auto config = read_json(copy / "config.json");
  config.update(changes);
  write_json(copy / "config.json", config);
  return test::message_of([&] { Model::load(copy.path()); });
}

struct Fault {
  const char* model;
  Json changes;
  std::vector<const char*> said;
};

}  // namespace

TEST_P(FamilyReference, float64_states_agree_with_the_original_library) { expect_all(GetParam(), at::kDouble, 1e-12); }
TEST_P(FamilyReference, float32_states_agree_with_the_original_library) { expect_all(GetParam(), at::kFloat, 2e-5); }
TEST_P(FamilyReference, an_untrained_twin_is_written_and_read_as_it_was_drawn) {
  const test::TemporaryFolder copy;
  fs::copy(reference_model(GetParam().name), copy.path(), fs::copy_options::recursive);
  const auto spec = read_spec(copy.path());
  const auto drawn = random_weights(spec, 3, at::kDouble);
  const auto empty = drawn.tokens.abs().sum(1).eq(0).nonzero().flatten();
  EXPECT_EQ(empty.numel(), spec.padding_token ? 1 : 0);
  if (spec.padding_token) {
    EXPECT_EQ(empty.item<int64_t>(), *spec.padding_token);
  }
  write_weights(copy / "model.safetensors", spec, drawn);
  const auto before = named_weights(spec, drawn),
             after = named_weights(spec, read_weights(copy.path(), spec, at::kDouble));
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [name, tensor] : before) EXPECT_TRUE(at::equal(tensor, after.at(name))) << name;
}
INSTANTIATE_TEST_SUITE_P(Families, FamilyReference,
                         testing::Values(Golden{"opt"}, Golden{"opt-post"}, Golden{"opt-bare"}, Golden{"bert", false},
                                         Golden{"bert-old", false}, Golden{"roberta", false},
                                         Golden{"distilbert", false}, Golden{"llama-linear"}, Golden{"llama-dynamic"},
                                         Golden{"llama-llama3"}, Golden{"mistral"}, Golden{"qwen2"}),
                         [](const auto& test) {
                           std::string name = test.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Family, an_untrained_twin_of_full_width_is_that_of_the_documented_order_of_numbers) {
  const auto folder = reference_model("bert-twin");
  const Fixture expected(folder / "expected.safetensors");
  const auto model = Model::load(folder, {.type = at::kFloat, .random_init = 5});
  const std::vector<int64_t> layers{0, 1};
  const auto states = model.states(expected["input_ids"].to(at::kLong), layers);
  for (const int64_t layer : layers) {
    const auto some = states[static_cast<size_t>(layer)].index_select(1, at::tensor({0, 5})).slice(2, 0, 768, 8);
    EXPECT_LT(relative_difference(some, expected["hidden_states"][layer]), 2e-5) << layer;
  }
}

TEST(Family, numbers_that_disagree_with_the_weights_are_named_with_what_was_found) {
  for (const auto& [model, changes, said] : {
           Fault{"gpt2", {{"vocab_size", 60}}, {"'transformer.wte.weight' has the shape [50, 24], [60, 24] expected"}},
           Fault{"gpt2",
                 {{"n_inner", 80}, {"n_positions", 16}},
                 {"10 problems", "h.0.mlp.c_fc.weight' has the shape [24, 72], [24, 80] expected",
                  "wpe.weight' has the shape [32, 24], [16, 24] expected"}},
           Fault{"llama",
                 {{"vocab_size", 70}},
                 {"2 problems", "embed_tokens.weight' has the shape [60, 32], [70, 32] expected",
                  "lm_head.weight' has the shape [60, 32], [70, 32] expected"}},
           Fault{"llama",
                 {{"intermediate_size", 64}},
                 {"layers.2.mlp.down_proj.weight' has the shape [32, 56], [32, 64] expected"}},
           Fault{"opt",
                 {{"max_position_embeddings", 9}},
                 {"embed_positions.weight' has the shape [16, 16], [11, 16] expected"}},
           Fault{"opt", {{"vocab_size", 50}}, {"embed_tokens.weight' has the shape [40, 16], [50, 16] expected"}},
           Fault{"opt",
                 {{"word_embed_proj_dim", 8}},
                 {"project_in.weight' is missing", "project_out.weight' is missing"}},
           Fault{
               "opt", {{"_remove_final_layer_norm", true}}, {"final_layer_norm.bias' is there, but config.json says"}},
           Fault{"opt-post",
                 {{"word_embed_proj_dim", 12}},
                 {"project_in.weight' has the shape [16, 10], [16, 12] expected"}},
           Fault{"opt-bare", {{"enable_bias", true}}, {"12 problems", "layers.1.fc2.bias' is missing"}},
           Fault{"bert",
                 {{"type_vocab_size", 1}},
                 {"token_type_embeddings.weight' has the shape [2, 16], [1, 16] expected"}},
           Fault{"bert",
                 {{"intermediate_size", 30}},
                 {"layer.0.intermediate.dense.bias' has the shape [28], [30] expected"}},
           Fault{"bert-old", {{"num_hidden_layers", 1}}, {"encoder.layer.1.output.LayerNorm.gamma' is not a weight"}},
           Fault{"roberta",
                 {{"max_position_embeddings", 12}},
                 {"position_embeddings.weight' has the shape [14, 16], [12, 16]"}},
           Fault{"distilbert",
                 {{"hidden_dim", 30}},
                 {"layer.1.ffn.lin2.weight' has the shape [16, 28], [16, 30] expected"}},
           Fault{"mistral",
                 {{"head_dim", 4}},
                 {"layers.0.self_attn.q_proj.weight' has the shape [40, 16], [16, 16] expected"}},
           Fault{"qwen2", {{"num_key_value_heads", 4}}, {"k_proj.bias' has the shape [8], [16] expected"}},
           Fault{"qwen2", {{"tie_word_embeddings", false}}, {"'lm_head.weight' is missing"}},
       }) {
    const auto message = error_with(model, changes);
    for (const char* part : said) EXPECT_TRUE(test::contains(message, {part})) << model << ": " << message;
  }
}

TEST(Family, what_a_family_cannot_do_is_refused_by_name) {
  for (const auto& [model, changes, said] : {
           Fault{"opt", {{"activation_function", "quick_gelu"}}, {"'quick_gelu' is not supported; known: relu, gelu"}},
           Fault{"opt",
                 {{"layer_norm_elementwise_affine", false}},
                 {"the option layer_norm_elementwise_affine is false"}},
           Fault{"opt",
                 {{"num_attention_heads", 5}},
                 {"hidden_size 16 is not a possible multiple of num_attention_heads 5"}},
           Fault{"opt", {{"pad_token_id", 40}}, {"pad_token_id is 40, but the vocabulary has 40 tokens"}},
           Fault{"bert",
                 {{"is_decoder", true}, {"add_cross_attention", true}},
                 {"2 problems", "is_decoder is true", "add_cross"}},
           Fault{"bert",
                 {{"position_embedding_type", "relative_key"}},
                 {"'relative_key' is not supported; known: absolute"}},
           Fault{"bert", {{"hidden_act", "mish"}}, {"'mish' is not supported"}},
           Fault{"roberta", {{"hidden_act", "mish"}}, {"'mish' is not supported; known: relu, gelu"}},
           Fault{"distilbert", {{"activation", "mish"}}, {"'mish' is not supported; known: relu, gelu"}},
           Fault{"llama", {{"hidden_act", "relu2"}}, {"'relu2' is not supported; known: relu, gelu"}},
           Fault{"mistral", {{"hidden_act", "relu2"}}, {"'relu2' is not supported; known: relu, gelu"}},
           Fault{"qwen2", {{"hidden_act", "relu2"}}, {"'relu2' is not supported; known: relu, gelu"}},
           Fault{"bert", {{"type_vocab_size", -1}}, {"the number of token types is -1"}},
           Fault{"roberta",
                 {{"max_position_embeddings", 2}},
                 {"pad_token_id, which is 1, but max_position_embeddings is 2"}},
           Fault{"roberta", {{"pad_token_id", -1}}, {"pad_token_id, which is -1"}},
           Fault{"distilbert", {{"sinusoidal_pos_embds", true}}, {"sinusoidal_pos_embds is true"}},
           Fault{"distilbert", {{"dim", 18}}, {"dim 18 is not a possible multiple of n_heads 4"}},
           Fault{"llama-linear",
                 {{"rope_scaling", {{"rope_type", "yarn"}}}},
                 {"'yarn' is not supported; known: default, linear, dynamic, llama3"}},
           Fault{"llama-linear", {{"rope_scaling", {{"type", "linear"}}}}, {"has no key 'factor'"}},
           Fault{"llama-linear", {{"rope_scaling", {{"type", "linear"}, {"factor", 0}}}}, {"factor is 0"}},
           Fault{"llama-linear", {{"rope_theta", -1}}, {"rope_theta is -1"}},
           Fault{
               "llama-linear", {{"partial_rotary_factor", 0.5}}, {"partial_rotary_factor is 0.5, only 1 is supported"}},
           Fault{"llama-llama3",
                 {{"rope_scaling",
                   {{"rope_type", "llama3"}, {"factor", 8}, {"low_freq_factor", 4}, {"high_freq_factor", 4}}}},
                 {"high_freq_factor 4 must be above low_freq_factor 4"}},
           Fault{"llama-dynamic", {{"max_position_embeddings", 0}}, {"the original context is 0 tokens"}},
           Fault{"llama-dynamic", {{"head_dim", 2}}, {"the kind dynamic needs a head size of at least 4, found 2"}},
           Fault{"mistral", {{"sliding_window", 0}}, {"the attention window is 0"}},
           Fault{"mistral", {{"num_key_value_heads", 3}}, {"4 heads cannot share 3 key-value heads"}},
           Fault{"qwen2", {{"use_sliding_window", true}}, {"use_sliding_window is true"}},
           Fault{"qwen2", {{"layer_types", {"sliding_attention"}}}, {"only full_attention is supported"}},
       }) {
    const auto message = error_with(model, changes);
    for (const char* part : said) EXPECT_TRUE(test::contains(message, {part})) << model << ": " << message;
  }
}

TEST(Family, options_of_a_configuration_change_the_states) {
  const auto states_with = [](const char* name, const Json& changes) {
    const test::TemporaryFolder copy;
    fs::copy(reference_model(name), copy.path(), fs::copy_options::recursive);
    auto config = read_json(copy / "config.json");
    config.update(changes);
    write_json(copy / "config.json", config);
    const std::vector<int64_t> layers{2};
    return Model::load(copy.path(), {.type = at::kDouble}).states(at::arange(12).unsqueeze(0) + 4, layers)[0];
  };
  const Json no_changes = Json::object();
  for (const auto& [model, changes, said] :
       {Fault{"mistral", {{"sliding_window", 4}}, {}}, Fault{"mistral", {{"sliding_window", nullptr}}, {}},
        Fault{"llama-linear", {{"rope_scaling", {{"type", "linear"}, {"factor", 2.0}}}}, {}},
        Fault{"llama-linear", {{"rope_scaling", nullptr}}, {}}, Fault{"llama-linear", {{"rope_theta", 9e3}}, {}},
        Fault{"llama-dynamic", {{"max_position_embeddings", 9}}, {}}, Fault{"bert", {{"layer_norm_eps", 1e-2}}, {}},
        Fault{"bert", {{"hidden_act", "gelu_new"}}, {}}}) {
    EXPECT_GT(test::largest_difference(states_with(model, changes), states_with(model, no_changes)), 1e-6)
        << model << changes;
  }
}

TEST(Family, a_sequence_longer_than_the_positions_says_how_many_there_are) {
  const std::vector<int64_t> layers{0};
  for (const auto& [name, longest] : {std::pair{"opt", 14}, {"bert", 12}, {"roberta", 12}, {"llama-dynamic", 24}}) {
    const auto model = Model::load(reference_model(name));
    EXPECT_EQ(model.states(at::full({1, longest}, 5, at::kLong), layers).size(), 1u);
    EXPECT_TRUE(
        test::contains(test::message_of([&] { model.states(at::full({1, longest + 1}, 5, at::kLong), layers); }),
                       {"tokens is longer than the model's", std::to_string(longest).c_str(),
                        "ask for a shorter context (--context)"}));
  }
}
