// Annotations of FreeSurfer (lh.aparc.annot, …): which region each vertex belongs to, and a table of names and colours.
//
// The number of vertices; for each its number and the colour of its region, red + 256 green + 65536 blue; 1 if a table
// follows; the table, of version 2 (-2, the number of indices, the file it came from, the number of entries, and for
// each its index, name, red, green, blue and transparency) or of version 1 (the number of entries first, no indices).
// All are int32, big-endian; a text is its length, which counts a zero at the end, and its bytes.
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

struct FreesurferColour {
  int index = 0;
  std::string name{};             ///< UTF-8
  std::array<uint8_t, 4> rgba{};  ///< alpha is 255 less the transparency of the file
};

struct FreesurferAnnot {
  at::Tensor indices{};                   ///< V, int32: index of the vertex's region; -1: its colour is 0 (none)
  std::vector<FreesurferColour> table{};  ///< indices rise
};

/// Errors: input; all problems of the table at once, then all of the vertices: numbers that do not exist or come twice,
/// colours that no entry or several entries have.
FreesurferAnnot parse_freesurfer_annot(std::string_view bytes, const std::string& source);

}  // namespace arcuate
