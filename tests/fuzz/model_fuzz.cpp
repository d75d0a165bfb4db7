// Any bytes as a model's config.json and as its model.safetensors.index.json, whose shard is a small file: an Error, or
// a specification whose sizes can be counted, and weights that fit it.
#include <ATen/ATen.h>

#include "model/checkpoint.h"
#include "model/untrained.h"
#include "one_folder.h"
#include "only_errors.h"

using namespace arcuate;

static const fs::path& folder() {
  static const fuzz::Folder folder("model");
  static const bool copied = fs::copy_file(fs::path(__FILE__).parent_path().parent_path() /
                                               "reference/models/llama-sharded/model-00001-of-00002.safetensors",
                                           folder.path() / "shard.safetensors", fs::copy_options::overwrite_existing);
  if (!copied) std::abort();
  return folder.path();
}

static int64_t exact_count(const ModelSpec& spec) {
  int64_t count = 0;
  for (const auto& [name, shape] : weight_shapes(spec)) {
    int64_t size = 1;
    for (int64_t n : shape)
      if (n < 1 || __builtin_mul_overflow(size, n, &size)) std::abort();
    if (__builtin_add_overflow(count, size, &count)) std::abort();
  }
  return count;
}

static void check(const ModelSpec& spec) {
  constexpr int64_t small = 100'000;  // a twin of this many weights is quickly made
  if (spec.layers > 100 || exact_count(spec) > small) return;
  fuzz::only_errors([&] {
    if (std::ssize(random_weights(spec, 1, at::kFloat).blocks) != spec.layers) std::abort();
  });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  write_file(folder() / "config.json", fuzz::text_of(data, size));
  write_file(folder() / "model.safetensors.index.json", fuzz::text_of(data, size));
  ModelSpec spec;
  if (fuzz::only_errors([&] { spec = read_spec(folder()); })) {
    check(spec);
    fuzz::only_errors([&] { read_weights(folder(), spec, at::kFloat); });
  }
  if (fuzz::only_errors([&] { spec = read_spec(folder(), ModelPart::decoder); })) check(spec);
  fuzz::only_errors([&] {
    for (const auto& file : weight_files(folder()))
      if (file.parent_path() != folder()) std::abort();
  });
  return 0;
}
