#include "model/family.h"

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

#define ARCUATE_FAMILY(name) extern const Family name##_family;
#include "generated/families.inc"
#undef ARCUATE_FAMILY

std::vector<const Family*> families() {
  return {
#define ARCUATE_FAMILY(name) &name##_family,
#include "generated/families.inc"
#undef ARCUATE_FAMILY
  };
}

const Family& family_named(const std::string& model_type) {
  std::vector<std::string> known;
  for (const auto* family : families()) {
    if (model_type == family->model_type) return *family;
    known.emplace_back(family->model_type);
  }
  bad_input("the architecture '{}' is not supported; known: {}", model_type, join(known, ", "));
}

// As a float64: a damaged file may announce more than can be counted.
double count_weights(ModelSpec spec) {
  const auto layers = static_cast<double>(spec.layers);
  spec.layers = 1;
  double count = 0;
  for (const auto& [name, shape] : weight_shapes(spec)) {
    double size = name.starts_with("block.") ? layers : 1;
    for (int64_t n : shape) size *= static_cast<double>(n);
    count += size;
  }
  return count;
}

static void check_sizes(const ModelSpec& spec, Problems& problems) {
  const auto size = [&](const char* what, int64_t value, int64_t most = largest_size) {
    if (value < 1 || value > most) problems.add("{} is {}, 1 to {} expected", what, value, most);
  };
  size("the number of layers", spec.layers, most_layers);
  size("the width", spec.block.width);
  size("the number of heads", spec.block.heads);
  size("the number of key-value heads", spec.block.kv_heads);
  size("the head size", spec.block.head_size);
  size("the feed-forward width", spec.block.ffn_width);
  size("the vocabulary", spec.vocabulary, int64_t{1} << 31);
  size("the longest sequence", spec.max_tokens, int64_t{1} << 31);
  if (!problems.empty()) return;
  if (const double weights = count_weights(spec); weights > most_weights)
    problems.add("it would have {:.3g} weights, at most {:.0e} expected", weights, most_weights);
  if (spec.block.heads % spec.block.kv_heads != 0)
    problems.add("{} heads cannot share {} key-value heads", spec.block.heads, spec.block.kv_heads);
  if (spec.block.rotary && spec.block.head_size % 2 != 0)
    problems.add("a rotary embedding needs an even head size, found {}", spec.block.head_size);
}

ModelSpec read_spec(const std::filesystem::path& folder) {
  const auto path = folder / "config.json";
  return within(fmt::format("reading the model '{}'", folder.string()), [&] {
    const Json config = read_json(path);
    const auto type = json_value<std::string>(config, "model_type", path.string());
    ModelSpec spec = family_named(type).spec(config, path.string());
    spec.family = type;
    Problems problems(fmt::format("'{}' describes no possible model", path.string()));
    check_sizes(spec, problems);
    problems.raise();
    return spec;
  });
}

Activation activation_named(const std::string& name, const std::string& source) {
  if (name == "relu") return Activation::relu;
  if (name == "gelu") return Activation::gelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast") return Activation::gelu_tanh;
  if (name == "silu" || name == "swish") return Activation::silu;
  bad_input("'{}': the activation '{}' is not supported; known: relu, gelu, gelu_new, gelu_pytorch_tanh, silu", source,
            name);
}

}  // namespace arcuate
