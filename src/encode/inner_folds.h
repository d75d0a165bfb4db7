// Inner folds: how the training rows of an outer fold are cut again to choose penalties, in commands and in studies.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "encode/chunks.h"
#include "encode/rows.h"

namespace arcuate {

enum class InnerRule {
  automatic,    ///< One story at a time where the caller says so, else contiguous.
  contiguous,   ///< Blocks of equal length.
  chunks,       ///< Random chunks.
  time_series,  ///< Blocks of equal length, each tested by the rows before it.
  left_out,     ///< No folds: PenaltyCriterion::left_out takes their place.
  gcv           ///< No folds: PenaltyCriterion::gcv.
};

struct InnerFolds {
  InnerRule rule = InnerRule::automatic;
  ChunkOptions chunks{};  ///< Of the rule `chunks`; each outer fold draws its own from the seed.
  int64_t blocks = 5;     ///< Contiguous inner folds, those in time included.
  int64_t gap = 0;        ///< Rows of the same story left out around held-out rows.
};

/// Rule and chunks of "auto", "contiguous", "time-series", "bootstrap:BOOTS:LENGTH:HELD_OUT", "loo" or "gcv". Errors:
/// usage.
InnerFolds parse_inner_folds(const std::string& text);

/// None for the rules without folds. `train` (ascending) are the training rows of outer fold `split`; `by_story` is
/// what `automatic` asks. Errors: usage, when a part would be empty.
std::vector<Fold> inner_folds(std::span<const int64_t> train, std::span<const RowRange> stories, const InnerFolds& how,
                              bool by_story, size_t split);

}  // namespace arcuate
