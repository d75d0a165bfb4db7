#include "cmd/topology_support.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/npy.h"
#include "io/table.h"
#include "topology/distance_text.h"

namespace arcuate {

void refuse_beyond(size_t least, cli::Bytes limit, const char* what) {
  if (least <= static_cast<size_t>(limit.count)) return;
  bad_input(
      "{} need at least {} of memory, more than the {} that --memory-limit allows or that is free. Take fewer points, "
      "a "
      "lower --threshold or a lower --dim",
      what, cli::readable_bytes({static_cast<int64_t>(least)}), cli::readable_bytes(limit));
}

static PointCloud matrix_of(const fs::path& file, const char* expected) {
  const auto array = read_npy(file);
  if (array.dim() != 2 || array.numel() == 0)
    bad_input("'{}' is an array of {}: expected {}", file.string(), shape_text(array), expected);
  return {array.size(0), array.size(1), to_vector(array.to(at::kDouble).flatten())};
}

static PointCloud transposed(const PointCloud& cloud) {
  PointCloud turned{cloud.width, cloud.points, std::vector<double>(cloud.coordinates.size())};
  for (int64_t i = 0; i < cloud.points; ++i)
    for (int64_t j = 0; j < cloud.width; ++j)
      turned.coordinates[static_cast<size_t>(j * cloud.points + i)] =
          cloud.coordinates[static_cast<size_t>(i * cloud.width + j)];
  return turned;
}

static RipsInput read_cloud(const RipsSource& source, cli::Bytes limit, int threads) {
  const auto name = source.file.string();
  auto cloud = source.file.extension() == ".npy" ? matrix_of(source.file, "points x coordinates")
                                                 : parse_points(read_file(source.file), name);
  if (source.points == PointAxis::columns) cloud = transposed(cloud);
  refuse_beyond(lower_distance_bytes(cloud.points), limit, "the distances of these points");
  const CloudOptions options{.metric = source.metric, .like_ripser = !source.float64, .threads = threads};
  return {within("in '" + name + "'", [&] { return distances_of_points(cloud.coordinates, cloud.points, options); }),
          cloud.width};
}

static LowerDistances read_array_distances(const RipsSource& source) {
  const auto name = source.file.string();
  if (source.format != RipsFormat::distance)
    bad_usage("an array like '{}' is read as --format point-cloud or --format distance", name);
  const auto matrix = matrix_of(source.file, "distances, points x points");
  if (matrix.points != matrix.width)
    bad_input("'{}' is {} x {}: a matrix of distances is square; coordinates are read with --format point-cloud", name,
              matrix.points, matrix.width);
  return lower_distances(matrix.coordinates, matrix.points, name);
}

RipsInput read_rips_input(const RipsSource& source, cli::Bytes limit, int threads) {
  if (source.format == RipsFormat::point_cloud) return read_cloud(source, limit, threads);
  if (source.file.extension() == ".npy") return {read_array_distances(source)};
  const auto bytes = read_file(source.file);
  const auto name = source.file.string();
  switch (source.format) {
    case RipsFormat::upper_distance:
      return {parse_upper_distances(bytes, name)};
    case RipsFormat::distance:
      return {parse_full_distances(bytes, name)};
    case RipsFormat::sparse:
      return {parse_sparse_distances(bytes, name)};
    default:
      return {parse_lower_distances(bytes, name)};
  }
}

RipsSize size_of_rips(const RipsInput& input, const RipsOptions& options) {
  return std::visit([&](const auto& distances) { return rips_size(distances, options); }, input.distances);
}

std::vector<Diagram> barcode_of(const RipsInput& input, const RipsOptions& options) {
  return std::visit([&](const auto& distances) { return rips_barcode(distances, options); }, input.distances);
}

std::string rips_heading(const RipsInput& input, const RipsOptions& options) {
  const auto threshold = options.threshold ? fmt::format("using threshold {:g}", *options.threshold) : "";
  if (const auto* sparse = std::get_if<SparseDistances>(&input.distances)) {
    const int64_t n = sparse->points();
    return fmt::format("sparse distance matrix with {} points and {}/{} entries{}\n", n, sparse->pairs(),
                       n * (n - 1) / 2, options.threshold ? ", " + threshold : "");
  }
  const auto& lower = std::get<LowerDistances>(input.distances);
  const auto range = distance_range(lower);
  return (input.width > 0 ? fmt::format("point cloud with {} points in dimension {}\n", lower.points, input.width)
                          : "") +
         fmt::format("value range: [{:g},{:g}]\ndistance matrix with {} points, {}\n", range.smallest, range.largest,
                     lower.points,
                     options.threshold
                         ? threshold
                         : fmt::format("using threshold at enclosing radius {:g}", enclosing_radius(lower)));
}

std::vector<ReadDiagram> read_diagrams(const fs::path& path) { return parse_diagrams(read_file(path), path.string()); }

static std::vector<ReadDiagram> chosen(std::vector<ReadDiagram> diagrams, std::optional<int> dimension,
                                       const fs::path& path) {
  if (!dimension) return diagrams;
  std::vector<std::string> known;
  for (auto& diagram : diagrams) {
    if (diagram.dimension == dimension) return {std::move(diagram)};
    if (diagram.dimension) known.push_back(std::to_string(*diagram.dimension));
  }
  if (known.empty())
    bad_input("'{}' has two numbers a line and no dimensions; leave out --dim {}", path.string(), *dimension);
  bad_input("'{}' has no dimension {}; it has {}", path.string(), *dimension, join(known, ", "));
}

Diagram read_diagram(const fs::path& path, std::optional<int> dimension) {
  const auto diagrams = chosen(read_diagrams(path), dimension, path);
  if (diagrams.size() > 1)
    bad_usage("'{}' has diagrams of {} dimensions; choose one with --dim", path.string(), diagrams.size());
  return diagrams.front().bars;
}

static std::vector<std::string> feature_row(const std::string& file, const ReadDiagram& read, std::optional<double> cap,
                                            double log_base) {
  const auto f = diagram_features(cap ? capped(read.bars, *cap) : read.bars, log_base);
  std::vector<std::string> row{file, read.dimension ? std::to_string(*read.dimension) : "n/a", std::to_string(f.points),
                               std::to_string(f.infinite)};
  for (const double value : {f.total, f.mean, f.longest, f.deviation, f.entropy, f.entropy_of_count, f.entropy_of_total,
                             f.amplitude_1, f.amplitude_2, f.amplitude_inf, f.betti_l2, f.landscape_l2})
    row.push_back(shortest(value));
  return row;
}

std::string features_table(const std::vector<fs::path>& files, std::optional<int> dimension, std::optional<double> cap,
                           double log_base) {
  const std::vector<std::string> columns{
      "file",        "dimension",          "bars",     "infinite",         "total_lifetime",   "mean_lifetime",
      "longest",     "lifetime_deviation", "entropy",  "entropy_of_count", "entropy_of_total", "amplitude_1",
      "amplitude_2", "amplitude_inf",      "betti_l2", "landscape_l2"};
  std::vector<std::vector<std::string>> rows;
  for (const auto& file : files)
    for (const auto& diagram : chosen(read_diagrams(file), dimension, file))
      rows.push_back(feature_row(file.string(), diagram, cap, log_base));
  return format_tsv(columns, rows);
}

}  // namespace arcuate
