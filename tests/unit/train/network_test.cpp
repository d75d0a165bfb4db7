#include "train/network.h"

#include "reference.h"

using namespace arcuate;
using arcuate::test::largest_difference;
using arcuate::test::TrainingReference;

namespace {

class NetworkReference : public testing::TestWithParam<const char*> {};

// Gradients of the mixture with this weight against those stored under `kind`.
double gradient_difference(const TrainingReference& reference, at::ScalarType type, double mixing,
                           const std::string& kind, Denominator denominator = Denominator::with_positive) {
  const auto network = reference.network(type);
  auto objective = reference.objective;
  objective.denominator = denominator;
  const auto gradients = batch_gradients(network, reference.batch(type), objective, mixing, {});
  return reference.difference(gradients.of, kind);
}

// The largest difference of the weights after each stored step of five.
double step_difference(const TrainingReference& reference, at::ScalarType type) {
  auto network = reference.network(type);
  const auto& n = reference.numbers;
  const AdamWOptions options{.learning_rate = n["lr"],
                             .beta1 = n["betas"][0],
                             .beta2 = n["betas"][1],
                             .epsilon = n["eps"],
                             .weight_decay = n["weight_decay"]};
  NamedTensors first, second;
  for (const auto& [name, weight] : network.trained) {
    first[name] = at::zeros_like(weight);
    second[name] = at::zeros_like(weight);
  }
  const auto steps = n["steps"].get<int64_t>();
  const auto kept = n["kept_steps"].get<std::vector<int64_t>>();
  double largest = 0;
  for (int64_t step = 1; step <= steps; ++step) {
    auto gradients =
        batch_gradients(network, reference.batch(type, step - 1), reference.objective, reference.mixing, {});
    clip_gradients(gradients.of, n["clip"]);
    adamw_step(network.trained, first, second, gradients.of, options, scheduled_rate(options, step - 1, steps), step);
    if (std::find(kept.begin(), kept.end(), step) == kept.end()) continue;
    largest = std::max(largest, reference.difference(network.trained, "step" + std::to_string(step)));
  }
  return largest;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Families, NetworkReference, testing::Values("gpt2", "llama"),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(NetworkReference, losses_agree_with_pytorch) {
  const TrainingReference reference(GetParam());
  const auto expected = reference.expected["losses"];
  const auto network = reference.network(at::kDouble);
  auto objective = reference.objective;
  const auto losses = batch_losses(network, reference.batch(at::kDouble), objective, {});
  EXPECT_NEAR(losses.language, expected[0].item<double>(), 1e-11);
  EXPECT_NEAR(losses.high, expected[1].item<double>(), 1e-11);
  objective.denominator = Denominator::negatives_only;
  EXPECT_NEAR(batch_losses(network, reference.batch(at::kDouble), objective, {}).high, expected[2].item<double>(),
              1e-11);
}

TEST_P(NetworkReference, float64_gradients_agree_with_pytorch) {
  const TrainingReference reference(GetParam());
  EXPECT_LT(gradient_difference(reference, at::kDouble, 0, "lm"), 1e-10);
  EXPECT_LT(gradient_difference(reference, at::kDouble, 1, "high"), 1e-10);
  EXPECT_LT(gradient_difference(reference, at::kDouble, 1, "printed", Denominator::negatives_only), 1e-10);
  EXPECT_LT(gradient_difference(reference, at::kDouble, reference.mixing, "mixed"), 1e-10);
  EXPECT_GT(gradient_difference(reference, at::kDouble, 0.5, "mixed"), 1e-2);
}

TEST_P(NetworkReference, float32_gradients_agree_loosely) {
  const TrainingReference reference(GetParam());
  EXPECT_LT(gradient_difference(reference, at::kFloat, reference.mixing, "mixed"), 2e-5);
}

TEST_P(NetworkReference, five_steps_of_adamw_agree_with_pytorch) {
  const TrainingReference reference(GetParam());
  EXPECT_LT(step_difference(reference, at::kDouble), 1e-10);
  EXPECT_LT(step_difference(reference, at::kFloat), 1e-4);
}

TEST_P(NetworkReference, gradients_above_frozen_layers_are_those_of_the_whole) {
  const TrainingReference reference(GetParam());
  const auto batch = reference.batch(at::kDouble);
  const auto whole = batch_gradients(reference.network(at::kDouble), batch, reference.objective, 0.4, {});
  const auto part = batch_gradients(reference.network(at::kDouble, 2), batch, reference.objective, 0.4, {});
  ASSERT_LT(part.of.size(), whole.of.size());
  for (const auto& [name, gradient] : part.of)
    EXPECT_LT(largest_difference(gradient, whole.of.at(name)), 1e-13) << name;
}

TEST_P(NetworkReference, bytes_do_not_depend_on_threads) {
  const TrainingReference reference(GetParam());
  const auto network = reference.network(at::kFloat);
  const auto batch = reference.batch(at::kFloat);
  const auto one = batch_gradients(network, batch, reference.objective, 0.4, {.threads = 1});
  for (const int threads : {2, 3, 8}) {
    const auto many = batch_gradients(network, batch, reference.objective, 0.4, {.threads = threads});
    EXPECT_EQ(many.losses.high, one.losses.high);
    EXPECT_TRUE(at::equal(many.targets, one.targets));
    for (const auto& [name, gradient] : one.of) EXPECT_TRUE(at::equal(gradient, many.of.at(name))) << name;
  }
}

TEST(Network, what_is_trained_begins_with_a_layer) {
  for (const char* name : {"tokens", "positions", "block.0.qkv.weight", "final_norm.bias", "head"})
    EXPECT_TRUE(is_trained(name, 0)) << name;
  EXPECT_FALSE(is_trained("tokens", 1));
  EXPECT_FALSE(is_trained("positions", 1));
  EXPECT_FALSE(is_trained("project_in.weight", 1));
  EXPECT_TRUE(is_trained("project_out.weight", 1));
  EXPECT_TRUE(is_trained("block.0.qkv.weight", 1));
  EXPECT_FALSE(is_trained("block.0.qkv.weight", 2));
  EXPECT_TRUE(is_trained("block.11.qkv.weight", 2));
  EXPECT_TRUE(is_trained("final_norm.weight", 12));
  EXPECT_TRUE(is_trained("head", 12));
}

TEST(Network, without_negatives_there_is_no_high_loss) {
  const TrainingReference reference("gpt2");
  const auto network = reference.network(at::kDouble);
  const auto batch = reference.batch(at::kDouble);
  const auto alone = batch_gradients(network, {.ids = batch.ids, .negatives = {}}, reference.objective, 0.4, {});
  EXPECT_TRUE(std::isnan(alone.losses.high));
  EXPECT_FALSE(alone.targets.defined());
  EXPECT_LT(reference.difference(alone.of, "lm"), 1e-10);
}

TEST(Network, the_map_of_the_high_loss_is_drawn_from_its_seed) {
  const TrainingReference reference("gpt2");
  const auto start = read_weights(reference.folder, reference.spec, at::kDouble);
  const auto map = [&](uint64_t seed) {
    return make_network(reference.spec, start, 0, seed).trained.at("contrast.weight");
  };
  EXPECT_TRUE(at::equal(map(1), map(1)));
  EXPECT_FALSE(at::equal(map(1), map(2)));
  EXPECT_LE(map(1).abs().max().item<double>(), 0.25);  // 1 / sqrt(16)
  EXPECT_NEAR(map(1).std().item<double>(), 0.25 / std::sqrt(3.0), 0.02);
  EXPECT_FALSE(make_network(reference.spec, start, 0, std::nullopt).trained.contains("contrast.weight"));
}
