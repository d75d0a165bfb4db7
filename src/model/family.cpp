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

const Family& family_of(const ModelSpec& spec) {
  const Family& family = family_named(spec.family);
  return spec.block.cross ? *family.decoder : family;
}

std::string families_with_decoder() {
  std::vector<std::string> names;
  for (const auto* family : families())
    if (family->decoder) names.emplace_back(family->model_type);
  return join(names, ", ");
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
  if (!spec.sound) size("the vocabulary", spec.vocabulary, int64_t{1} << 31);
  size("the longest sequence", spec.max_tokens, int64_t{1} << 31);
  size("the width of token embeddings", spec.embedding_width.value_or(spec.block.width));
  if (spec.token_types < 0 || spec.token_types > largest_size)
    problems.add("the number of token types is {}, 0 to {} expected", spec.token_types, largest_size);
  if (spec.block.window) size("the attention window", *spec.block.window, int64_t{1} << 31);
  if (!problems.empty()) return;
  if (const double weights = count_weights(spec); weights > most_weights)
    problems.add("it would have {:.3g} weights, at most {:.0e} expected", weights, most_weights);
  if (spec.block.heads % spec.block.kv_heads != 0)
    problems.add("{} heads cannot share {} key-value heads", spec.block.heads, spec.block.kv_heads);
  if (spec.block.rotary && spec.block.head_size % 2 != 0)
    problems.add("a rotary embedding needs an even head size, found {}", spec.block.head_size);
}

static const Family& part_of(const Family& family, ModelPart part) {
  if (part == ModelPart::main) return family;
  if (!family.decoder)
    bad_usage("{} has no decoder that reads words beside a sound; families with one: {}", family.model_type,
              families_with_decoder());
  return *family.decoder;
}

ModelSpec read_spec(const std::filesystem::path& folder, ModelPart part) {
  const auto path = folder / "config.json";
  return within(fmt::format("reading the model '{}'", folder.string()), [&] {
    const Json config = read_json(path);
    const auto type = json_value<std::string>(config, "model_type", path.string());
    ModelSpec spec = part_of(family_named(type), part).spec(config, path.string());
    spec.family = type;
    Problems problems(fmt::format("'{}' describes no possible model", path.string()));
    check_sizes(spec, problems);
    problems.raise();
    return spec;
  });
}

ModelSpec read_text_spec(const std::filesystem::path& folder) {
  auto spec = read_spec(folder);
  if (spec.sound)
    bad_input("the model '{}' ({}) hears sound; a model that reads text is needed here", folder.string(), spec.family);
  return spec;
}

int64_t causal_tokens(const ModelSpec& spec) {
  if (!spec.block.causal) return 0;
  const auto& rotary = spec.block.rotary;
  return rotary && rotary->scaling == RopeScaling::dynamic ? rotary->trained : spec.max_tokens;
}

EvenHeads even_heads(const Json& c, const char* width_key, const char* heads_key, const std::string& source) {
  const auto width = json_value<int64_t>(c, width_key, source), heads = json_value<int64_t>(c, heads_key, source);
  if (heads < 1 || width < 1 || width > largest_size || width % heads != 0)
    bad_input("'{}': {} {} is not a possible multiple of {} {}", source, width_key, width, heads_key, heads);
  return {width, heads, width / heads};
}

Head head_of(const Json& c, bool tied, const std::string& source) {
  return json_value_or<bool>(c, "tie_word_embeddings", tied, source) ? Head::tied : Head::own;
}

std::optional<int64_t> padding_token(const Json& c, std::optional<int64_t> usual, const std::string& source) {
  const char* key = "pad_token_id";
  if (c.contains(key) && c[key].is_null()) return {};
  if (!c.contains(key) && !usual) return {};
  const auto vocabulary = json_value<int64_t>(c, "vocab_size", source);
  const auto token = json_value_or<int64_t>(c, key, usual.value_or(0), source);
  if (vocabulary < 1 || token >= vocabulary || token < -vocabulary)
    bad_input("'{}': {} is {}, but the vocabulary has {} tokens", source, key, token, vocabulary);
  return token < 0 ? token + vocabulary : token;
}

void refuse_options(const Json& c, std::span<const char* const> names, bool usual, const std::string& source) {
  Problems problems(fmt::format("'{}' asks for what is not supported", source));
  for (const char* name : names)
    if (json_value_or<bool>(c, name, usual, source) != usual) problems.add("the option {} is {}", name, !usual);
  problems.raise();
}

Activation activation_named(const std::string& name, const std::string& source) {
  if (name == "relu") return Activation::relu;
  if (name == "gelu" || name == "gelu_python") return Activation::gelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast") return Activation::gelu_tanh;
  if (name == "silu" || name == "swish") return Activation::silu;
  bad_input("'{}': the activation '{}' is not supported; known: relu, gelu, gelu_new, gelu_pytorch_tanh, silu", source,
            name);
}

}  // namespace arcuate
