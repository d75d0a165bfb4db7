// arcuate convert: the tensors of a checkpoint as one safetensors file.
#include <ATen/ATen.h>

#include <memory>
#include <optional>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/groups.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/interrupt.h"
#include "io/safetensors.h"
#include "io/tensor_file.h"
#include "model/checkpoint.h"

namespace arcuate {
namespace {

enum class Type { kept, f32, f16, bf16 };

struct Options {
  fs::path checkpoint{};
  Type type = Type::kept;
  groups::OutputFile output{};
};

void describe(cli::Spec<Options>& s) {
  s.summary("a checkpoint as one safetensors file");
  s.description(
      "Reads a model folder (its shards become one file), a checkpoint of PyTorch (.bin, .pt, .pth) or a safetensors "
      "file, and writes every tensor under its own name. One tensor at a time is in memory. A checkpoint is read as "
      "data: no object in it is made, and what is no tensor is refused by name. Tensors that share memory are stored "
      "once for each name, since safetensors knows no sharing.");
  s.input("checkpoint", &Options::checkpoint, "folder of a model in the layout of Hugging Face, or a file");
  s.option("type", &Options::type, "type of the stored floats; whole numbers and truths stay as they are")
      .choices({{"kept", Type::kept}, {"float32", Type::f32}, {"float16", Type::f16}, {"bfloat16", Type::bf16}});
  s.group(groups::output_file, &Options::output);
  s.example("arcuate convert gpt2 --output gpt2/model.safetensors", "a downloaded folder, once and for all");
  s.example("arcuate convert pytorch_model.bin --type bfloat16 --output small.safetensors", "half the bytes");
}

at::ScalarType stored_type(at::ScalarType type, Type wanted) {
  if (!at::isFloatingType(type)) return type;
  switch (wanted) {
    case Type::kept:
      return type;
    case Type::f32:
      return at::kFloat;
    case Type::f16:
      return at::kHalf;
    case Type::bf16:
      return at::kBFloat16;
  }
  return type;
}

struct Source {
  const TensorFile* file = nullptr;
  std::string name{};
};

struct Tensors {
  std::vector<std::unique_ptr<TensorFile>> files{};
  std::vector<Source> sources{};
  std::vector<TensorPlan> plans{};
  size_t shared = 0;
};

Tensors read_tensors(const Options& options) {
  Tensors tensors;
  std::map<std::string, std::string> places;
  Problems problems(fmt::format("tensors of '{}' appear twice", options.checkpoint.string()));
  const bool folder = fs::is_directory(options.checkpoint);
  for (const auto& path : folder ? weight_files(options.checkpoint) : std::vector{options.checkpoint}) {
    tensors.files.push_back(open_tensor_file(path));
    const TensorFile& file = *tensors.files.back();
    tensors.shared += file.shared_names().size();
    for (const auto& name : file.names()) {
      const auto [place, first] = places.emplace(name, path.filename().string());
      if (!first) problems.add("'{}' in '{}' and '{}'", name, place->second, path.filename().string());
      tensors.sources.push_back({&file, name});
      tensors.plans.push_back({name, stored_type(file.scalar_type(name), options.type), file.shape(name)});
    }
  }
  problems.raise();
  return tensors;
}

// What a narrower type cannot hold would be infinite without a word.
at::Tensor converted(const Source& source, at::ScalarType type) {
  const auto tensor = source.file->tensor(source.name);
  if (tensor.scalar_type() == type) return tensor;
  const auto result = tensor.to(type);
  if (!at::isfinite(result).eq(at::isfinite(tensor)).all().item<bool>())
    bad_input("'{}' holds numbers that are too large for {}; choose another --type", source.name,
              safetensors_type(type));
  return result;
}

int run(const Options& options, cli::Run& run) {
  const auto& output = options.output.path;
  refuse_to_replace(output, run.common.force);
  const auto tensors = read_tensors(options);
  run.console.info("read       {} tensors in {} file{}", tensors.plans.size(), tensors.files.size(),
                   tensors.files.size() == 1 ? "" : "s");
  if (tensors.shared > 0) run.console.info("shared     {} tensors get a copy of their own", tensors.shared);
  if (run.common.dry_run) return 0;
  ensure_writable_folder(output.has_parent_path() ? output.parent_path() : fs::path("."));
  // The original library refuses files that do not say "pt".
  write_safetensors(output, tensors.plans,
                    [&](size_t i) {
                      stop_if_interrupted();
                      return converted(tensors.sources[i], tensors.plans[i].type);
                    },
                    {{"format", "pt"}});
  run.console.info("written    {} ({} bytes)", output.string(), fs::file_size(output));
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command convert = cli::command<Options, describe, run>("convert");
}
}  // namespace arcuate
