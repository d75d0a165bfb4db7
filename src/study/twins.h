// Texts with the syntax of a study's stories and other words, for the syntactic part of a model's states
// (Caucheteux, Gramfort & King 2023): FOLDER/STORY/*.tsv, word tables of as many words as the story, in the order of
// their names. Word n of a text has the place of word n of the story; times are not used.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "model/twin_states.h"
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

/// What is read: the texts of a story, by the space's model at its layer number `layer`.
struct TwinReading {
  const TimedStory& story;
  const std::vector<TwinText>& twins;
  const FeatureSpace& space;
  int64_t layer = 0;
  TwinOptions options{};
};
/// The syntactic part of a story's states: float32, words x ahead x width, or words x width of whole texts
/// (model/twin_states.h).
at::Tensor syntactic_states(const Model& model, const TwinReading& reading, const Compute& compute);

}  // namespace arcuate
