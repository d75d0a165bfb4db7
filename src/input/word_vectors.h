// Static word vectors from a text file, as word2vec, GloVe and fastText write them: a word and its numbers a line.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace arcuate {

struct WordVectors {
  int64_t width = 0;
  std::map<std::string, at::Tensor> vectors{};  ///< width, float64; of the words that were asked for and are there
};

/// The vectors of `wanted`; others are passed over, so memory follows the story and not the file. A first line of two
/// whole numbers is word2vec's header (words, width); otherwise the first line tells the width. A word may hold blanks
/// (GloVe's 840B): its numbers are the last of the line. Of a word that stands twice the first counts. Errors: input;
/// for lines of another width and fields that are no finite numbers, all at once, and for a file without vectors.
WordVectors read_word_vectors(const std::filesystem::path& path, const std::set<std::string>& wanted);

/// The width alone, from the first lines.
int64_t word_vector_width(const std::filesystem::path& path);

}  // namespace arcuate
