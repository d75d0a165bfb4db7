#include "io/cifti_xml.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/nifti_affine.h"
#include "io/table.h"
#include "io/xml_parts.h"

namespace arcuate {
namespace {

constexpr std::string_view type_prefix = "CIFTI_INDEX_TYPE_", structure_prefix = "CIFTI_STRUCTURE_";
constexpr std::string_view blanks = " \t\r\n,";

// All whole numbers of a text, or nothing and a problem.
std::vector<int64_t> whole_numbers(std::string_view text, const char* what, XmlReport& report) {
  std::vector<int64_t> numbers;
  for (size_t at = text.find_first_not_of(blanks); at < text.size(); at = text.find_first_not_of(blanks, at)) {
    const size_t end = std::min(text.find_first_of(blanks, at), text.size());
    const auto number = to_integer(text.substr(at, end - at));
    if (!number) {
      report.add("'{}' among its {}, whole numbers expected", excerpt(text.substr(at, end - at)), what);
      return {};
    }
    numbers.push_back(*number);
    at = end;
  }
  return numbers;
}

// Ten to the power of it.
double power_attribute(const pugi::xml_node& node, const char* name, XmlReport& report) {
  constexpr long long most = 30;
  const auto exponent = xml_integer(node, name, report).value_or(0);
  if (std::abs(exponent) <= most) return std::pow(10, static_cast<double>(exponent));
  report.add("{} is {}, from {} to {} expected", name, exponent, -most, most);
  return 1;
}

double real_attribute(const pugi::xml_node& node, const char* name, double scale, XmlReport& report) {
  const auto text = xml_attribute(node, name, report);
  const double value = to_double(text).value_or(NAN) * scale;
  if (std::isfinite(value)) return value;
  if (node.attribute(name)) report.add("{} is '{}', a number expected", name, excerpt(text));
  return 0;
}

// Columns: places in the brain

at::Tensor read_affine(const pugi::xml_node& node, XmlReport& report) {
  const auto text = xml_text(node);
  std::vector<double> numbers;
  for (size_t at = text.find_first_not_of(blanks); at < text.size(); at = text.find_first_not_of(blanks, at)) {
    const size_t end = std::min(text.find_first_of(blanks, at), text.size());
    numbers.push_back(to_double(std::string_view(text).substr(at, end - at)).value_or(NAN));
    at = end;
  }
  if (numbers.size() != 16) {
    report.add("its transformation has {} numbers, 16 expected", numbers.size());
    return at::eye(4, at::kDouble);
  }
  auto affine = to_tensor(numbers).reshape({4, 4});
  constexpr double millimetres = 1000;
  affine.slice(0, 0, 3).mul_(power_attribute(node, "MeterExponent", report) * millimetres);
  if (!is_invertible(affine)) report.add("its transformation places the voxels nowhere: it has no inverse");
  return affine;
}

CiftiGrid read_grid(const pugi::xml_node& map, XmlReport& report) {
  CiftiGrid grid;
  const auto volume = map.child("Volume");
  if (!volume) return grid;
  const auto sizes = whole_numbers(xml_attribute(volume, "VolumeDimensions", report), "VolumeDimensions", report);
  if (sizes.size() != 3 || std::any_of(sizes.begin(), sizes.end(), [](int64_t n) { return n < 1; }))
    report.add("three positive VolumeDimensions expected");
  else
    std::copy(sizes.begin(), sizes.end(), grid.shape.begin());
  const auto transformation = volume.child("TransformationMatrixVoxelIndicesIJKtoXYZ");
  if (!transformation) report.add("its <Volume> has no TransformationMatrixVoxelIndicesIJKtoXYZ");
  if (transformation) grid.affine = read_affine(transformation, report);
  return grid;
}

void read_vertices(const pugi::xml_node& node, CiftiModel& model, XmlReport& report) {
  model.surface_vertices = xml_integer(node, "SurfaceNumberOfVertices", report).value_or(0);
  model.vertices = whole_numbers(xml_text(node.child("VertexIndices")), "VertexIndices", report);
  if (model.surface_vertices < 1) report.add("a surface of {} vertices", model.surface_vertices);
  auto sorted = model.vertices;
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty() && (sorted.front() < 0 || sorted.back() >= model.surface_vertices))
    report.add("vertices {} to {}, from 0 to {} expected", sorted.front(), sorted.back(), model.surface_vertices - 1);
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) report.add("a vertex is there twice");
}

void read_voxels(const pugi::xml_node& node, const CiftiGrid& grid, CiftiModel& model, XmlReport& report) {
  if (!grid.affine.defined()) report.add("it has voxels, but the file has no <Volume>");
  const auto numbers = whole_numbers(xml_text(node.child("VoxelIndicesIJK")), "VoxelIndicesIJK", report);
  if (numbers.size() % 3 != 0) report.add("{} numbers as VoxelIndicesIJK, three a voxel expected", numbers.size());
  for (size_t i = 0; i + 2 < numbers.size(); i += 3) {
    const std::array voxel{numbers[i], numbers[i + 1], numbers[i + 2]};
    for (size_t axis = 0; axis < 3; ++axis)
      if (report.sound && (voxel[axis] < 0 || voxel[axis] >= grid.shape[axis]))
        report.add("voxel {} {} {} lies outside of the grid of {} x {} x {}", voxel[0], voxel[1], voxel[2],
                   grid.shape[0], grid.shape[1], grid.shape[2]);
    model.voxels.push_back(voxel);
  }
}

std::string read_structure(const pugi::xml_node& node, XmlReport& report) {
  const auto name = xml_attribute(node, "BrainStructure", report);
  const auto allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  if (name.starts_with(structure_prefix) && name.size() > structure_prefix.size() &&
      name.find_first_not_of(allowed) == name.npos)
    return name.substr(structure_prefix.size());
  if (node.attribute("BrainStructure"))
    report.add("BrainStructure is '{}', a name like CIFTI_STRUCTURE_CORTEX_LEFT expected", excerpt(name));
  return "";
}

// The models follow one another in the columns.
void read_model(const pugi::xml_node& node, int64_t begin, CiftiHeader& header, XmlReport& report) {
  CiftiModel model;
  model.structure = read_structure(node, report);
  const auto type = xml_choice(node, "ModelType", {"CIFTI_MODEL_TYPE_SURFACE", "CIFTI_MODEL_TYPE_VOXELS"}, report);
  if (type == 0)
    read_vertices(node, model, report);
  else
    read_voxels(node, header.grid, model, report);
  const auto offset = xml_integer(node, "IndexOffset", report), count = xml_integer(node, "IndexCount", report);
  if (offset && *offset != begin)
    report.add("IndexOffset is {}, {} expected: models follow one another", *offset, begin);
  if (count && *count != model.size()) report.add("IndexCount is {}, but {} places are listed", *count, model.size());
  if (model.size() == 0) report.add("it has no places");
  for (const auto& other : header.models)
    if (other.structure == model.structure && (other.surface_vertices > 0) == (model.surface_vertices > 0))
      report.add("{} is there twice", model.structure);
  header.models.push_back(std::move(model));
}

void check_voxels(const CiftiHeader& header, XmlReport& report) {
  std::vector<std::array<int64_t, 3>> all;
  for (const auto& model : header.models) all.insert(all.end(), model.voxels.begin(), model.voxels.end());
  std::sort(all.begin(), all.end());
  if (std::adjacent_find(all.begin(), all.end()) != all.end()) report.add("a voxel belongs to two places");
}

void read_models(const pugi::xml_node& map, int64_t columns, CiftiHeader& header, Problems& problems) {
  XmlReport head{problems, "<MatrixIndicesMap> of brain models"};
  header.grid = read_grid(map, head);
  int64_t begin = 0;
  // By their offsets; a problem of one is told with its place in the file.
  std::vector<std::pair<long long, pugi::xml_node>> nodes;
  for (const auto& node : map.children("BrainModel"))
    nodes.emplace_back(node.attribute("IndexOffset").as_llong(), node);
  std::stable_sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [offset, node] : nodes) {
    XmlReport report{problems, fmt::format("brain model {}", header.models.size() + 1)};
    read_model(node, begin, header, report);
    begin += header.models.back().size();
  }
  check_voxels(header, head);
  if (begin != columns) head.add("its models have {} places, the data {} columns", begin, columns);
}

// Rows: maps or moments

void read_maps(const pugi::xml_node& map, int64_t rows, CiftiHeader& header, Problems& problems) {
  XmlReport head{problems, "<MatrixIndicesMap> of maps"};
  for (const auto& node : map.children("NamedMap")) {
    XmlReport report{problems, fmt::format("map {}", header.maps.size() + 1)};
    CiftiMap found{xml_utf8_text(node.child("MapName"), "a name", report), read_xml_metadata(node, report),
                   read_xml_labels(node.child("LabelTable"), report.where + ", ", problems)};
    if (header.kind == CiftiKind::labels && !node.child("LabelTable")) report.add("it has no LabelTable");
    header.maps.push_back(std::move(found));
  }
  if (std::ssize(header.maps) != rows) head.add("it names {} maps, the data have {} rows", header.maps.size(), rows);
}

void read_series(const pugi::xml_node& map, int64_t rows, CiftiHeader& header, Problems& problems) {
  XmlReport report{problems, "<MatrixIndicesMap> of a series"};
  const std::vector<std::string> units{"SECOND", "HERTZ", "METER", "RADIAN"};
  const double scale = power_attribute(map, "SeriesExponent", report);
  header.series = {real_attribute(map, "SeriesStart", scale, report), real_attribute(map, "SeriesStep", scale, report),
                   units[xml_choice(map, "SeriesUnit", units, report)]};
  const auto count = xml_integer(map, "NumberOfSeriesPoints", report);
  if (count && *count != rows) report.add("NumberOfSeriesPoints is {}, the data have {} rows", *count, rows);
}

// The map of a dimension: 0 are our rows, 1 our columns.
pugi::xml_node map_of(const pugi::xml_node& matrix, char dimension, XmlReport& report) {
  pugi::xml_node found;
  for (const auto& map : matrix.children("MatrixIndicesMap")) {
    const std::string_view dimensions = map.attribute("AppliesToMatrixDimension").value();
    if (dimensions.find(dimension) == dimensions.npos) continue;
    if (found) report.add("several maps of dimension {}", dimension);
    found = map;
  }
  if (!found) report.add("no <MatrixIndicesMap> of dimension {}", dimension);
  return found;
}

std::string type_of(const pugi::xml_node& map) {
  const std::string type = map.attribute("IndicesMapToDataType").value();
  return type.starts_with(type_prefix) ? type.substr(type_prefix.size()) : type;
}

void read_rows(const pugi::xml_node& map, int64_t rows, CiftiHeader& header, Problems& problems) {
  const auto type = type_of(map);
  header.kind = type == "LABELS" ? CiftiKind::labels : type == "SERIES" ? CiftiKind::series : CiftiKind::scalars;
  if (header.kind == CiftiKind::series)
    read_series(map, rows, header, problems);
  else
    read_maps(map, rows, header, problems);
}

void check_types(const std::string& rows, const std::string& columns, const std::string& source) {
  if ((rows == "SCALARS" || rows == "SERIES" || rows == "LABELS") && columns == "BRAIN_MODELS") return;
  bad_input("'{}' maps {} to {}; dense maps (.dscalar, .dtseries, .dlabel) are read, whose columns are BRAIN_MODELS",
            source, excerpt(rows), excerpt(columns));
}

}  // namespace

CiftiHeader parse_cifti_xml(std::string_view xml, int64_t rows, int64_t columns, const std::string& source) {
  pugi::xml_document document;
  const auto root = parse_xml(document, {.left = std::string(xml)}, source, {"CIFTI", "CIFTI"});
  Problems problems("'" + source + "'");
  XmlReport head{problems, "<CIFTI>"};
  const auto version = xml_attribute(root, "Version", head);
  if (root.attribute("Version") && version != "2" && version != "2.0")
    bad_input("'{}' has CIFTI version {}, 2 expected: convert it with `wb_command -file-convert`", source,
              excerpt(version));
  const auto matrix = root.child("Matrix");
  if (!matrix || matrix.next_sibling("Matrix")) head.add("one <Matrix> expected");
  const auto row_map = map_of(matrix, '0', head), column_map = map_of(matrix, '1', head);
  problems.raise();
  check_types(type_of(row_map), type_of(column_map), source);
  CiftiHeader header{.rows = rows, .metadata = read_xml_metadata(matrix, head)};
  read_rows(row_map, rows, header, problems);
  read_models(column_map, columns, header, problems);
  problems.raise();
  return header;
}

}  // namespace arcuate
