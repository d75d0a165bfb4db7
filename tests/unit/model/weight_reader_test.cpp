#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "fixture.h"
#include "io/json.h"
#include "model/checkpoint.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::source_path;
using arcuate::test::TemporaryFolder;

namespace {

std::filesystem::path torch_folder(const char* name) { return source_path("reference/checkpoints") / name; }
std::filesystem::path safe_folder(const char* name) { return source_path("reference/models") / name; }

std::map<std::string, at::Tensor> weights_in(const std::filesystem::path& folder) {
  const auto spec = read_spec(folder);
  return named_weights(spec, read_weights(folder, spec, at::kFloat));
}

void expect_equal(const std::map<std::string, at::Tensor>& found, const std::map<std::string, at::Tensor>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    EXPECT_TRUE(at::equal(found.at(name), tensor)) << name;
  }
}

std::filesystem::path copied(const TemporaryFolder& folder, const std::filesystem::path& from) {
  std::filesystem::copy(from, folder / "model");
  for (const auto& entry : std::filesystem::directory_iterator(folder / "model"))
    std::filesystem::permissions(entry, std::filesystem::perms::owner_all);
  return folder / "model";
}

}  // namespace

TEST(WeightReader, reads_checkpoints_of_torch_as_it_reads_safetensors) {
  for (const char* name : {"gpt2", "llama-sharded"})
    expect_equal(weights_in(torch_folder(name)), weights_in(safe_folder(name)));
}

TEST(WeightReader, prefers_safetensors_where_both_are_there) {
  const TemporaryFolder folder;
  const auto model = copied(folder, safe_folder("gpt2"));
  write_file(model / "pytorch_model.bin", "not read");
  EXPECT_EQ(weight_files(model), std::vector{model / "model.safetensors"});
  expect_equal(weights_in(model), weights_in(safe_folder("gpt2")));
}

TEST(WeightReader, names_all_missing_shards_and_misplaced_tensors) {
  const TemporaryFolder folder;
  const auto model = copied(folder, torch_folder("llama-sharded"));
  const auto spec = read_spec(model);
  const auto first = model / "pytorch_model-00001-of-00002.bin", second = model / "pytorch_model-00002-of-00002.bin";
  const auto bytes = read_file(second);
  std::filesystem::copy_file(first, second, std::filesystem::copy_options::overwrite_existing);
  const auto misplaced = message_of([&] { read_weights(model, spec, at::kFloat); });
  EXPECT_TRUE(contains(misplaced, {"where the index places it", "'pytorch_model-00002-of-00002.bin'", "is missing"}));
  std::filesystem::remove(first);
  std::filesystem::remove(second);
  EXPECT_TRUE(contains(message_of([&] { weight_files(model); }),
                       {"'pytorch_model-00001-of-00002.bin'", "'pytorch_model-00002-of-00002.bin'"}));
}

TEST(WeightReader, names_tensors_that_an_index_places_where_they_are_not_and_refuses_other_folders) {
  const TemporaryFolder folder;
  const auto model = copied(folder, safe_folder("llama-sharded"));
  const auto index = model / "model.safetensors.index.json";
  const auto kept = read_json(index);
  const auto error_with = [&](const char* tensor, const char* file) {
    auto changed = kept;
    changed["weight_map"][tensor] = file;
    write_json(index, changed);
    return message_of([&] { read_weights(model, read_spec(model), at::kFloat); });
  };
  EXPECT_TRUE(contains(error_with("model.gone.weight", "model-00001-of-00002.safetensors"),
                       {"'model.gone.weight' is not in 'model-00001-of-00002.safetensors', where the"}));
  EXPECT_TRUE(contains(error_with("model.norm.weight", "model-00003-of-00002.safetensors"),
                       {"Is the download complete?", "'model-00003-of-00002.safetensors'"}));
  EXPECT_TRUE(contains(error_with("model.norm.weight", "../elsewhere.safetensors"),
                       {"the shard of 'model.norm.weight' must be a file name in the same folder"}));
}

TEST(WeightReader, gives_the_same_weights_stage_by_stage) {
  for (const char* name : {"gpt2-bfloat16", "llama", "opt-post", "llama-sharded"}) {
    const auto spec = read_spec(safe_folder(name));
    const WeightReader reader(safe_folder(name), spec, at::kFloat);
    std::map<std::string, at::Tensor> together;
    for (int64_t layer = 0; layer <= spec.layers + 1; ++layer) {
      int64_t bytes = 0;
      for (const auto& [part, tensor] : named_weights(spec, reader.stage(layer))) {
        if (part == "head") continue;
        EXPECT_TRUE(together.emplace(part, tensor).second) << name << " " << part;
        bytes += static_cast<int64_t>(tensor.nbytes());
      }
      EXPECT_EQ(bytes, reader.stage_bytes(layer)) << name << " " << layer;
    }
    auto whole = named_weights(spec, reader.all());
    whole.erase("head");
    std::erase_if(whole, [](const auto& entry) { return entry.first.starts_with("project_out"); });
    expect_equal(together, whole);
  }
}
