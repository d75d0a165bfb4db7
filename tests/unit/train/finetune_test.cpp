#include "train/finetune.h"

#include "core/error.h"
#include "io/table.h"
#include "model/model.h"
#include "reference.h"
#include "train/model_folder.h"
#include "train/state_file.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

namespace {

// A model of the size of a test with the tokenizer of the shipped one.
struct Small {
  TemporaryFolder folder;
  Small() {
    const auto tales = test::source_path("../models/tales-1m");
    fs::create_directory(folder / "model");
    for (const char* name : {"tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"})
      fs::copy(tales / name, folder / "model" / name);
    auto config = read_json(tales / "config.json");
    config["n_layer"] = 2;
    config["n_embd"] = 8;
    config["n_head"] = 2;
    write_json(folder / "model" / "config.json", config);
    std::string text;
    for (int i = 0; i < 40; ++i) text += "The fox number " + std::to_string(i * 37) + " saw the old lamp by the sea. ";
    test::write_text(folder / "text.txt", text);
    test::write_text(folder / "held.txt", text.substr(0, 300));
  }
  FinetuneOptions options(const std::string& output) const {
    return {.model = folder / "model",
            .text = {folder / "text.txt"},
            .validation = {folder / "held.txt"},
            .output = folder / output,
            .training = {.steps = 9,
                         .batch = 3,
                         .window = 16,
                         .objective = {.layer = 1, .distance = 2},
                         .reset_every = 4,
                         .queue = 60,
                         .negatives = 40,
                         .adamw = {.learning_rate = 1e-2}},
            .random_init = 1,
            .checkpoints = {"0", "4"},
            .log_every = 3,
            .validate_every = 5,
            .save_every = 6};
  }
  static void train(const FinetuneOptions& options, int threads = 1,
                    const std::function<void(const LogRow&)>& observe = {}) {
    const Compute compute{.threads = threads};
    finetune(plan_finetune(options, compute), compute, observe);
  }
};

constexpr const char* written[] = {"log.tsv",
                                   "state.safetensors",
                                   "step-0/model.safetensors",
                                   "step-4/model.safetensors",
                                   "step-9/model.safetensors",
                                   "step-9/config.json"};

void expect_same_files(const fs::path& a, const fs::path& b) {
  for (const char* name : written) EXPECT_EQ(read_file(a / name), read_file(b / name)) << name;
}

}  // namespace

TEST(Finetune, writes_models_a_log_and_a_state) {
  const Small small;
  Small::train(small.options("out"));
  for (const char* name : written) EXPECT_TRUE(fs::exists(small.folder / "out" / name)) << name;
  const auto log = read_table(small.folder / "out/log.tsv");
  std::vector<std::string> steps, validated;
  for (size_t row = 0; row < log.rows.size(); ++row) {
    steps.push_back(log.text(row, 0));
    if (log.text(row, log.column("validation_lm")) != "n/a") validated.push_back(log.text(row, 0));
  }
  EXPECT_EQ(steps, (std::vector<std::string>{"0", "1", "3", "5", "6", "9"}));
  EXPECT_EQ(validated, (std::vector<std::string>{"0", "5", "9"}));
}

TEST(Finetune, the_loss_of_validation_is_that_of_the_model_that_was_written) {
  const Small small;
  Small::train(small.options("out"));
  const auto log = read_table(small.folder / "out/log.tsv");
  const auto ids = read_tokens(std::vector{small.folder / "held.txt"}, Tokenizer::load(small.folder / "model"), {}, {});
  const int64_t windows = ids.numel() / 16;
  const std::vector<int64_t> last{3};
  for (const auto& [row, name] : {std::pair<size_t, const char*>{0, "out/step-0"}, {5, "out/step-9"}}) {
    const auto model = Model::load(small.folder / name, {.type = at::kDouble});
    const auto seen = ids.slice(0, 0, windows * 16).view({windows, 16}).to(at::kLong);
    const auto logits = model.logits(model.states(seen, last)[0]).log_softmax(-1);
    const auto right = logits.slice(1, 0, 15).gather(2, seen.slice(1, 1).unsqueeze(2));
    EXPECT_NEAR(log.number(row, log.column("validation_lm")), -right.mean().item<double>(), 1e-5) << name;
  }
}

TEST(Finetune, interrupted_and_resumed_ends_with_the_same_bytes) {
  const Small small;
  Small::train(small.options("whole"));
  auto options = small.options("parts");
  const auto stop_at = [](int64_t step) {
    return [step](const LogRow& row) {
      if (row.step == step) fail(Fault::failed, "stopped");
    };
  };
  EXPECT_TRUE(contains(message_of([&] { Small::train(options, 1, stop_at(5)); }), {"stopped"}));  // state of step 4
  options.resume = true;
  EXPECT_TRUE(contains(message_of([&] { Small::train(options, 2, stop_at(9)); }), {"stopped"}));  // state of step 6
  Small::train(options, 3);
  expect_same_files(small.folder / "whole", small.folder / "parts");
  Small::train(options);  // nothing is left to do
  expect_same_files(small.folder / "whole", small.folder / "parts");
}

TEST(Finetune, bytes_do_not_depend_on_threads) {
  const Small small;
  Small::train(small.options("one"), 1);
  Small::train(small.options("four"), 4);
  expect_same_files(small.folder / "one", small.folder / "four");
}

TEST(Finetune, what_is_written_is_read_as_a_model) {
  const Small small;
  Small::train(small.options("out"));
  const auto start = Model::load(small.folder / "model", {.random_init = 1});
  const auto before = Model::load(small.folder / "out/step-0"), after = Model::load(small.folder / "out/step-9");
  const auto ids = at::arange(10, at::kLong).unsqueeze(0);
  const std::vector<int64_t> last{3};
  EXPECT_TRUE(at::equal(start.states(ids, last)[0], before.states(ids, last)[0]));
  EXPECT_GT(test::largest_difference(after.states(ids, last)[0], before.states(ids, last)[0]), 1e-2);
  EXPECT_EQ(Tokenizer::load(small.folder / "out/step-9").vocabulary_size(), 2048);
  EXPECT_EQ(read_json(small.folder / "out/step-9/config.json")["torch_dtype"], "float32");
}

TEST(Finetune, a_state_of_other_options_is_refused_with_all_that_differs) {
  const Small small;
  auto options = small.options("out");
  Small::train(options);
  options.resume = true;
  options.training.steps = 12;
  options.training.batch = 4;
  options.random_init = 2;
  const auto message = message_of([&] { Small::train(options); });
  EXPECT_TRUE(contains(message, {"another training", "steps was 9, now 12", "batch was 3, now 4", "\"random-init\":2"}))
      << message;
}

TEST(Finetune, a_state_that_is_not_one_is_refused) {
  const Small small;
  auto options = small.options("out");
  options.resume = true;
  EXPECT_TRUE(contains(message_of([&] { Small::train(options); }), {"no '", "state.safetensors' to go on from"}));
  options.resume = false;
  Small::train(options);
  options.resume = true;
  const auto file = options.output / "state.safetensors";
  const auto damage = [&](const std::function<void(std::map<std::string, std::string>&)>& metadata,
                          const std::function<void(std::vector<std::pair<std::string, at::Tensor>>&)>& tensors) {
    const auto kept = read_file(file);
    std::vector<std::pair<std::string, at::Tensor>> all;
    std::map<std::string, std::string> header;
    {
      const SafetensorsFile state(file);
      for (const auto& name : state.names()) all.emplace_back(name, state.tensor(name));
      header = state.metadata();
    }
    if (metadata) metadata(header);
    if (tensors) tensors(all);
    write_safetensors(file, all, header);
    const auto message = message_of([&] { Small::train(options); });
    write_file(file, kept);
    return message;
  };
  EXPECT_TRUE(contains(damage([](auto& m) { m.clear(); }, {}), {"it has no 'format'"}));
  EXPECT_TRUE(contains(damage([](auto& m) { m["format"] = "x 2"; }, {}), {"'x 2'", "'arcuate training 1' expected"}));
  EXPECT_TRUE(contains(damage([](auto& m) { m["step"] = "-4"; }, {}), {"step or alpha_prime"}));
  EXPECT_TRUE(contains(damage([](auto& m) { m["settings"] = "[]"; }, {}), {"steps was null, now 9"}));
  const auto broken = damage({}, [](auto& t) {
    std::erase_if(t, [](const auto& one) { return one.first == "first.tokens"; });
    for (auto& [name, tensor] : t)
      if (name == "queue" || name == "weight.contrast.bias") tensor = at::zeros({3});
  });
  EXPECT_TRUE(contains(broken, {"3 problems", "'first.tokens' is missing",
                                "'weight.contrast.bias' is F32 3, 8 expected", "'queue' is F32 3, rows of 8 expected"}))
      << broken;
}

TEST(Finetune, a_new_training_removes_the_models_of_the_old_one) {
  const Small small;
  auto options = small.options("out");
  Small::train(options);
  test::write_text(options.output / "step-notes", "mine");
  options.checkpoints = {};
  Small::train(options);
  EXPECT_FALSE(fs::exists(options.output / "step-4"));
  EXPECT_TRUE(fs::exists(options.output / "step-9"));
  EXPECT_TRUE(fs::exists(options.output / "step-notes"));
}

TEST(Finetune, double_precision_is_said_in_the_configuration) {
  const Small small;
  auto options = small.options("out");
  options.type = at::kDouble;
  Small::train(options);
  EXPECT_EQ(read_json(options.output / "step-9/config.json")["torch_dtype"], "float64");
  EXPECT_STREQ(SafetensorsFile(options.output / "step-9/model.safetensors").type("transformer.wte.weight"), "F64");
}

TEST(Finetune, weights_come_back_from_a_folder_as_they_went_in) {
  for (const char* name : {"gpt2", "llama", "llama-bias-tied"}) {
    const auto folder = test::source_path(std::string("reference/models/") + name);
    const auto spec = read_spec(folder);
    const TemporaryFolder out;
    write_model_folder(out / "m", folder, spec, read_weights(folder, spec, at::kFloat));
    const SafetensorsFile before(folder / "model.safetensors"), after(out / "m" / "model.safetensors");
    auto names = before.names(), again = after.names();
    std::sort(names.begin(), names.end());
    std::sort(again.begin(), again.end());
    EXPECT_EQ(names, again) << name;
    for (const auto& tensor : names) EXPECT_TRUE(at::equal(before.tensor(tensor), after.tensor(tensor))) << tensor;
  }
}

TEST(Finetune, texts_that_do_not_fit_are_refused) {
  const Small small;
  auto options = small.options("out");
  test::write_text(small.folder / "held.txt", "too short");
  EXPECT_TRUE(
      contains(message_of([&] { plan_finetune(options, {}); }), {"the text for validation has", "window of 16"}));
  options.validation = {};
  auto config = read_json(small.folder / "model/config.json");
  config["vocab_size"] = 100;
  write_json(small.folder / "model/config.json", config);
  EXPECT_TRUE(contains(message_of([&] { plan_finetune(options, {}); }), {"outside of the model's vocabulary of 100"}));
}
