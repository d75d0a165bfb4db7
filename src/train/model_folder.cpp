#include "train/model_folder.h"

#include <ATen/core/Tensor.h>

#include "core/error.h"
#include "input/tokenizer.h"
#include "io/json.h"
#include "model/checkpoint.h"

namespace arcuate {
namespace {

// The original library casts weights to the type that is named here, so it has to be theirs. Older files say
// torch_dtype, newer ones dtype.
void write_config(const fs::path& target, const fs::path& source, at::ScalarType type) {
  auto config = read_json(source);
  const std::string name = type == at::kDouble ? "float64" : "float32";
  const char* key = config.contains("dtype") ? "dtype" : "torch_dtype";
  const bool said = config.contains(key) ? config[key] == name : type != at::kDouble;
  if (said) return write_file(target, read_file(source));
  config[key] = name;
  write_json(target, config);
}

}  // namespace

void write_model_folder(const fs::path& target, const fs::path& source, const ModelSpec& spec,
                        const ModelWeights& weights) {
  const auto temporary = target.parent_path() / ("." + target.filename().string() + ".tmp");
  fs::remove_all(temporary);
  ensure_writable_folder(temporary);
  try {
    write_config(temporary / "config.json", source / "config.json", weights.tokens.scalar_type());
    const auto copy = [&](const char* name) {
      if (fs::exists(source / name)) write_file(temporary / name, read_file(source / name));
    };
    for (const char* name : tokenizer_file_names()) copy(name);
    for (const char* name : {"tokenizer.model", "generation_config.json"}) copy(name);
    write_weights(temporary / "model.safetensors", spec, weights);
    fs::remove_all(target);
    fs::rename(temporary, target);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    throw;
  }
}

}  // namespace arcuate
