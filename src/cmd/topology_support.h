// What the command topology reads and writes: distances and clouds, diagrams, the table of features.
#pragma once
#include <optional>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "cli/bytes.h"
#include "core/files.h"
#include "topology/diagram.h"
#include "topology/diagram_text.h"
#include "topology/distances.h"
#include "topology/rips.h"
#include "topology/rips_size.h"

namespace arcuate {

enum class RipsFormat { lower_distance, upper_distance, distance, point_cloud, sparse };
enum class PointAxis { rows, columns };

struct RipsSource {
  fs::path file{};
  RipsFormat format = RipsFormat::lower_distance;
  Metric metric = Metric::euclidean;   ///< Of a cloud.
  PointAxis points = PointAxis::rows;  ///< Of a cloud.
  bool float64 = false;                ///< Euclidean distances of a cloud; else with Ripser's arithmetic.
};

struct RipsInput {
  std::variant<LowerDistances, SparseDistances> distances{};
  int64_t width = 0;  ///< Coordinates of a cloud's points; 0: no cloud.
};

/// Text, or a .npy array of two dimensions (a cloud or a full matrix). Errors: input, also when the distances alone
/// need more than `limit`.
RipsInput read_rips_input(const RipsSource& source, cli::Bytes limit, int threads);

RipsSize size_of_rips(const RipsInput& input, const RipsOptions& options);
std::vector<Diagram> barcode_of(const RipsInput& input, const RipsOptions& options);

/// The lines that Ripser prints before a barcode.
std::string rips_heading(const RipsInput& input, const RipsOptions& options);

/// Errors: input, when `least` is above `limit`; the message says what to try.
void refuse_beyond(size_t least, cli::Bytes limit, const char* what);

std::vector<ReadDiagram> read_diagrams(const fs::path& path);
/// The diagram of `dimension`, or the only one. Errors: input, naming the dimensions of the file.
Diagram read_diagram(const fs::path& path, std::optional<int> dimension);

/// One row a file and dimension; infinite deaths are put at `cap` first, if it is given.
std::string features_table(const std::vector<fs::path>& files, std::optional<int> dimension, std::optional<double> cap,
                           double log_base);

}  // namespace arcuate
