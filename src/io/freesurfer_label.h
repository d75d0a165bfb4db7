// Labels of FreeSurfer (lh.cortex.label, …): the vertices of one region, as text.
//
// A comment line that begins with "#!ascii label"; the number of vertices; for each a line with its number, its x, y, z
// (mm) and a value. A number of -1 is a point that is not tied to a vertex.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>

namespace arcuate {

struct FreesurferLabel {
  std::string comment{};  ///< the first line without its "#!"; UTF-8
  at::Tensor vertices{};  ///< n, int32
  at::Tensor points{};    ///< n x 3, float32
  at::Tensor values{};    ///< n, float32
};

/// Errors: input, all lines at once.
FreesurferLabel parse_freesurfer_label(std::string_view bytes, const std::string& source);

}  // namespace arcuate
