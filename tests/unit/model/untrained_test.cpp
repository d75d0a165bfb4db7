#include "model/untrained.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "model/family.h"

using namespace arcuate;
using arcuate::test::source_path;

namespace {

std::filesystem::path folder_of(const std::string& name) { return source_path("reference/models") / name; }

// As many numbers as initial_tensor takes from the generator.
uint64_t numbers_taken(const Initial& initial, const std::vector<int64_t>& shape) {
  Random drawing(7);
  initial_tensor(initial, shape, drawing);
  const uint64_t next = drawing.next();
  Random counting(7);
  uint64_t taken = 0;
  while (counting.next() != next && taken < 1000) ++taken;
  return taken;
}

}  // namespace

TEST(UntrainedWeights, stages_have_the_numbers_of_the_whole) {
  for (const char* name : {"gpt2", "llama", "opt-post", "opt-bare", "bert", "distilbert", "qwen2", "hubert-base",
                           "hubert-batch-norm", "wav2vec2-large", "wavlm-base", "whisper-80"}) {
    const auto spec = read_spec(folder_of(name));
    const UntrainedWeights source(spec, 5, at::kFloat);
    const auto whole = named_weights(spec, source.all());
    std::map<std::string, at::Tensor> together;
    for (int64_t layer = 0; layer <= spec.layers + 2; ++layer) {
      int64_t bytes = 0;
      for (const auto& [part, tensor] : named_weights(spec, source.stage(layer))) {
        ASSERT_TRUE(whole.contains(part)) << name << " " << part;
        EXPECT_TRUE(at::equal(tensor, whole.at(part))) << name << " " << part;
        together[part] = tensor;
        bytes += static_cast<int64_t>(tensor.nbytes());
      }
      const bool as_drawn = !spec.block.gated_bias && spec.block.key_bias;  // otherwise a table or zeros join them
      if (layer > 0 && layer <= spec.layers && as_drawn) {
        EXPECT_EQ(source.stage_bytes(layer), bytes) << name << " " << layer;
      }
    }
    EXPECT_EQ(together.size(), whole.size()) << name;
  }
}

TEST(UntrainedWeights, the_generator_passes_over_as_many_numbers_as_a_tensor_takes) {
  using Kind = Initial::Kind;
  for (const auto kind : {Kind::none, Kind::constant, Kind::normal, Kind::uniform, Kind::sinusoids})
    EXPECT_EQ(numbers_taken({kind, 0.5}, {3, 4}), initial_draws({kind, 0.5}, 12)) << static_cast<int>(kind);
}
