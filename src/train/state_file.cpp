#include "train/state_file.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/safetensors.h"

namespace arcuate {
namespace {

constexpr const char* format = "arcuate training 1";

std::string metadata_of(const SafetensorsFile& file, const fs::path& path, const char* key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end())
    bad_input("'{}' is not the state of a training: it has no '{}'", path.string(), key);
  return found->second;
}

void compare_settings(const Json& stored, const Json& settings, const fs::path& path) {
  Problems problems(fmt::format("'{}' is the state of another training; give its options, or --force to begin anew "
                                "without --resume",
                                path.string()),
                    Fault::usage);
  for (const auto& [key, value] : settings.items()) {
    const auto before = stored.is_object() ? stored.value(key, Json()) : Json();
    if (before != value) problems.add("{} was {}, now {}", key, json_text(before, -1), json_text(value, -1));
  }
  problems.raise();
}

class StateReader {
 public:
  explicit StateReader(const fs::path& path)
      : file_(path), problems_(fmt::format("'{}' is not a whole state of this training", path.string())) {}
  const SafetensorsFile& file() const { return file_; }

  NamedTensors tensors(const std::string& kind, const NamedTensors& like) {
    NamedTensors read;
    for (const auto& [name, tensor] : like) {
      const auto full = kind + "." + name;
      if (!file_.contains(full))
        problems_.add("'{}' is missing", full);
      else if (read[name] = file_.tensor(full);
               read[name].sizes() != tensor.sizes() || read[name].scalar_type() != tensor.scalar_type())
        problems_.add("'{}' is {} {}, {} expected", full, file_.type(full), shape_text(read[name]), shape_text(tensor));
    }
    return read;
  }

  at::Tensor queue(const NamedTensors& weights) {
    const auto bias = weights.find("contrast.bias");
    if (bias == weights.end() || !file_.contains("queue")) return {};
    auto queue = file_.tensor("queue");
    const auto& like = bias->second;
    if (queue.dim() != 2 || queue.size(1) != like.size(0) || queue.scalar_type() != like.scalar_type())
      problems_.add("'queue' is {} {}, rows of {} expected", file_.type("queue"), shape_text(queue), like.size(0));
    return queue;
  }
  void raise() const { problems_.raise(); }

 private:
  SafetensorsFile file_;
  Problems problems_;
};

}  // namespace

void write_state(const fs::path& file, const TrainingState& state, const Json& settings) {
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  const auto add = [&](const std::string& kind, const NamedTensors& named) {
    for (const auto& [name, tensor] : named) tensors.emplace_back(kind + "." + name, tensor);
  };
  add("weight", state.weights);
  add("first", state.first);
  add("second", state.second);
  if (state.queue.defined()) tensors.emplace_back("queue", state.queue);
  write_safetensors(file, tensors,
                    {{"format", format},
                     {"step", std::to_string(state.step)},
                     {"alpha_prime", shortest(state.mixing)},
                     {"settings", json_text(settings, -1)}});
}

TrainingState read_state(const fs::path& path, const TrainingState& like, const Json& settings) {
  StateReader reader(path);
  const auto& file = reader.file();
  if (const auto found = metadata_of(file, path, "format"); found != format)
    bad_input("'{}' has the format '{}', '{}' expected", path.string(), found, format);
  compare_settings(parse_json(metadata_of(file, path, "settings"), path.string()), settings, path);
  const auto step = to_integer(metadata_of(file, path, "step"));
  const auto mixing = to_double(metadata_of(file, path, "alpha_prime"));
  if (!step || *step < 0 || !mixing || !std::isfinite(*mixing))
    bad_input("'{}' is not the state of a training: its step or alpha_prime is not a number", path.string());
  TrainingState state{.step = *step,
                      .mixing = *mixing,
                      .weights = reader.tensors("weight", like.weights),
                      .first = reader.tensors("first", like.first),
                      .second = reader.tensors("second", like.second),
                      .queue = reader.queue(like.weights)};
  reader.raise();
  return state;
}

}  // namespace arcuate
