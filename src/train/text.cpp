#include "train/text.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/random.h"
#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {
namespace {

struct Document {
  std::string text;
  fs::path file;
};

void add_document(std::string_view text, const fs::path& file, std::vector<Document>& documents) {
  if (!trim(text).empty()) documents.push_back({std::string(text), file});
}

// A document without the line breaks around it.
void add_parts(std::string_view text, const fs::path& file, std::vector<Document>& documents) {
  size_t begin = 0, end = 0;  // of the document so far
  for (size_t at = 0; at < text.size();) {
    const size_t stop = std::min(text.find('\n', at), text.size());
    if (trim(text.substr(at, stop - at)).empty()) {
      add_document(text.substr(begin, end - begin), file, documents);
      begin = end = stop + 1;
    } else {
      end = stop;
    }
    at = stop + 1;
  }
  if (begin < text.size()) add_document(text.substr(begin, end - begin), file, documents);
}

std::vector<Document> read_documents(std::span<const fs::path> files, const TextOptions& options) {
  std::vector<Document> documents;
  for (const auto& file : files) {
    const auto text = read_file(file);
    if (const auto byte = invalid_utf8(text)) bad_input("'{}' is not UTF-8 (byte {})", file.string(), *byte);
    if (options.documents == Documents::file)
      add_document(text, file, documents);
    else
      add_parts(text, file, documents);
  }
  return documents;
}

std::vector<int64_t> tokens_of(const Document& document, const Tokenizer& tokenizer, bool end_token) {
  auto ids = within(fmt::format("reading '{}'", document.file.string()),
                    [&] { return tokenizer.encode(document.text, Special::template_); });
  const auto end = tokenizer.eos();
  if (end_token && end && (ids.empty() || ids.back() != *end)) ids.push_back(*end);
  return ids;
}

}  // namespace

at::Tensor read_tokens(std::span<const fs::path> files, const Tokenizer& tokenizer, const TextOptions& options,
                       const Compute& compute) {
  const auto documents = read_documents(files, options);
  std::vector<at::Tensor> parts(documents.size());
  parallel_for(static_cast<int64_t>(documents.size()), compute.threads, [&](int64_t i) {
    stop_if_interrupted();
    const auto ids = tokens_of(documents[static_cast<size_t>(i)], tokenizer, options.end_token);
    parts[static_cast<size_t>(i)] = index_tensor(ids).to(at::kInt);
  });
  return parts.empty() ? at::empty({0}, at::kInt) : at::cat(parts);
}

at::Tensor TokenWindows::batch(std::span<const int64_t> windows) const {
  const auto rows = tokens.slice(0, 0, count() * size).view({count(), size});
  return rows.index_select(0, index_tensor(windows)).to(at::kLong);
}

std::vector<int64_t> WindowOrder::take(int64_t first, int64_t count) {
  std::vector<int64_t> taken;
  for (int64_t n = first; n < first + count; ++n) {
    if (const int64_t epoch = n / windows_; epoch != epoch_) {
      epoch_ = epoch;
      order_ = Random(derive_seed(seed_, fmt::format("epoch {}", epoch))).permutation(windows_);
    }
    taken.push_back(order_[static_cast<size_t>(n % windows_)]);
  }
  return taken;
}

}  // namespace arcuate
