// A hemisphere as it is drawn: checked, in plain arrays, with normals and folding.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "report/brain_map.h"
#include "report/raster.h"

namespace arcuate {

using Vector3 = std::array<double, 3>;

double dot(const Vector3& a, const Vector3& b);

struct DrawnSurface {
  std::vector<Vector3> points{}, normals{};  ///< Normals are of length 1 and the mean of the triangles around, by area.
  std::vector<Triangle> triangles{};
  std::vector<float> values{};
  std::vector<float> folding{};    ///< 0 on gyri to 1 in sulci.
  std::vector<int32_t> regions{};  ///< Empty: none.
};

/// Adds what is wrong with `side` to `problems`; a surface with problems is empty.
DrawnSurface checked_surface(const BrainMapSide& side, const std::string& name, Problems& problems);

}  // namespace arcuate
