#include "train/trainer.h"

#include <cmath>
#include <functional>

#include "core/random.h"
#include "core/tensor.h"
#include "model/model.h"
#include "reference.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::TrainingReference;

namespace {

const TrainingReference& gpt2() {
  static const TrainingReference reference("gpt2");
  return reference;
}

at::Tensor some_tokens(int64_t count, uint64_t seed = 5) {
  Random random(seed);
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < count; ++i) ids.push_back(static_cast<int64_t>(random.below(48)));
  return index_tensor(ids).to(at::kInt);
}

TrainOptions small() {
  return {.steps = 6,
          .batch = 2,
          .window = 8,
          .objective = {.layer = 1, .distance = 2},
          .reset_every = 2,
          .queue = 24,
          .negatives = 10,
          .adamw = {.learning_rate = 1e-2},
          .seed = 3};
}

Trainer trainer_of(const TrainOptions& options, at::ScalarType type = at::kDouble) {
  return Trainer(gpt2().spec, read_weights(gpt2().folder, gpt2().spec, type), some_tokens(130), options);
}

NamedTensors trained(const TrainOptions& options, int64_t steps = 4) {
  auto trainer = trainer_of(options);
  for (int64_t i = 0; i < steps; ++i) trainer.step({});
  return named_weights(gpt2().spec, trainer.weights());
}

double difference(const NamedTensors& a, const NamedTensors& b) {
  double largest = 0;
  for (const auto& [name, tensor] : a) largest = std::max(largest, largest_difference(tensor, b.at(name)));
  return largest;
}

std::string refusal(const std::function<void(TrainOptions&)>& change, int64_t tokens = 130) {
  auto options = small();
  change(options);
  return message_of([&] { check_training(gpt2().spec, tokens, options); });
}

}  // namespace

TEST(Trainer, every_option_changes_the_weights) {
  const auto usual = trained(small());
  EXPECT_EQ(difference(usual, trained(small())), 0);
  const std::vector<std::pair<const char*, std::function<void(TrainOptions&)>>> changes{
      {"steps", [](auto& o) { o.steps = 9; }},
      {"batch", [](auto& o) { o.batch = 3; }},
      {"window", [](auto& o) { o.window = 9; }},
      {"train_from", [](auto& o) { o.train_from = 1; }},
      {"alpha", [](auto& o) { o.objective.alpha = 0.6; }},
      {"layer", [](auto& o) { o.objective.layer = 2; }},
      {"distance", [](auto& o) { o.objective.distance = 3; }},
      {"temperature", [](auto& o) { o.objective.temperature = 0.2; }},
      {"denominator", [](auto& o) { o.objective.denominator = Denominator::negatives_only; }},
      {"reset_every", [](auto& o) { o.reset_every = 3; }},
      {"queue", [](auto& o) { o.queue = 20; }},
      {"negatives", [](auto& o) { o.negatives = 11; }},
      {"learning_rate", [](auto& o) { o.adamw.learning_rate = 2e-2; }},
      {"schedule", [](auto& o) { o.adamw.schedule = Schedule::constant; }},
      {"warmup", [](auto& o) { o.adamw.warmup = 2; }},
      {"beta1", [](auto& o) { o.adamw.beta1 = 0.8; }},
      {"beta2", [](auto& o) { o.adamw.beta2 = 0.9; }},
      {"epsilon", [](auto& o) { o.adamw.epsilon = 1e-3; }},
      {"weight_decay", [](auto& o) { o.adamw.weight_decay = 0.1; }},
      {"clip", [](auto& o) { o.adamw.largest_gradient = 0; }},
      {"seed", [](auto& o) { o.seed = 4; }},
  };
  for (const auto& [name, change] : changes) {
    auto options = small();
    change(options);
    EXPECT_GT(difference(usual, trained(options)), 1e-9) << name;
  }
}

TEST(Trainer, frozen_layers_do_not_move) {
  auto options = small();
  options.train_from = 2;
  const auto start = named_weights(gpt2().spec, read_weights(gpt2().folder, gpt2().spec, at::kDouble));
  for (const auto& [name, weight] : trained(options)) {
    const bool stays = name == "tokens" || name == "positions" || name.starts_with("block.0.");
    EXPECT_EQ(at::equal(weight, start.at(name)), stays) << name;
  }
}

TEST(Trainer, at_alpha_0_the_high_loss_is_neither_computed_nor_felt) {
  auto options = small(), other = small();
  options.objective.alpha = other.objective.alpha = 0;
  other.objective.layer = 99;
  other.objective.temperature = 0.5;
  other.queue = 1'000'000;
  EXPECT_EQ(difference(trained(options), trained(other)), 0);
  auto trainer = trainer_of(options);
  const auto report = trainer.step({});
  EXPECT_TRUE(std::isnan(report.high));
  EXPECT_EQ(report.loss, report.language);
  EXPECT_EQ(report.mixing, 0);
  EXPECT_FALSE(trainer.state().weights.contains("contrast.weight"));
}

TEST(Trainer, the_weight_is_reset_to_the_share_and_kept_in_between) {
  auto options = small();
  options.objective.alpha = 0.3;
  auto trainer = trainer_of(options);
  double kept = 0;
  for (int64_t step = 0; step < options.steps; ++step) {
    const auto report = trainer.step({});
    const double share = report.mixing * report.high / report.loss;
    if (step % options.reset_every == 0)
      EXPECT_NEAR(share, 0.3, 1e-12) << step;
    else
      EXPECT_EQ(report.mixing, kept) << step;
    kept = report.mixing;
  }
}

TEST(Trainer, the_queue_holds_the_latest_states_of_the_frozen_copy) {
  auto trainer = trainer_of(small());
  trainer.step({});
  const auto first = trainer.state().queue.clone();
  trainer.step({});
  const auto& second = trainer.state().queue;
  ASSERT_EQ(first.size(0), 24);  // 8 of the first queue and the 16 of a batch
  ASSERT_EQ(second.size(0), 24);
  EXPECT_TRUE(at::equal(second.slice(0, 0, 8), first.slice(0, 16)));
  const TokenWindows text{some_tokens(130), 8};
  const auto ids = text.batch(WindowOrder(text.count(), derive_seed(3, "windows")).take(2, 2));
  const std::vector<int64_t> layer{1};
  const auto states = model_states(gpt2().spec, read_weights(gpt2().folder, gpt2().spec, at::kDouble), ids, layer)[0];
  EXPECT_LT(largest_difference(second.slice(0, 8), states.flatten(0, 1)), 1e-12);
}

TEST(Trainer, no_target_of_a_step_is_among_its_negatives) {
  auto trainer = trainer_of(small());
  trainer.evaluate(some_tokens(130), {});  // fills the queue
  for (int i = 0; i < 4; ++i) {
    const auto before = trainer.state().queue.clone();
    trainer.step({});
    const auto entered = trainer.state().queue.slice(0, 8);  // the states of this step's batch
    EXPECT_GT(at::cdist(entered, before).min().item<double>(), 1e-6) << i;
  }
}

TEST(Trainer, a_text_is_learned) {
  auto options = small();
  options.steps = 60;
  auto trainer = trainer_of(options);
  const auto before = trainer.evaluate(some_tokens(130), {});
  while (trainer.state().step < options.steps) trainer.step({});
  const auto after = trainer.evaluate(some_tokens(130), {}), elsewhere = trainer.evaluate(some_tokens(130, 6), {});
  EXPECT_LT(after.language, 0.7 * before.language);
  EXPECT_LT(after.high, 0.9 * before.high);
  EXPECT_GT(elsewhere.language, after.language);
}

TEST(Trainer, losses_of_another_text_change_nothing) {
  auto looked = trainer_of(small()), plain = trainer_of(small());
  for (int i = 0; i < 3; ++i) {
    looked.evaluate(some_tokens(40, 6), {});
    looked.step({});
    plain.step({});
  }
  EXPECT_EQ(difference(looked.state().weights, plain.state().weights), 0);
}

TEST(Trainer, a_loss_that_is_not_finite_stops_with_the_number_of_the_step) {
  auto options = small();
  options.adamw.learning_rate = 1e30;
  auto trainer = trainer_of(options, at::kFloat);
  const auto message = message_of([&] {
    for (int i = 0; i < 6; ++i) trainer.step({});
  });
  EXPECT_TRUE(contains(message, {"broke down at step 2", "the loss is", "--learning-rate"})) << message;
  EXPECT_EQ(trainer.state().step, 1);
}

TEST(Trainer, what_a_model_does_not_allow_is_told_at_once) {
  const auto message = refusal([](auto& o) {
    o.window = 17;
    o.objective = {.layer = 3, .distance = 17, .temperature = 0};
    o.negatives = 25;
    o.train_from = 3;
  });
  EXPECT_TRUE(
      contains(message, {"6 problems", "a window of 17 tokens; the model takes 2 to 16",
                         "the layer to predict is 3, but the model has layers 0 to 2",
                         "a state 17 tokens ahead does not lie in a window of 17 tokens", "the temperature is 0",
                         "25 negatives cannot be drawn from a queue of 24", "trained from layer 3"}))
      << message;
  const auto rest = refusal([](auto& o) {
    o.steps = 0;
    o.batch = 0;
    o.objective.alpha = 1.5;
    o.reset_every = 0;
    o.adamw = {.learning_rate = 0, .beta1 = 1, .epsilon = 0};
  });
  EXPECT_TRUE(contains(rest, {"7 problems", "steps is 0", "batch of 0", "alpha is 1.5", "every 0 steps",
                              "learning rate is 0", "a beta of 1", "epsilon is 0"}))
      << rest;
  EXPECT_EQ(refusal([](auto&) {}), "");
}

TEST(Trainer, a_model_that_is_not_causal_is_refused) {
  auto spec = gpt2().spec;
  spec.block.causal = false;
  EXPECT_TRUE(contains(message_of([&] { check_training(spec, 130, small()); }), {"gpt2", "not causal"}));
}

TEST(Trainer, a_text_that_is_too_short_is_refused) {
  EXPECT_TRUE(contains(refusal([](auto&) {}, 7), {"the text has 7 tokens", "one window of 8"}));
  EXPECT_TRUE(contains(refusal([](auto&) {}, 23), {"2 whole windows of 8", "queue of 24"}));
  EXPECT_EQ(refusal([](auto&) {}, 24), "");
}
