#include "model/streamed_batches.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/random.h"
#include "fixture.h"
#include "model/checkpoint.h"
#include "model/passes.h"
#include "model/stream_needs.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::source_path;
using arcuate::test::TemporaryFolder;

namespace {

constexpr int64_t plenty = int64_t{1} << 40;

std::filesystem::path folder_of(const std::string& name) { return source_path("reference/models") / name; }

// Passes of 3 to 12 tokens, of which the last two are wanted.
std::vector<Pass> some_passes(int64_t count, int64_t vocabulary) {
  Random random(5);
  std::vector<Pass> passes;
  for (int64_t i = 0; i < count; ++i) {
    Pass pass;
    const int64_t tokens = 3 + i % 10;
    for (int64_t t = 0; t < tokens; ++t)
      pass.ids.push_back(static_cast<int64_t>(random.uniform() * static_cast<double>(vocabulary)));
    pass.wanted = {{tokens - 2, 2 * i}, {tokens - 1, 2 * i + 1}};
    passes.push_back(std::move(pass));
  }
  return passes;
}

Model streamed(const std::string& name, int64_t memory, const std::filesystem::path& scratch) {
  return Model::load(folder_of(name), {.streaming = Streaming{.memory = memory, .scratch = scratch}});
}

}  // namespace

TEST(StreamedBatches, give_the_bytes_of_a_model_in_memory) {
  const TemporaryFolder folder;
  for (const char* name : {"gpt2", "gpt2-bfloat16", "llama-sharded", "opt-post"}) {
    const auto whole = Model::load(folder_of(name));
    const auto layered = streamed(name, plenty, folder / "scratch");
    const auto passes = some_passes(60, whole.spec().vocabulary);
    const int64_t last = whole.spec().layers;
    for (const PassOptions& options : {PassOptions{.layers = {0, 2, last + 1}, .tokens_per_batch = 100},
                                       PassOptions{.layers = {1, last}, .units = Units::ffn, .tokens_per_batch = 64}})
      for (int threads : {1, 3})
        EXPECT_TRUE(at::equal(run_passes(layered, passes, 120, options, {.threads = threads}).wanted,
                              run_passes(whole, passes, 120, options, {}).wanted))
            << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "scratch"));
}

TEST(StreamedBatches, give_the_bytes_of_an_untrained_twin_in_memory) {
  const TemporaryFolder folder;
  for (const char* name : {"gpt2", "bert", "llama-bias-tied", "opt-post"}) {
    const auto whole = Model::load(folder_of(name), {.random_init = 4});
    const auto layered = Model::load(
        folder_of(name), {.random_init = 4, .streaming = Streaming{.memory = plenty, .scratch = folder / "scratch"}});
    const auto passes = some_passes(20, whole.spec().vocabulary);
    const PassOptions options{.layers = {0, 1, whole.spec().layers + 1}, .tokens_per_batch = 64};
    EXPECT_TRUE(at::equal(run_passes(layered, passes, 40, options, {}).wanted,
                          run_passes(whole, passes, 40, options, {}).wanted))
        << name;
  }
}

TEST(StreamedBatches, keep_states_that_do_not_fit_in_a_scratch_file) {
  const TemporaryFolder folder;
  const auto whole = Model::load(folder_of("gpt2"));
  const auto passes = some_passes(8000, whole.spec().vocabulary);  // 6 MB of states
  const PassOptions options{.layers = {3}};
  const auto expected = run_passes(whole, passes, 16000, options, {}).wanted;
  for (int64_t limit = resident_bytes();; limit += 500'000) {  // the first that is not refused
    const auto layered = streamed("gpt2", limit, folder / "scratch");
    at::Tensor found;
    const auto refusal =
        message_of([&] { found = run_passes(layered, passes, 16000, options, {.threads = 2}).wanted; });
    if (found.defined()) {
      EXPECT_TRUE(at::equal(found, expected));
      break;
    }
    ASSERT_TRUE(contains(refusal, {"layer by layer, needs at least", "Raise --memory-limit"})) << refusal;
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "scratch"));
}

TEST(StreamedBatches, of_several_inputs_are_those_of_each_alone) {
  const TemporaryFolder folder;
  const Taps taps{.layers = {0, 2, 4}};
  const auto whole = Model::load(folder_of("gpt2")), layered = streamed("gpt2", plenty, folder.path());
  const auto few = batches_of(some_passes(10, whole.spec().vocabulary), 40, 100);
  const auto many = batches_of(some_passes(30, whole.spec().vocabulary), 64, 100);
  const auto states_of = [&](const Model& model) {
    std::vector<std::vector<at::Tensor>> found(2);
    const auto into = [&](size_t i) {
      return [&found, i](size_t tap, const at::Tensor& states) {
        EXPECT_EQ(tap, found[i].size());
        found[i].push_back(states.clone());
      };
    };
    const std::vector<BatchedInput> inputs{{.batches = few, .rows = 20, .take = into(0)},
                                           {.batches = many, .rows = 60, .take = into(1)}};
    run_inputs(model, inputs, taps, {.threads = 2});
    return std::pair(at::stack(found[0]), at::stack(found[1]));
  };
  for (const auto* model : {&whole, &layered}) {
    const auto [first, second] = states_of(*model);
    EXPECT_TRUE(at::equal(first, run_batches(whole, few, 20, taps, {}).wanted));
    EXPECT_TRUE(at::equal(second, run_batches(whole, many, 60, taps, {}).wanted));
  }
}

TEST(StreamPlan, gives_up_memory_of_states_and_then_threads_and_says_what_it_comes_to) {
  const StreamNeeds needs{
      .held = 100'000'000, .weights = 50'000'000, .reading = 20'000'000, .work = 30'000'000, .states = 200'000'000};
  const auto plan = [&](int64_t limit) { return stream_plan(needs, limit, 4); };
  const auto roomy = plan(int64_t{1} << 40), close = plan(needs.least() + 100'000'000), least = plan(needs.least());
  EXPECT_TRUE(roomy.states_in_memory);
  EXPECT_EQ(roomy.threads, 4);
  EXPECT_EQ(roomy.memory, needs.least() + 3 * needs.work + needs.states);
  EXPECT_FALSE(close.states_in_memory);
  EXPECT_EQ(close.threads, 4);
  EXPECT_FALSE(least.states_in_memory);
  EXPECT_EQ(least.threads, 1);
  EXPECT_EQ(least.memory, needs.least());
  EXPECT_NO_THROW(check_stream(needs, needs.least()));
  EXPECT_THROW(check_stream(needs, needs.least() - 1), Error);
}

TEST(StreamPlan, counts_the_largest_layer_from_the_spec_as_from_the_files) {
  for (const char* name : {"gpt2", "llama-sharded", "opt-post"}) {
    const auto spec = read_spec(folder_of(name));
    const WeightReader reader(folder_of(name), spec, at::kFloat);
    int64_t largest = 0;
    for (int64_t layer = 0; layer <= spec.layers; ++layer) largest = std::max(largest, reader.stage_bytes(layer));
    EXPECT_EQ(largest_layer_bytes(spec, 4), largest) << name;
  }
}

TEST(StreamedBatches, refuse_what_the_model_in_memory_refuses) {
  const TemporaryFolder folder;
  const auto model = streamed("gpt2", plenty, folder.path());
  const auto passes = some_passes(2, model.spec().vocabulary);
  EXPECT_TRUE(contains(message_of([&] { run_passes(model, passes, 4, {.layers = {9}}, {}); }), {"layer 9"}));
  std::vector<Pass> foreign{{.ids = {1, 5000}, .wanted = {{1, 0}}}};
  EXPECT_TRUE(contains(message_of([&] { run_passes(model, foreign, 1, {.layers = {0}}, {}); }), {"vocabulary"}));
}
