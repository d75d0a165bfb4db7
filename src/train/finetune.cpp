#include "train/finetune.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/hash.h"
#include "core/interrupt.h"
#include "core/text.h"
#include "model/checkpoint.h"
#include "model/family.h"
#include "model/untrained.h"
#include "train/checkpoint_steps.h"
#include "train/model_folder.h"
#include "train/state_file.h"

namespace arcuate {
namespace {

using at::Tensor;

// Hashes of what the weights come from: moved files are the same model.
Json model_record(const FinetuneOptions& options) {
  Json record{{"config.json", sha256_file(options.model / "config.json")}};
  if (options.random_init)
    record["random-init"] = *options.random_init;
  else
    for (const auto& file : weight_files(options.model)) record[file.filename().string()] = sha256_file(file);
  return record;
}

std::string tokens_hash(const Tensor& tokens) {
  const auto whole = tokens.contiguous();
  return sha256({static_cast<const char*>(whole.data_ptr()), whole.nbytes()});
}

// Everything that the weights depend on, under the names of the command's options.
Json settings_of(const FinetunePlan& plan) {
  const auto& t = plan.options.training;
  Json settings{{"model", model_record(plan.options)},
                {"text", tokens_hash(plan.tokens)},
                {"precision", plan.options.type == at::kDouble ? "f64" : "f32"},
                {"seed", t.seed},
                {"steps", t.steps},
                {"batch", t.batch},
                {"window", t.window},
                {"train-from", t.train_from},
                {"alpha", t.objective.alpha},
                {"learning-rate", t.adamw.learning_rate},
                {"schedule", t.adamw.schedule == Schedule::linear ? "linear" : "constant"},
                {"warmup", t.adamw.warmup},
                {"beta1", t.adamw.beta1},
                {"beta2", t.adamw.beta2},
                {"epsilon", t.adamw.epsilon},
                {"weight-decay", t.adamw.weight_decay},
                {"clip", t.adamw.largest_gradient}};
  if (t.objective.alpha == 0) return settings;
  settings["target-layer"] = t.objective.layer;
  settings["distance"] = t.objective.distance;
  settings["temperature"] = t.objective.temperature;
  settings["denominator"] = t.objective.denominator == Denominator::with_positive ? "infonce" : "printed";
  settings["negatives"] = t.negatives;
  settings["queue"] = t.queue;
  settings["reset-every"] = t.reset_every;
  return settings;
}

void check_ids(const Tensor& tokens, const ModelSpec& spec) {
  if (tokens.numel() == 0) return;
  if (const auto largest = tokens.max().item<int64_t>(); largest >= spec.vocabulary)
    bad_input(
        "the text has the token id {}, outside of the model's vocabulary of {}; does the tokenizer belong to this "
        "model?",
        largest, spec.vocabulary);
}

bool is_due(int64_t step, int64_t every, int64_t steps) { return step == steps || (every > 0 && step % every == 0); }

// One training under way and its files.
class Training {
 public:
  Training(const FinetunePlan& plan, const Compute& compute, const std::function<void(const LogRow&)>& observe)
      : plan_(plan),
        options_(plan.options),
        compute_(compute),
        observe_(observe),
        settings_(settings_of(plan)),
        trainer_(plan.spec, start_weights(plan), plan.tokens, plan.options.training) {}

  void begin() {
    remove_old();
    if (plan_.validation.numel() > 0) add_row({.step = 0, .validation = validate()});
    if (is_checkpoint(0)) write_checkpoint();
  }

  void resume() {
    const auto file = options_.output / state_name;
    if (!fs::exists(file)) bad_usage("there is no '{}' to go on from; leave out --resume to begin", file.string());
    trainer_.restore(read_state(file, trainer_.state(), settings_));
    log_ = TrainingLog::read(options_.output / log_name, step());
  }

  FinetuneResult run() {
    FinetuneResult result{.steps = 0, .model = folder_of(options_.training.steps)};
    while (step() < options_.training.steps) {
      if (interrupted()) save();
      stop_if_interrupted();
      advance(result);
    }
    return result;
  }

 private:
  static constexpr const char* state_name = "state.safetensors";
  static constexpr const char* log_name = "log.tsv";
  static constexpr const char* step_name = "step-";

  static ModelWeights start_weights(const FinetunePlan& plan) {
    const auto& options = plan.options;
    return within(fmt::format("reading the model '{}'", options.model.string()), [&] {
      return options.random_init ? random_weights(plan.spec, *options.random_init, options.type)
                                 : read_weights(options.model, plan.spec, options.type);
    });
  }

  int64_t step() const { return trainer_.state().step; }
  Losses validate() { return trainer_.evaluate(plan_.validation, compute_); }
  bool is_checkpoint(int64_t number) const {
    return std::binary_search(plan_.checkpoints.begin(), plan_.checkpoints.end(), number);
  }
  fs::path folder_of(int64_t number) const {
    const auto digits = std::to_string(options_.training.steps).size();
    return options_.output / fmt::format("{}{:0{}}", step_name, number, digits);
  }

  // Checkpoints of a training that this one replaces would pass for its own.
  void remove_old() const {
    fs::remove(options_.output / state_name);
    fs::remove(options_.output / log_name);
    std::vector<fs::path> old;
    for (const auto& entry : fs::directory_iterator(options_.output))
      if (const auto name = entry.path().filename().string();
          name.starts_with(step_name) && to_integer(name.substr(std::string_view(step_name).size())))
        old.push_back(entry.path());
    for (const auto& path : old) fs::remove_all(path);
  }

  void advance(FinetuneResult& result) {
    LogRow row{.step = step() + 1, .report = trainer_.step(compute_)};
    const int64_t steps = options_.training.steps;
    const bool validated = plan_.validation.numel() > 0 && is_due(row.step, options_.validate_every, steps);
    if (validated) row.validation = validate();
    if (validated || row.step == 1 || is_due(row.step, options_.log_every, steps)) add_row(row);
    if (is_checkpoint(row.step)) write_checkpoint();
    if (is_checkpoint(row.step) || is_due(row.step, options_.save_every, steps)) save();
    ++result.steps;
    result.last = row;
    if (compute_.progress) compute_.progress(row.step, steps);
  }

  void add_row(const LogRow& row) {
    log_.add(row);
    if (observe_) observe_(row);
  }
  void write_checkpoint() const {
    write_model_folder(folder_of(step()), options_.model, plan_.spec, trainer_.weights());
  }
  // The log first: a state without its log could not be gone on from.
  void save() const {
    log_.write(options_.output / log_name);
    write_state(options_.output / state_name, trainer_.state(), settings_);
  }

  const FinetunePlan& plan_;
  const FinetuneOptions& options_;
  const Compute& compute_;
  const std::function<void(const LogRow&)>& observe_;
  Json settings_;
  Trainer trainer_;
  TrainingLog log_{};
};

}  // namespace

FinetunePlan plan_finetune(const FinetuneOptions& options, const Compute& compute) {
  FinetunePlan plan{.options = options, .spec = read_text_spec(options.model)};
  plan.checkpoints = checkpoint_steps(options.checkpoints, options.training.steps);
  const auto tokenizer = Tokenizer::load(options.model);
  plan.tokens = read_tokens(options.text, tokenizer, options.documents, compute);
  plan.validation = read_tokens(options.validation, tokenizer, options.documents, compute);
  check_training(plan.spec, plan.tokens.numel(), options.training);
  if (!options.validation.empty() && plan.validation.numel() < options.training.window)
    bad_input("the text for validation has {} tokens, fewer than one window of {}", plan.validation.numel(),
              options.training.window);
  for (const auto& tokens : {plan.tokens, plan.validation}) check_ids(tokens, plan.spec);
  return plan;
}

FinetuneResult finetune(const FinetunePlan& plan, const Compute& compute,
                        const std::function<void(const LogRow&)>& observe) {
  ensure_writable_folder(plan.options.output);
  Training training(plan, compute, observe);
  if (plan.options.resume)
    training.resume();
  else
    training.begin();
  return training.run();
}

}  // namespace arcuate
