#include "brain/cortex.h"

#include <ATen/ATen.h>

#include <map>

#include "brain/nested_mesh.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/freesurfer_surface.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr const char* usual_parcellation = "aparc";

fs::path if_there(const fs::path& path) { return fs::exists(path) ? path : fs::path(); }

const char* freesurfer_side(Hemisphere hemisphere) { return hemisphere == Hemisphere::left ? "lh" : "rh"; }

// Parcellations of a subject of FreeSurfer that both hemispheres may have.
std::vector<std::string> parcellations(const fs::path& subject, const std::string& side) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(subject / "label", none)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(side + ".") && name.ends_with(".annot"))
      names.push_back(name.substr(side.size() + 1, name.size() - side.size() - 7));
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path annotation(const fs::path& subject, const std::string& side, const std::string& parcellation) {
  const auto name = parcellation.empty() ? usual_parcellation : parcellation;
  const auto path = subject / "label" / fmt::format("{}.{}.annot", side, name);
  if (!parcellation.empty() && !fs::exists(path))
    bad_usage("there is no '{}' (dataset.parcellation){}", path.string(),
              suggestion(parcellation, parcellations(subject, side)));
  return if_there(path);
}

HemisphereFiles freesurfer_files(const fs::path& subject, Hemisphere hemisphere, const std::string& parcellation) {
  const std::string side = freesurfer_side(hemisphere);
  const auto surface = [&](const char* kind) { return subject / "surf" / (side + "." + kind); };
  return {.white = if_there(surface("white")),
          .pial = if_there(surface("pial")),
          .inflated = surface("inflated"),
          .sulcal_depth = if_there(surface("sulc")),
          .regions = annotation(subject, side, parcellation)};
}

HemisphereFiles own_files(const fs::path& folder, Hemisphere hemisphere) {
  const auto file = [&](const char* kind) { return folder / fmt::format("hemi-{}_{}.gii", letter(hemisphere), kind); };
  return {.middle = file("midthickness.surf"),
          .inflated = file("inflated.surf"),
          .sulcal_depth = file("sulc.shape"),
          .regions = file("desc-patches_dseg.label")};
}

// fMRIPrep: the same names behind those of a subject ("sub-01_"); "" if there is none.
std::string prepared_subject(const fs::path& folder) {
  constexpr std::string_view end = "_hemi-L_inflated.surf.gii";
  std::vector<std::string> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (const auto name = entry.path().filename().string(); name.ends_with(end))
      found.push_back(name.substr(0, name.size() - end.size() + 1));
  if (found.size() > 1)
    bad_input("'{}' holds inflated surfaces of {} subjects or sessions; a folder for one is needed", folder.string(),
              found.size());
  return found.empty() ? "" : found.front();
}

HemisphereFiles prepared_files(const fs::path& folder, const std::string& subject, Hemisphere hemisphere) {
  const auto file = [&](const char* kind) {
    return folder / fmt::format("{}hemi-{}_{}.gii", subject, letter(hemisphere), kind);
  };
  return {.white = if_there(file("white.surf")),
          .pial = if_there(file("pial.surf")),
          .middle = if_there(file("midthickness.surf")),
          .inflated = file("inflated.surf"),
          .sulcal_depth = if_there(file("sulc.shape"))};
}

HemisphereFiles pycortex_files(const fs::path& subject, const fs::path& freesurfer, Hemisphere hemisphere,
                               const std::string& parcellation) {
  const std::string side = freesurfer_side(hemisphere);
  const auto surface = [&](const char* kind) {
    return if_there(subject / "surfaces" / fmt::format("{}_{}.gii", kind, side));
  };
  HemisphereFiles files{.white = surface("wm"), .pial = surface("pia"), .inflated = surface("inflated")};
  if (files.white.empty() || files.pial.empty()) files.middle = surface("fiducial");
  if (!fs::is_directory(freesurfer)) return files;
  files.sulcal_depth = if_there(freesurfer / "surf" / (side + ".sulc"));
  files.regions = annotation(freesurfer, side, parcellation);
  return files;
}

struct NamedFile {
  const char* use;
  const fs::path& path;
};

std::vector<NamedFile> named(const HemisphereFiles& files) {
  const NamedFile all[] = {{"inner surface", files.white},
                           {"outer surface", files.pial},
                           {"surface halfway", files.middle},
                           {"inflated surface", files.inflated},
                           {"shading of pictures", files.sulcal_depth},
                           {"names of places", files.regions}};
  std::vector<NamedFile> there;
  for (const auto& file : all)
    if (!file.path.empty()) there.push_back(file);
  return there;
}

void check_present(const HemisphereFiles& files, Hemisphere hemisphere) {
  Problems problems(fmt::format("the surfaces of {} are incomplete", structure(hemisphere)));
  if (files.inflated.empty()) problems.add("there is no inflated surface");
  for (const auto& [use, path] : named(files))
    if (!fs::exists(path)) problems.add("there is no '{}' ({})", path.string(), use);
  problems.raise();
}

void check_vertices(const CortexSide& side, const HemisphereFiles& files) {
  Problems problems(
      fmt::format("surfaces do not belong together: '{}' has {} vertices", files.inflated.string(), side.vertices()));
  const auto compare = [&](const fs::path& path, const at::Tensor& values) {
    if (values.defined() && values.size(0) != side.vertices())
      problems.add("'{}' has {}", path.string(), values.size(0));
  };
  compare(files.white, side.white.points);
  compare(files.pial, side.pial.points);
  compare(files.middle, side.middle.points);
  compare(files.sulcal_depth, side.sulcal_depth);
  compare(files.regions, side.regions.keys);
  problems.raise();
}

// In the scanner's space: points of FreeSurfer have the middle of its volume as their origin.
Mesh mesh_or_none(const fs::path& path) {
  if (path.empty()) return {};
  auto mesh = read_mesh(path);
  if (const MappedFile file(path); is_freesurfer_surface(file.bytes()))
    if (const auto centre = parse_freesurfer_surface(file.bytes(), path.string()).centre)
      mesh.points = mesh.points + to_tensor(*centre).to(at::kFloat);
  return mesh;
}

at::Tensor one_map(const fs::path& path) {
  if (path.empty()) return {};
  const auto values = read_vertex_values(path);
  if (values.dim() != 1) bad_input("'{}' has {} maps; one number a vertex expected", path.string(), values.size(0));
  return values;
}

CortexSide cut_down(CortexSide side, int64_t vertices) {
  const auto mesh = [&](Mesh& own) {
    if (own.points.defined()) own = coarsened(std::move(own), vertices);
  };
  const auto values = [&](at::Tensor& own) {
    if (own.defined()) own = own.slice(0, 0, vertices).clone();
  };
  mesh(side.white), mesh(side.pial), mesh(side.middle), mesh(side.inflated);
  values(side.sulcal_depth), values(side.regions.keys);
  return side;
}

}  // namespace

std::vector<fs::path> Cortex::files() const {
  std::vector<fs::path> all;
  for (const auto* side : {&left, &right})
    for (const auto& file : named(*side)) all.push_back(file.path);
  return all;
}

Cortex find_cortex(const fs::path& folder, const std::string& parcellation) {
  if (fs::exists(folder / "surf"))
    return {.left = freesurfer_files(folder, Hemisphere::left, parcellation),
            .right = freesurfer_files(folder, Hemisphere::right, parcellation)};
  const auto subject = prepared_subject(folder);
  if (!subject.empty() && parcellation.empty())
    return {.left = prepared_files(folder, subject, Hemisphere::left),
            .right = prepared_files(folder, subject, Hemisphere::right)};
  const Cortex own{.left = own_files(folder, Hemisphere::left), .right = own_files(folder, Hemisphere::right)};
  if (subject.empty() && !fs::exists(own.left.inflated) && !fs::exists(own.right.inflated))
    bad_input(
        "'{}' holds no surfaces: a subject of FreeSurfer (surf/lh.inflated, label/lh.aparc.annot, …) or a folder with "
        "hemi-L_inflated.surf.gii and the like expected",
        folder.string());
  if (!parcellation.empty())
    bad_usage("dataset.parcellation names an annotation of FreeSurfer; '{}' is no subject of FreeSurfer",
              folder.string());
  return own;
}

Cortex pycortex_cortex(const fs::path& subject, const fs::path& freesurfer, const std::string& parcellation) {
  return {.left = pycortex_files(subject, freesurfer, Hemisphere::left, parcellation),
          .right = pycortex_files(subject, freesurfer, Hemisphere::right, parcellation)};
}

CortexSide read_cortex(const Cortex& cortex, Hemisphere hemisphere) {
  const auto& files = cortex.of(hemisphere);
  check_present(files, hemisphere);
  CortexSide side{.white = mesh_or_none(files.white),
                  .pial = mesh_or_none(files.pial),
                  .middle = mesh_or_none(files.middle),
                  .inflated = read_mesh(files.inflated),
                  .sulcal_depth = one_map(files.sulcal_depth),
                  .regions = files.regions.empty() ? Regions{} : read_regions(files.regions)};
  check_vertices(side, files);
  if (files.middle.empty() && side.white.points.defined() && side.pial.points.defined())
    side.middle = {.points = (side.white.points + side.pial.points) / 2, .triangles = side.white.triangles};
  const bool finer = cortex.vertices > 0 && side.vertices() > cortex.vertices;
  return finer ? cut_down(std::move(side), cortex.vertices) : side;
}

int64_t stored_vertices(const Cortex& cortex, Hemisphere hemisphere) {
  return read_mesh(cortex.of(hemisphere).inflated).points.size(0);
}

std::vector<std::string> region_names(const CortexSide& side) {
  std::vector<std::string> names(static_cast<size_t>(side.vertices()));
  if (!side.regions.keys.defined()) return names;
  std::map<int, std::string> known;
  for (const auto& region : side.regions.list) known[region.key] = region.name;
  const auto keys = side.regions.keys.to(at::kInt).contiguous();
  for (size_t v = 0; v < names.size(); ++v)
    if (const auto found = known.find(keys.data_ptr<int32_t>()[v]); found != known.end()) names[v] = found->second;
  return names;
}

}  // namespace arcuate
