// The options of extract: one declaration, and what they have to agree on.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "cli/spec.h"
#include "cmd/extract_sound_support.h"
#include "cmd/groups.h"
#include "input/story.h"
#include "model/extract.h"
#include "model/twin_states.h"

namespace arcuate {

enum class ExtractPrecision { f32, f64, bf16, f16 };
enum class ExtractStore { as_computed, f32, f16 };

struct ExtractCommand {
  std::filesystem::path model{}, words{};
  groups::OutputFile output{};
  std::vector<std::string> layers{"all"};
  Units units = Units::residual;
  std::string context = "grow:512:256";
  std::optional<uint64_t> random_init{};
  StartToken start_token = StartToken::from_tokenizer;
  Pooling pooling = Pooling::last;
  Untokenized untokenized = Untokenized::error;
  ExtractPrecision precision = ExtractPrecision::f32;
  ExtractStore store = ExtractStore::as_computed;
  bool surprisal = false;
  std::string tier{};
  bool lowercase = false;
  Untimed untimed = Untimed::error;
  ExtractSound sound{};
  std::vector<std::filesystem::path> twins{};
  TwinOptions twin_options{};
};

void describe_extract(cli::Spec<ExtractCommand>& s);

/// Errors: usage; a story for a model that hears or a recording for one that reads, options that are about the other,
/// and arithmetic that the device does not have.
void check_extract(const ExtractCommand& options, const ModelSpec& spec, const cli::Run& run);

/// Ascending; empty for "all", since extract() knows which layers have such units. Errors: usage.
std::vector<int64_t> wanted_layers(const ExtractCommand& options, const ModelSpec& spec);

at::ScalarType arithmetic_of(const ExtractCommand& options);
const char* precision_name(ExtractPrecision precision);
/// In the type of the file. Errors: failed, for states that float16 does not hold.
at::Tensor stored_states(const at::Tensor& states, ExtractStore store);

}  // namespace arcuate
