#include "encode/chunks.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "core/text.h"

namespace arcuate {

static int64_t held_out_chunks(const ChunkOptions& options, int64_t rows) {
  if (options.held_out >= 1) return static_cast<int64_t>(options.held_out);
  return static_cast<int64_t>(options.held_out * static_cast<double>(rows) / static_cast<double>(options.length));
}

std::vector<Fold> chunk_folds(std::span<const int64_t> rows, std::span<const RowRange> stories,
                              const ChunkOptions& options, int64_t gap) {
  const auto count = static_cast<int64_t>(rows.size());
  const int64_t chunks = count / options.length, held_out = held_out_chunks(options, count);
  if (held_out < 1 || held_out > chunks || held_out * options.length == count)
    bad_usage(
        "{} chunks of {} rows are to be held out of {} rows, which are {} whole chunks: at least one must be held out "
        "and a row left for training; use shorter or other numbers of chunks",
        held_out, options.length, count, chunks);
  std::vector<Fold> folds;
  Random random(derive_seed(options.seed, "chunks"));
  for (int64_t boot = 0; boot < options.boots; ++boot) {
    auto order = random.permutation(chunks);
    order.resize(static_cast<size_t>(held_out));
    std::sort(order.begin(), order.end());
    Fold fold;
    for (const int64_t chunk : order)
      fold.test.insert(fold.test.end(), rows.begin() + chunk * options.length,
                       rows.begin() + (chunk + 1) * options.length);
    fold.train = training_rows(rows, fold.test, stories, gap);
    if (fold.train.empty())
      bad_usage("draw {} of {} chunks has no training row left with a gap of {}; hold out fewer or use a smaller gap",
                boot + 1, held_out, gap);
    folds.push_back(std::move(fold));
  }
  return folds;
}

ChunkOptions parse_chunks(const std::string& text) {
  const auto fields = split_fields(text, ':');
  const auto refuse = [&] {
    bad_usage(
        "chunks '{}': expected BOOTS:LENGTH:HELD_OUT, as in 15:20:0.25: how often chunks are drawn, rows of a chunk, "
        "and "
        "the share of rows or the number of chunks that is held out",
        text);
  };
  if (fields.size() != 3) refuse();
  const auto boots = to_integer(trim(fields[0])), length = to_integer(trim(fields[1]));
  const auto held_out = to_double(trim(fields[2]));
  if (!boots || !length || !held_out || *boots < 1 || *boots > 10000 || *length < 1 || !(*held_out > 0)) refuse();
  if (*held_out > 1e9 || (*held_out >= 1 && *held_out != std::floor(*held_out))) refuse();
  return {.boots = *boots, .length = *length, .held_out = *held_out};
}

}  // namespace arcuate
