// Texts with the syntax of a study's stories and other words, for the syntactic part of a model's states
// (Caucheteux, Gramfort & King 2023): FOLDER/STORY/*.tsv, word tables of as many words as the story, in the order of
// their names. Word n of a text has the place of word n of the story; times are not used.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "study/spaces.h"

namespace arcuate {

struct TwinText {
  std::string story{}, name{};  ///< name: of the file, without its ending.
  std::filesystem::path file{};
  std::vector<std::string> words{};
};

/// [story][twin], as many of each story. Errors: input, all at once: a story without a folder or with fewer than two
/// texts, other numbers of words, other numbers of texts than the first story has.
std::vector<std::vector<TwinText>> read_twins(const std::filesystem::path& folder,
                                              const std::vector<TimedStory>& stories);

/// words x width, in the study's precision: states of the model of `space` at its layer number `layer`.
at::Tensor twin_states(const TwinText& twin, const FeatureSpace& space, int64_t layer, at::ScalarType precision,
                       const Compute& compute);

}  // namespace arcuate
