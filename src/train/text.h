// Text to train on: files to one row of tokens, the row to windows, the windows to a seeded order.
#pragma once
#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "core/compute.h"
#include "core/files.h"
#include "input/tokenizer.h"

namespace arcuate {

enum class Documents {
  file,        ///< A file is a document.
  blank_lines  ///< Blank lines part the documents of a file.
};

struct TextOptions {
  Documents documents = Documents::file;  ///< Where a document ends.
  bool end_token = true;                  ///< The tokenizer's end token, if it names one, follows every document.
};

/// The tokens of all documents in order, each with what the tokenizer's template puts around it: n, int32. Errors:
/// input, naming the file.
at::Tensor read_tokens(std::span<const fs::path> files, const Tokenizer& tokenizer, const TextOptions& options,
                       const Compute& compute);

/// The row of tokens cut into windows of `size`, side by side; what is left at its end is not used.
struct TokenWindows {
  at::Tensor tokens;  ///< n
  int64_t size = 0;
  int64_t count() const { return tokens.numel() / size; }
  /// B x size int64.
  at::Tensor batch(std::span<const int64_t> windows) const;
};

/// Which window comes when: every window once an epoch, each epoch in an order of its own that depends on the seed
/// alone.
class WindowOrder {
 public:
  WindowOrder(int64_t windows, uint64_t seed) : windows_(windows), seed_(seed) {}
  /// Windows number first … first + count - 1 of the endless row of epochs.
  std::vector<int64_t> take(int64_t first, int64_t count);

 private:
  int64_t windows_;
  uint64_t seed_;
  int64_t epoch_ = -1;
  std::vector<int64_t> order_{};  // of epoch_
};

}  // namespace arcuate
