// The XML of CIFTI, written: elements in the order of the format's schema.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "io/cifti_xml.h"
#include "io/nifti_affine.h"
#include "io/table.h"
#include "io/xml_parts.h"

namespace arcuate {
namespace {

std::string map_start(int dimension, const char* type) {
  return fmt::format(
      "    <MatrixIndicesMap AppliesToMatrixDimension=\"{}\" IndicesMapToDataType=\"CIFTI_INDEX_TYPE_{}\"", dimension,
      type);
}

std::string map_text(const CiftiMap& map, CiftiKind kind) {
  std::string text = "      <NamedMap>\n        <MapName>" + xml_cdata(map.name) + "</MapName>\n";
  text += xml_metadata(map.metadata, "        ");
  if (kind != CiftiKind::labels && !map.labels.empty())
    fail(Fault::failed, "the map '{}' has labels, but is none of labels", excerpt(map.name));
  if (kind == CiftiKind::labels) {
    text += "        <LabelTable>\n";
    for (const auto& label : map.labels) text += xml_label(label, "          ");
    text += "        </LabelTable>\n";
  }
  return text + "      </NamedMap>\n";
}

std::string maps_text(const CiftiHeader& header, int64_t rows) {
  if (std::ssize(header.maps) != rows)
    fail(Fault::failed, "{} maps are named, but there are {} rows", header.maps.size(), rows);
  std::string text = map_start(0, header.kind == CiftiKind::labels ? "LABELS" : "SCALARS") + ">\n";
  for (const auto& map : header.maps) text += map_text(map, header.kind);
  return text + "    </MatrixIndicesMap>\n";
}

std::string series_text(const CiftiSeries& series, int64_t rows) {
  const auto& unit = series.unit;
  if (unit != "SECOND" && unit != "HERTZ" && unit != "METER" && unit != "RADIAN")
    fail(Fault::failed, "the unit of a series is SECOND, HERTZ, METER or RADIAN, not '{}'", excerpt(unit));
  if (!std::isfinite(series.start) || !std::isfinite(series.step))
    fail(Fault::failed, "a series from {} in steps of {} cannot be written", series.start, series.step);
  return map_start(0, "SERIES") + fmt::format(
                                      " NumberOfSeriesPoints=\"{}\" SeriesExponent=\"0\" SeriesStart=\"{}\" "
                                      "SeriesStep=\"{}\" SeriesUnit=\"{}\"/>\n",
                                      rows, shortest(series.start), shortest(series.step), unit);
}

std::string grid_text(const CiftiGrid& grid) {
  if (!grid.affine.defined()) return "";
  const auto affine = grid.affine.to(at::kDouble).contiguous();
  if (affine.sizes() != at::IntArrayRef({4, 4}) || !is_invertible(affine) ||
      std::min({grid.shape[0], grid.shape[1], grid.shape[2]}) < 1)
    fail(Fault::failed, "the grid of voxels has no positive shape or no affine with an inverse");
  std::string numbers;
  for (int64_t i = 0; i < 16; ++i)
    numbers += (i == 0 ? "" : i % 4 == 0 ? "\n" : " ") + shortest(affine.data_ptr<double>()[i]);
  return fmt::format(
      "      <Volume VolumeDimensions=\"{},{},{}\">\n"
      "        <TransformationMatrixVoxelIndicesIJKtoXYZ "
      "MeterExponent=\"-3\">{}</TransformationMatrixVoxelIndicesIJKtoXYZ>\n"
      "      </Volume>\n",
      grid.shape[0], grid.shape[1], grid.shape[2], numbers);
}

std::string places_text(const CiftiModel& model) {
  std::string text;
  if (model.surface_vertices > 0) {
    for (const int64_t vertex : model.vertices) text += (text.empty() ? "" : " ") + std::to_string(vertex);
    return "<VertexIndices>" + text + "</VertexIndices>";
  }
  for (const auto& [i, j, k] : model.voxels) text += fmt::format("{}{} {} {}", text.empty() ? "" : "\n", i, j, k);
  return "<VoxelIndicesIJK>" + text + "</VoxelIndicesIJK>";
}

std::string model_text(const CiftiModel& model, int64_t begin) {
  const bool surface = model.surface_vertices > 0;
  if (surface ? !model.voxels.empty() : !model.vertices.empty())
    fail(Fault::failed, "the model of {} has vertices and voxels", excerpt(model.structure));
  const auto vertices = surface ? fmt::format(" SurfaceNumberOfVertices=\"{}\"", model.surface_vertices) : "";
  return fmt::format(
      "      <BrainModel IndexOffset=\"{}\" IndexCount=\"{}\" ModelType=\"CIFTI_MODEL_TYPE_{}\" "
      "BrainStructure=\"CIFTI_STRUCTURE_{}\"{}>\n        {}\n      </BrainModel>\n",
      begin, model.size(), surface ? "SURFACE" : "VOXELS", model.structure, vertices, places_text(model));
}

std::string models_text(const CiftiHeader& header) {
  std::string text = map_start(1, "BRAIN_MODELS") + ">\n" + grid_text(header.grid);
  int64_t begin = 0;
  for (const auto& model : header.models) {
    text += model_text(model, begin);
    begin += model.size();
  }
  return text + "    </MatrixIndicesMap>\n";
}

}  // namespace

// What is written must be readable: the reader checks places, sizes and names.
std::string cifti_xml(const CiftiHeader& header, int64_t rows, int64_t columns) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CIFTI Version=\"2\">\n  <Matrix>\n";
  text += xml_metadata(header.metadata, "    ");
  text += header.kind == CiftiKind::series ? series_text(header.series, rows) : maps_text(header, rows);
  text += models_text(header) + "  </Matrix>\n</CIFTI>\n";
  try {
    parse_cifti_xml(text, rows, columns, "what would be written");
  } catch (const Error& error) {
    fail(Fault::failed, "{}", error.what());
  }
  return text;
}

}  // namespace arcuate
