// The tiny models of tests/reference/finetune (make_finetune.py) and what training them should give.
#pragma once
#include <map>
#include <string>

#include "fixture.h"
#include "io/json.h"
#include "model/checkpoint.h"
#include "train/network.h"

namespace arcuate::test {

/// Losses and gradients are for batch 0 of `ids`; the expected tensors have the names of the original library.
struct TrainingReference {
  explicit TrainingReference(const std::string& name)
      : folder(source_path("reference/finetune/" + name)),
        expected(folder / "expected.safetensors"),
        numbers(read_json(source_path("reference/finetune/finetune.json"))),
        spec(read_spec(folder)) {
    objective.layer = numbers["layer"].get<int64_t>();
    objective.distance = numbers["distance"].get<int64_t>();
    objective.temperature = numbers["temperature"].get<double>();
    mixing = numbers["alpha_prime"].get<double>();
  }

  Network network(at::ScalarType type, int64_t train_from = 0) const {
    auto made = make_network(spec, read_weights(folder, spec, type), train_from, 1);
    for (const char* kind : {"weight", "bias"}) {
      const std::string name = std::string("contrast.") + kind;
      made.trained[name] = expected["start." + name].to(type);
    }
    return made;
  }
  Batch batch(at::ScalarType type, int64_t number = 0) const {
    return {.ids = expected["ids"][number], .negatives = expected["negatives"].to(type)};
  }

  /// Largest difference of `tensors` (under our names) from the expected ones under `kind`, as the family stores them:
  /// the way through a file is tested along.
  double difference(const NamedTensors& tensors, const std::string& kind) const {
    const TemporaryFolder scratch;
    write_weights(scratch / "w.safetensors", spec, assemble(spec, tensors));
    const SafetensorsFile file(scratch / "w.safetensors");
    double largest = 0;
    for (const auto& name : file.names())
      largest = std::max(largest, largest_difference(file.tensor(name), expected[kind + "." + name]));
    for (const std::string name : {"contrast.weight", "contrast.bias"})
      largest = std::max(largest, largest_difference(tensors.at(name), expected[kind + "." + name]));
    return largest;
  }

  fs::path folder;
  Fixture expected;
  Json numbers;
  ModelSpec spec;
  ObjectiveOptions objective{};
  double mixing = 0;
};

}  // namespace arcuate::test
