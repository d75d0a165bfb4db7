// Words ahead of each word, and the few numbers that stand for them:
//
//   window(d)_n = [X_{n+d-w+1}, ..., X_{n+d}]      (Caucheteux, Gramfort & King 2023; w words that end d words ahead)
//
// States are z-scored and both the present word and the window are reduced by a PCA of its own. Means, deviations and
// components come from training words alone; a window serves only if all its words do. The components of the windows
// are the same for every distance. A word outside the story counts as the mean of the training words.
// Letters: W words, F features, K components (F and w F without a PCA), H words of a continuation.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "encode/rows.h"

namespace arcuate {

enum class Future {
  ahead,     ///< The window of the distance.
  shuffled,  ///< The same windows, each given to another word of the story, drawn without repetition.
  random     ///< Windows of words drawn at random from the story, each by itself.
};

/// Which window each word gets.
struct FutureWindow {
  Future kind = Future::ahead;
  int64_t distance = 8;  ///< Words from the present to the window's last one; may be negative. Not for random.
  uint64_t seed = 0;     ///< For shuffled and random.
};

struct WindowOptions {
  int64_t window = 7;       ///< w
  int64_t components = 20;  ///< K of the present word, and K of the window; 0: no PCA.
  bool scale = true;        ///< z-score states by the training words before the PCA; else only subtract their mean.
};

struct WordSeries {
  at::Tensor present;    ///< W x F
  at::Tensor ahead;      ///< W x F: the words of windows; undefined: `present`.
  at::Tensor continued;  ///< W x H x F: the h-th word (from 1) after each word, as a continuation of its own has it
                         ///< (words up to the present one are those of `present`); undefined: there is one story.
  std::vector<RowRange> stories{};
};

/// Fitted to the training words of one fold, applied to all.
class ReducedWords {
 public:
  /// training: whether each word is one. Errors: usage or input, when there are too few for the components.
  ReducedWords(const WordSeries& words, const std::vector<bool>& training, const WindowOptions& options);
  /// W x K
  const at::Tensor& present() const { return present_; }
  /// W x K. Errors: usage, when `continued` ends before the distance.
  at::Tensor window(const FutureWindow& which) const;

 private:
  at::Tensor slot(const at::Tensor& states, int64_t place) const;
  at::Tensor slot_ahead(int64_t offset, int64_t place) const;
  at::Tensor window_ahead(int64_t distance) const;
  at::Tensor random_window(uint64_t seed) const;
  at::Tensor joined(const std::vector<at::Tensor>& slots) const;

  std::vector<RowRange> stories_;
  WindowOptions options_;
  at::Tensor present_, past_, ahead_, continued_;  // z-scored but for present_, which is reduced
  at::Tensor components_, offset_;                 // of windows: K x (w F), 1 x K
};

/// states moved so that row n holds row n + offset of the same story, 0 outside. W x anything.
at::Tensor words_ahead(const at::Tensor& states, int64_t offset, std::span<const RowRange> stories);

/// The same draw for every fold: row n holds the word that stands at each place of n's random window (W x w, int64).
at::Tensor random_words(std::span<const RowRange> stories, int64_t window, uint64_t seed);

}  // namespace arcuate
