// Every family against the states of the original library (tests/reference/make_families.py).
#include "model/family.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "fixture.h"
#include "model/checkpoint.h"
#include "model/model.h"

using namespace arcuate;
using arcuate::test::Fixture;
namespace fs = std::filesystem;

namespace {

fs::path reference_model(const std::string& name) { return test::source_path("reference/models/" + name); }

struct Golden {
  const char* name;
  bool predicts = true;  // the next token
};
class FamilyReference : public testing::TestWithParam<Golden> {};

// max |a - b| / max |b|
double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  return test::largest_difference(a, b) / b.abs().max().item<double>();
}

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
