#include "encode/inner_folds.h"

#include "core/error.h"
#include "core/random.h"

namespace arcuate {

InnerFolds parse_inner_folds(const std::string& text) {
  constexpr std::string_view chunks = "bootstrap:";
  if (text == "auto") return {};
  if (text == "contiguous") return {.rule = InnerRule::contiguous};
  if (text == "time-series") return {.rule = InnerRule::time_series};
  if (text == "loo") return {.rule = InnerRule::left_out};
  if (text == "gcv") return {.rule = InnerRule::gcv};
  if (!text.starts_with(chunks))
    bad_usage(
        "expected auto, contiguous, time-series or bootstrap:BOOTS:LENGTH:HELD_OUT, as in bootstrap:15:20:0.25, or loo "
        "or gcv, found '{}'",
        text);
  return {.rule = InnerRule::chunks, .chunks = parse_chunks(text.substr(chunks.size()))};
}

std::vector<Fold> inner_folds(std::span<const int64_t> train, std::span<const RowRange> stories, const InnerFolds& how,
                              bool by_story, size_t split) {
  if (how.rule == InnerRule::left_out || how.rule == InnerRule::gcv) return {};
  if (how.rule == InnerRule::chunks) {
    auto chunks = how.chunks;
    chunks.seed = derive_seed(chunks.seed, fmt::format("split {}", split));
    return chunk_folds(train, stories, chunks, how.gap);
  }
  if (how.rule == InnerRule::time_series) return time_series_folds(train, stories, how.blocks, how.gap);
  return how.rule == InnerRule::automatic && by_story ? leave_one_story_out(train, stories)
                                                      : contiguous_folds(train, stories, how.blocks, how.gap);
}

}  // namespace arcuate
