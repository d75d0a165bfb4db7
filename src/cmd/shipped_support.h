// Files that come with the program: models, stories, the grammar.
#pragma once
#include "core/files.h"

namespace arcuate {

/// Shipped files lie in the source tree that the program was built in, in share/arcuate of an installation, or here.
/// Errors: usage, saying which option names another one.
fs::path find_shipped(const char* relative, const char* option);

inline constexpr const char* shipped_model = "models/tales-1m";
inline constexpr const char* shipped_story = "assets/stories/turning_light.txt";
inline constexpr const char* shipped_grammar = "assets/grammar/tales.grammar";

}  // namespace arcuate
