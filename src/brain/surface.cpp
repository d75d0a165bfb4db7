#include "brain/surface.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/freesurfer_annot.h"
#include "io/freesurfer_surface.h"
#include "io/freesurfer_values.h"
#include "io/gifti.h"

namespace arcuate {
namespace {

constexpr const char* point_set = "NIFTI_INTENT_POINTSET";
constexpr const char* triangle = "NIFTI_INTENT_TRIANGLE";
constexpr const char* label = "NIFTI_INTENT_LABEL";
constexpr const char* primary = "AnatomicalStructurePrimary";

const GiftiArray& only_array(const Gifti& file, const fs::path& path, const char* intent) {
  const GiftiArray* found = nullptr;
  for (const auto& array : file.arrays) {
    if (array.intent != intent) continue;
    if (found != nullptr) bad_input("'{}' has more than one array of intent {}", path.string(), intent);
    found = &array;
  }
  if (found == nullptr)
    bad_input("'{}' has no array of intent {}; a surface has points and triangles, a label file has labels",
              path.string(), intent);
  return *found;
}

std::string secondary(const std::string& kind) { return kind == "Anatomical" ? "MidThickness" : kind; }

// One number a vertex, also from a file that stores it as a column.
at::Tensor vertex_map(const GiftiArray& array, const fs::path& path, size_t number) {
  const auto& values = array.values;
  if (values.dim() == 1) return values;
  if (values.dim() == 2 && values.size(1) == 1) return values.squeeze(1);
  bad_input("array {} of '{}' is {}: one number a vertex expected", number + 1, path.string(), shape_text(values));
}

void check_keys(const Regions& regions, const std::string& what) {
  std::set<int> known{0};
  for (const auto& region : regions.list) known.insert(region.key);
  const auto unique = std::get<0>(at::_unique(regions.keys.to(at::kLong)));
  Problems problems(what + " has vertices whose key has no name in the label table");
  for (int64_t i = 0; i < unique.size(0); ++i) {
    const auto key = unique[i].item<int64_t>();
    if (known.count(static_cast<int>(key)) == 0) problems.add("key {}", key);
  }
  problems.raise();
}

bool names_none(const FreesurferColour& entry) {
  const auto name = lower_ascii(entry.name);
  const auto has = [&](const char* part) { return name.find(part) != name.npos; };
  return name.empty() || has("unknown") || has("???") || has("background") || has("medial_wall") || has("medial wall");
}

Regions annotated_regions(const FreesurferAnnot& annot) {
  Regions regions{.keys = annot.indices.clamp_min(0)};
  for (const auto& entry : annot.table) {
    if (entry.index == 0 && names_none(entry)) continue;
    const int key = entry.index == 0 ? annot.table.back().index + 1 : entry.index;
    if (key != entry.index) regions.keys.masked_fill_(annot.indices == 0, key);
    Region region{.key = key, .name = entry.name};
    for (size_t i = 0; i < region.rgba.size(); ++i) region.rgba[i] = static_cast<float>(entry.rgba[i]) / 255;
    regions.list.push_back(region);
  }
  return regions;
}

struct Part {
  const char* suffix;
  const char* use;
};
constexpr Part midthickness{"midthickness.surf.gii", "positions and areas"};
constexpr Part inflated{"inflated.surf.gii", "pictures"};
constexpr Part flat{"flat.surf.gii", "flat maps"};
constexpr Part sphere{"sphere.surf.gii", "a surface without a sphere cannot be compared with others"};
constexpr Part sulc{"sulc.shape.gii", "the shading of pictures"};
constexpr Part patches{"desc-patches_dseg.label.gii", "the names of places"};

fs::path path_of(const fs::path& folder, Hemisphere hemisphere, const Part& part) {
  return folder / (std::string("hemi-") + letter(hemisphere) + "_" + part.suffix);
}

void check_present(const fs::path& folder, Hemisphere hemisphere) {
  Problems problems("the surfaces of " + std::string(structure(hemisphere)) + " in '" + folder.string() +
                    "' are incomplete");
  for (const auto& part : {midthickness, inflated, flat, sphere, sulc, patches}) {
    const auto path = path_of(folder, hemisphere, part);
    if (!fs::exists(path)) problems.add("there is no '{}' ({})", path.filename().string(), part.use);
  }
  problems.raise();
}

void check_vertices(const CorticalSurfaces& surfaces, const std::string& where) {
  const int64_t vertices = surfaces.anatomical.points.size(0);
  Problems problems("the surfaces in '" + where + "' do not belong together: the midthickness surface has " +
                    std::to_string(vertices) + " vertices");
  const auto compare = [&](const Part& part, const at::Tensor& tensor) {
    if (tensor.size(0) != vertices) problems.add("'{}' has {}", part.suffix, tensor.size(0));
  };
  compare(inflated, surfaces.inflated.points);
  compare(flat, surfaces.flat.points);
  compare(sphere, surfaces.sphere.points);
  compare(sulc, surfaces.sulcal_depth);
  compare(patches, surfaces.patches.keys);
  problems.raise();
}

}  // namespace

const char* letter(Hemisphere hemisphere) { return hemisphere == Hemisphere::left ? "L" : "R"; }

const char* structure(Hemisphere hemisphere) { return hemisphere == Hemisphere::left ? "CortexLeft" : "CortexRight"; }

Mesh read_mesh(const fs::path& path) {
  if (const MappedFile bytes(path); is_freesurfer_surface(bytes.bytes())) {
    const auto surface = parse_freesurfer_surface(bytes.bytes(), path.string());
    const Mesh mesh{.points = surface.points, .triangles = surface.triangles};
    check_mesh(mesh, "'" + path.string() + "'");
    return mesh;
  }
  const auto file = read_gifti(path);
  const Mesh mesh{.points = only_array(file, path, point_set).values.to(at::kFloat).contiguous(),
                  .triangles = only_array(file, path, triangle).values.to(at::kInt).contiguous()};
  check_mesh(mesh, "'" + path.string() + "'");
  return mesh;
}

void write_mesh(const fs::path& path, const Mesh& mesh, Hemisphere hemisphere, const std::string& kind) {
  const std::vector<std::string> kinds{"Anatomical", "Inflated", "Flat", "Spherical"};
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
    bad_usage("unknown kind of surface '{}'{}", kind, suggestion(kind, kinds));
  check_mesh(mesh, "the mesh for '" + path.string() + "'");
  const std::map<std::string, std::string> about{
      {primary, structure(hemisphere)}, {"AnatomicalStructureSecondary", secondary(kind)}, {"GeometricType", kind}};
  Gifti file;
  file.arrays.push_back({.intent = point_set, .values = mesh.points, .metadata = about});
  file.arrays.push_back({.intent = triangle,
                         .values = mesh.triangles,
                         .metadata = {{"TopologicalType", kind == "Flat" ? "Cut" : "Closed"}}});
  write_gifti(path, file);
}

void check_structure(const fs::path& path, Hemisphere hemisphere) {
  if (!is_gifti_name(path)) return;
  const auto file = read_gifti(path);
  const auto check = [&](const std::map<std::string, std::string>& metadata) {
    const auto found = metadata.find(primary);
    if (found != metadata.end() && found->second.starts_with("Cortex") && found->second != structure(hemisphere))
      bad_input("'{}' is of {} by its metadata, {} expected: the left one first", path.string(), found->second,
                structure(hemisphere));
  };
  check(file.metadata);
  for (const auto& array : file.arrays) check(array.metadata);
}

Regions read_regions(const fs::path& path) {
  if (lower_ascii(path.extension().string()) == ".annot")
    return annotated_regions(parse_freesurfer_annot(MappedFile(path).bytes(), path.string()));
  const auto file = read_gifti(path);
  Regions regions{.keys = vertex_map(only_array(file, path, label), path, 0).to(at::kInt).contiguous()};
  for (const auto& [key, name, rgba] : file.labels)
    if (key != 0) regions.list.push_back({key, name, rgba});
  check_keys(regions, "'" + path.string() + "'");
  return regions;
}

void write_regions(const fs::path& path, const Regions& regions, Hemisphere hemisphere) {
  check_keys(regions, "the regions for '" + path.string() + "'");
  Gifti file;
  file.metadata[primary] = structure(hemisphere);
  file.labels.push_back({0, "???", {0, 0, 0, 0}});  // the name that other programs give to "none"
  for (const auto& [key, name, rgba] : regions.list) file.labels.push_back({key, name, rgba});
  file.arrays.push_back({.intent = label, .values = regions.keys, .metadata = {{"Name", "regions"}}});
  write_gifti(path, file);
}

at::Tensor read_vertex_values(const fs::path& path) {
  if (const MappedFile bytes(path); is_freesurfer_values(bytes.bytes()))
    return parse_freesurfer_values(bytes.bytes(), path.string());
  const auto file = read_gifti(path);
  if (file.arrays.empty()) bad_input("'{}' has no array: one number a vertex expected", path.string());
  std::vector<at::Tensor> maps;
  for (const auto& array : file.arrays) {
    if (array.intent == point_set || array.intent == triangle)
      bad_input("'{}' is a surface (it has an array of intent {}); values a vertex expected", path.string(),
                array.intent);
    maps.push_back(vertex_map(array, path, maps.size()).to(at::kFloat));
    if (maps.back().size(0) != maps.front().size(0))
      bad_input("array {} of '{}' has {} vertices, the first has {}", maps.size(), path.string(), maps.back().size(0),
                maps.front().size(0));
  }
  return maps.size() == 1 ? maps.front().contiguous() : at::stack(maps);
}

void write_vertex_values(const fs::path& path, const at::Tensor& values, const std::vector<std::string>& names,
                         Hemisphere hemisphere, const std::string& intent) {
  const auto maps = values.dim() == 1 ? values.unsqueeze(0) : values;
  if (maps.dim() != 2 || maps.size(0) != static_cast<int64_t>(names.size()))
    bad_usage("values for '{}' are {} and have {} names; V values with one name or K x V with K expected",
              path.string(), shape_text(values), names.size());
  Gifti file;
  file.metadata[primary] = structure(hemisphere);
  for (size_t k = 0; k < names.size(); ++k)
    file.arrays.push_back({.intent = intent,
                           .values = maps[static_cast<int64_t>(k)].to(at::kFloat).contiguous(),
                           .metadata = {{"Name", names[k]}}});
  write_gifti(path, file);
}

CorticalSurfaces read_cortical_surfaces(const fs::path& folder, Hemisphere hemisphere) {
  check_present(folder, hemisphere);
  const auto path = [&](const Part& part) { return path_of(folder, hemisphere, part); };
  const CorticalSurfaces surfaces{.anatomical = read_mesh(path(midthickness)),
                                  .inflated = read_mesh(path(inflated)),
                                  .flat = read_mesh(path(flat)),
                                  .sphere = read_mesh(path(sphere)),
                                  .sulcal_depth = vertex_map({.values = read_vertex_values(path(sulc))}, path(sulc), 0),
                                  .patches = read_regions(path(patches))};
  check_vertices(surfaces, folder.string());
  return surfaces;
}

void write_cortical_surfaces(const fs::path& folder, const CorticalSurfaces& surfaces, Hemisphere hemisphere) {
  check_vertices(surfaces, folder.string());
  const auto path = [&](const Part& part) { return path_of(folder, hemisphere, part); };
  ensure_writable_folder(folder);
  write_mesh(path(midthickness), surfaces.anatomical, hemisphere, "Anatomical");
  write_mesh(path(inflated), surfaces.inflated, hemisphere, "Inflated");
  write_mesh(path(flat), surfaces.flat, hemisphere, "Flat");
  write_mesh(path(sphere), surfaces.sphere, hemisphere, "Spherical");
  write_vertex_values(path(sulc), surfaces.sulcal_depth, {"sulcal depth"}, hemisphere, "NIFTI_INTENT_SHAPE");
  write_regions(path(patches), surfaces.patches, hemisphere);
}

}  // namespace arcuate
