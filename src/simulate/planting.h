// What is planted where: each vertex of the simulated cortex with the drive behind it, its ceiling and its defects.
// This is the known answer that a study of the simulated brains is held against.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "brain/surface.h"
#include "io/table.h"
#include "simulate/drives.h"

namespace arcuate {

enum class Defect { none, constant, nan };  ///< constant: in every subject. nan: in one volume of one subject.

struct PlantOptions {
  std::vector<Drive> drives{};  ///< What is planted; patches of other drives hold noise.
  double ceiling = 0.85;        ///< Highest r, in one subject, of a response with its own signal: in a patch's middle.
  double rim = 0.6;             ///< Ceiling at a patch's rim, as a share of that in its middle.
  double depth_low = 1;         ///< Layer planted in the middle of the patch `sensory`.
  double depth_high = -1;       ///< Layer planted at the far end of `association`; -1: the model's last block.
  double word_rate = 0.1;       ///< Share of the signal's variance that is word rate, in `sensory` and `association`.
  double sound = 0.2;           ///< Share that is sound power in `sensory`, if sound is planted.
  double forecast_share = 0.8;  ///< Share that comes from the word ahead, in the patch of the forecast.
  int64_t constant = 5;         ///< Vertices that never change, in both hemispheres together.
  int64_t nan = 5;              ///< Vertices with a NaN.
  uint64_t seed = 0;
};

struct PlantedVertex {
  Hemisphere hemisphere = Hemisphere::left;
  int64_t vertex = 0;
  std::string patch{};              ///< Empty: in no patch.
  bool medial_wall = false;         ///< No cortex: never analysed.
  std::optional<Drive> drive{};     ///< Empty: noise only.
  double depth = std::nan("");      ///< layers: planted layer; between two layers, a mixture of both.
  double ceiling = 0;               ///< r of the response with its own signal.
  double word_rate = 0, sound = 0;  ///< Shares of the signal's variance.
  int64_t network = -1;             ///< network: which one.
  int64_t ahead = -1;               ///< forecast: which of the distances.
  double phase = std::nan("");      ///< loop: radians.
  Defect defect = Defect::none;
};

/// The patch that each drive is planted in (layers: two patches).
std::vector<std::string> patches_of(Drive drive);

/// Left hemisphere first, vertices in order. `depth` blocks has the model.
std::vector<PlantedVertex> plant(const CorticalSurfaces& left, const CorticalSurfaces& right,
                                 const PlantOptions& options, int64_t depth, const DriveOptions& drives);

/// "L00017": the name of a vertex in tables.
std::string vertex_name(const PlantedVertex& vertex);

/// "network-0", "network-1", …
std::string network_name(int64_t network);

/// The named networks as templates: a row a target that belongs to one, a column a network, 1 or 0; networks without a
/// vertex that can be used are left out. Returns the number of columns; without any, nothing is written.
int64_t write_templates(const std::filesystem::path& path, const std::vector<PlantedVertex>& vertices);

/// The known answer, one row a vertex of cortex, for a model of `depth` blocks.
void write_truth(const std::filesystem::path& path, const std::vector<PlantedVertex>& vertices, int64_t depth,
                 const DriveOptions& drives, const PlantOptions& options);

}  // namespace arcuate
