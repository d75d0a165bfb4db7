// Cross-validation by random chunks, as Huth, de Heer, Griffiths, Theunissen & Gallant 2016 choose penalties: the rows
// are cut into contiguous chunks of equal length, a number of chunks drawn at random is held out, and that is repeated.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "encode/rows.h"

namespace arcuate {

struct ChunkOptions {
  int64_t boots = 15;      ///< Times that chunks are drawn, each a fold.
  int64_t length = 20;     ///< Rows of a chunk. A remainder at the end of the rows is never held out.
  double held_out = 0.25;  ///< Chunks held out in each draw: a share of the rows below 1 (rounded down to chunks), or a
                           ///< whole number of chunks.
  uint64_t seed = 0;
};

/// `rows` (ascending) are cut as they follow each other: a chunk may span a story's end or removed rows. Training rows
/// of the same story within `gap` rows of a held-out row are left out. Errors: usage, when nothing would be held out or
/// nothing left for training.
std::vector<Fold> chunk_folds(std::span<const int64_t> rows, std::span<const RowRange> stories,
                              const ChunkOptions& options, int64_t gap);

/// "BOOTS:LENGTH:HELD_OUT", as in "15:20:0.25" or "50:40:125". Errors: usage.
ChunkOptions parse_chunks(const std::string& text);

}  // namespace arcuate
