#include "simulate/planting.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <numbers>

#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/json.h"
#include "simulate/cortex_patches.h"

namespace arcuate {

using at::Tensor;

namespace {

std::map<int, std::string> region_names(const Regions& regions) {
  std::map<int, std::string> names;
  for (const auto& region : regions.list) names[region.key] = region.name;
  return names;
}

std::map<std::string, Drive> drives_by_patch(const PlantOptions& options) {
  std::map<std::string, Drive> drives;
  for (const auto drive : options.drives)
    for (const auto& patch : patches_of(drive)) drives.emplace(patch, drive);
  return drives;
}

// 0 at a patch's rim, 1 at its vertex farthest from the rim: V.
Tensor height_within_patches(const CorticalSurfaces& surfaces) {
  const auto keys = surfaces.patches.keys.to(at::kLong);
  auto height = at::zeros({keys.size(0)}, at::kDouble);
  for (const auto& region : surfaces.patches.list) {
    const auto inside = keys.eq(region.key);
    if (!inside.any().item<bool>() || inside.all().item<bool>()) continue;
    const auto outside = inside.logical_not().nonzero().squeeze(1).contiguous();
    const std::span<const int64_t> seeds(outside.data_ptr<int64_t>(), static_cast<size_t>(outside.numel()));
    const auto distance = distances_along_edges(surfaces.sphere, seeds);
    height = at::where(inside, distance / distance.masked_select(inside).max(), height);
  }
  return height;
}

// Angle of each vertex around the middle of its patch, seen from outside, in -pi … pi: V.
Tensor angle_around_patch(const CorticalSurfaces& surfaces) {
  const auto points = surfaces.sphere.points.to(at::kDouble);
  const auto keys = surfaces.patches.keys.to(at::kLong);
  auto angle = at::zeros({keys.size(0)}, at::kDouble);
  for (const auto& region : surfaces.patches.list) {
    const auto inside = keys.eq(region.key);
    if (!inside.any().item<bool>()) continue;
    const auto own = points.index_select(0, inside.nonzero().squeeze(1));
    const auto out = own.mean(0) / own.mean(0).norm();
    // Two directions along the surface; any pair that does not degenerate will do.
    const auto up = to_tensor(std::vector<double>{0, 0, 1}) - out * out[2];
    const auto first = up / up.norm();
    const auto second = at::linalg_cross(out, first);
    angle = at::where(inside, at::atan2(points.mv(second), points.mv(first)), angle);
  }
  return angle;
}

// One hemisphere's view of the plan.
class Planter {
 public:
  Planter(const CorticalSurfaces& surfaces, Hemisphere hemisphere, const PlantOptions& options, int64_t depth,
          const DriveOptions& drives)
      : options_(options),
        drive_options_(drives),
        hemisphere_(hemisphere),
        depth_high_(options.depth_high < 0 ? static_cast<double>(depth) : options.depth_high),
        names_(region_names(surfaces.patches)),
        drives_(drives_by_patch(options)),
        keys_(surfaces.patches.keys.to(at::kInt).contiguous()),
        height_(height_within_patches(surfaces)),
        angle_(angle_around_patch(surfaces)),
        gradient_(patch_gradient(surfaces)) {}

  PlantedVertex vertex(int64_t v) const {
    PlantedVertex planted{.hemisphere = hemisphere_, .vertex = v};
    const auto name = names_.find(keys_.data_ptr<int>()[v]);
    if (name == names_.end()) return planted;
    planted.patch = name->second;
    planted.medial_wall = planted.patch == "medial_wall";
    const auto drive = drives_.find(planted.patch);
    if (drive == drives_.end()) return planted;
    planted.drive = drive->second;
    planted.ceiling = options_.ceiling * (options_.rim + (1 - options_.rim) * height_.data_ptr<double>()[v]);
    describe(planted, v);
    return planted;
  }

 private:
  void describe(PlantedVertex& planted, int64_t v) const {
    const double around = angle_.data_ptr<double>()[v];
    if (planted.drive == Drive::layers) {
      const double along = gradient_.data_ptr<double>()[v];
      planted.depth = options_.depth_low + along * (depth_high_ - options_.depth_low);
      planted.word_rate = options_.word_rate;
      const bool has_sound =
          std::find(options_.drives.begin(), options_.drives.end(), Drive::sound) != options_.drives.end();
      if (has_sound && planted.patch == "sensory") planted.sound = options_.sound;
    } else if (planted.drive == Drive::network) {
      planted.network = sector(around, drive_options_.networks);
    } else if (planted.drive == Drive::forecast) {
      planted.ahead = sector(around, std::ssize(drive_options_.forecast_distances));
    } else if (planted.drive == Drive::loop) {
      planted.phase = around;
    }
  }

  // Which of `count` equal sectors of a patch an angle lies in.
  static int64_t sector(double angle, int64_t count) {
    const double share = (angle + std::numbers::pi) / (2 * std::numbers::pi);
    return std::min(count - 1, static_cast<int64_t>(share * static_cast<double>(count)));
  }

  const PlantOptions& options_;
  const DriveOptions& drive_options_;
  Hemisphere hemisphere_;
  double depth_high_;
  std::map<int, std::string> names_;
  std::map<std::string, Drive> drives_;
  Tensor keys_, height_, angle_, gradient_;
};

void add_defects(std::vector<PlantedVertex>& vertices, const PlantOptions& options) {
  std::vector<size_t> cortex;
  for (size_t i = 0; i < vertices.size(); ++i)
    if (!vertices[i].medial_wall) cortex.push_back(i);
  const auto order = Random(derive_seed(options.seed, "defects")).permutation(static_cast<int64_t>(cortex.size()));
  for (int64_t i = 0; i < options.constant + options.nan; ++i)
    vertices[cortex[static_cast<size_t>(order[static_cast<size_t>(i)])]].defect =
        i < options.constant ? Defect::constant : Defect::nan;
}

std::string number(double value) { return shortest(value); }

}  // namespace

std::vector<std::string> patches_of(Drive drive) {
  switch (drive) {
    case Drive::layers:
      return {"sensory", "association"};
    case Drive::forecast:
      return {"frontal"};
    case Drive::syntax:
      return {"motor"};
    case Drive::semantics:
      return {"temporal_pole"};
    case Drive::network:
      return {"angular"};
    case Drive::loop:
      return {"posterior_medial"};
    case Drive::size:
      return {"occipital"};
    case Drive::word_rate:
      return {"word_rate"};
    case Drive::sound:
      return {};  // a part of the signal in `sensory`
  }
  return {};
}

std::vector<PlantedVertex> plant(const CorticalSurfaces& left, const CorticalSurfaces& right,
                                 const PlantOptions& options, int64_t depth, const DriveOptions& drives) {
  std::vector<PlantedVertex> vertices;
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    const auto& surfaces = hemisphere == Hemisphere::left ? left : right;
    const Planter planter(surfaces, hemisphere, options, depth, drives);
    for (int64_t v = 0; v < surfaces.sphere.points.size(0); ++v) vertices.push_back(planter.vertex(v));
  }
  add_defects(vertices, options);
  return vertices;
}

std::string vertex_name(const PlantedVertex& vertex) {
  return fmt::format("{}{:05}", letter(vertex.hemisphere), vertex.vertex);
}

std::string network_name(int64_t network) { return "network-" + std::to_string(network); }

int64_t write_templates(const std::filesystem::path& path, const std::vector<PlantedVertex>& vertices) {
  std::map<int64_t, size_t> column_of;
  for (const auto& v : vertices)
    if (v.network >= 0 && v.defect == Defect::none) column_of.emplace(v.network, 0);
  if (column_of.empty()) return 0;
  std::vector<std::string> columns{"target"};
  for (auto& [network, column] : column_of) {
    column = columns.size();
    columns.push_back(network_name(network));
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& v : vertices) {
    const auto column = column_of.find(v.network);
    if (column == column_of.end()) continue;
    std::vector<std::string> row(columns.size(), "0");
    row[0] = vertex_name(v);
    row[column->second] = "1";
    rows.push_back(std::move(row));
  }
  write_tsv(path, columns, rows);
  return std::ssize(column_of);
}

void write_truth(const std::filesystem::path& path, const std::vector<PlantedVertex>& vertices, int64_t depth,
                 const DriveOptions& drives, const PlantOptions& options) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& v : vertices) {
    if (v.medial_wall) continue;
    const bool forecast = v.drive == Drive::forecast;
    rows.push_back({vertex_name(v), letter(v.hemisphere), std::to_string(v.vertex), v.patch.empty() ? "n/a" : v.patch,
                    v.drive ? drive_name(*v.drive) : "noise", number(v.ceiling), number(v.depth), number(v.word_rate),
                    number(v.sound),
                    forecast ? std::to_string(drives.forecast_distances[static_cast<size_t>(v.ahead)]) : "n/a",
                    forecast ? std::to_string(drive_layer(drives, depth)) : "n/a",
                    forecast ? number(options.forecast_share) : "n/a",
                    v.network < 0 ? "n/a" : std::to_string(v.network), number(v.phase),
                    v.defect == Defect::none       ? "none"
                    : v.defect == Defect::constant ? "constant"
                                                   : "nan"});
  }
  write_tsv(path,
            {"target", "hemisphere", "vertex", "patch", "drive", "ceiling", "depth", "word_rate", "sound",
             "forecast_distance", "forecast_layer", "forecast_share", "network", "phase", "defect"},
            rows);
  auto sidecar = path;
  const auto column = [](const char* text) { return Json{{"Description", text}}; };
  write_json(sidecar.replace_extension(".json"),
             {{"Simulated", true},
              {"Description", "What was planted in each vertex of the simulated cortex (the medial wall left out)"},
              {"drive", column("What the signal was made from; noise: there is none")},
              {"ceiling", column("Pearson r of the response with its own signal, in one subject and one repeat")},
              {"depth", column("Planted layer of the model; between two layers, a mixture of both")},
              {"word_rate", column("Share of the signal's variance that is word rate")},
              {"sound", column("Share of the signal's variance that is sound power")},
              {"forecast_distance", column("Words ahead from which a part of the signal comes")},
              {"forecast_layer", column("Layer of the model that the word ahead and the present one are read from")},
              {"forecast_share", column("That part, as a share of the signal's variance")},
              {"network", column("Network, that is group of the model's feed-forward units (networks.tsv)")},
              {"phase", column("Phase of the vertex in the rhythm of its patch, radians")},
              {"defect", column("constant: in every subject; nan: in one volume of one subject")}});
}

}  // namespace arcuate
