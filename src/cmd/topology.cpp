// arcuate topology: barcodes of distances and clouds of points, their features, and distances between them.
#include <limits>
#include <optional>
#include <vector>

#include "cli/command.h"
#include "cli/machine.h"
#include "cli/run.h"
#include "cmd/topology_support.h"
#include "core/error.h"
#include "topology/diagram_distance.h"

namespace arcuate {
namespace {

enum class Action { barcode, distance, features };
enum class Precision { f32, f64 };
constexpr double no_limit = std::numeric_limits<double>::infinity();

struct Options {
  Action action = Action::barcode;
  std::vector<fs::path> files{};
  std::optional<int> dimension{};
  std::optional<RipsFormat> format{};
  std::optional<Metric> metric{};
  std::optional<PointAxis> points{};
  std::optional<Precision> precision{};
  std::optional<float> threshold{};
  std::optional<int> modulus{};
  std::optional<double> degree{}, ground{};
  bool bottleneck = false;
  std::optional<double> cap{}, log_base{};
};

void describe_barcode(cli::Spec<Options>& s) {
  s.section("Barcode");
  s.option(
       "format", &Options::format,
       "what the file holds (not given: lower-distance): the distances below the diagonal row by row, those above it, "
       "the full matrix, a row of coordinates a point, or lines of two points (from 0) and their distance; an array "
       "FILE.npy is a point-cloud or a full distance matrix")
      .choices({{"lower-distance", RipsFormat::lower_distance},
                {"upper-distance", RipsFormat::upper_distance},
                {"distance", RipsFormat::distance},
                {"point-cloud", RipsFormat::point_cloud},
                {"sparse", RipsFormat::sparse}});
  s.option("metric", &Options::metric,
           "distance of a cloud's points (not given: euclidean); cosine and correlation are sqrt(2 (1 - c))")
      .choices({{"euclidean", Metric::euclidean}, {"cosine", Metric::cosine}, {"correlation", Metric::correlation}});
  s.option("points", &Options::points, "what the points of a cloud are (not given: rows)")
      .choices({{"rows", PointAxis::rows}, {"columns", PointAxis::columns}});
  s.option("precision", &Options::precision,
           "of the euclidean distances of a cloud (not given: f32, which gives every digit of Ripser); others are "
           "computed in float64, and all are kept in float32")
      .choices({{"f32", Precision::f32}, {"f64", Precision::f64}});
  s.option("threshold", &Options::threshold,
           "largest diameter of a simplex; not given: the enclosing radius, beyond which nothing happens, or none for "
           "sparse distances")
      .range(0, no_limit);
  s.option("modulus", &Options::modulus, "prime p of the coefficients Z/p (not given: 2)").metavar("P").range(2, 46337);
}

void describe_distance(cli::Spec<Options>& s) {
  s.section("Distance");
  s.option("q", &Options::degree,
           "degree of the Wasserstein distance (sum of d^q)^(1/q), at least 1 (not given: 2); inf is the bottleneck")
      .metavar("Q")
      .range(1, no_limit);
  s.option("p", &Options::ground, "norm of the plane in which bars are points, at least 1 (not given: inf)")
      .metavar("P")
      .range(1, no_limit);
  s.flag("bottleneck", &Options::bottleneck, "the bottleneck distance, max instead of sum");
}

void describe_features(cli::Spec<Options>& s) {
  s.section("Features");
  s.option("cap", &Options::cap, "death of bars that never end; not given: they are counted and left out");
  s.option("log-base", &Options::log_base, "base of the logarithms of entropies, above 1 (not given: 2)");
}

void describe(cli::Spec<Options>& s) {
  s.summary("persistent homology: barcodes, their features and distances");
  s.description(
      "topology barcode FILE computes the Vietoris-Rips barcode of distances or of a cloud of points and prints it as "
      "Ripser does. topology distance A B prints the exact distance of two diagrams with 12 digits. topology features "
      "FILE... prints a table: for each file and dimension the number of bars that end and that never do, total, mean, "
      "longest and deviation of the lifetimes, persistence entropy (also divided by the log of the number of bars and "
      "by "
      "the log of the total), amplitudes of degree 1, 2 and infinity, L2 norms of Betti curve and landscape.");
  s.description(
      "A diagram is a barcode as this command prints it, or a text file with a birth and a death on every line ('inf' "
      "is "
      "a death that never comes, '#' begins a comment). Before a barcode is computed its size is told, and what cannot "
      "fit into --memory-limit (or into the memory that is free) is refused.");
  s.input("action", &Options::action, "what to do")
      .choices({{"barcode", Action::barcode}, {"distance", Action::distance}, {"features", Action::features}});
  s.input("files", &Options::files, "one file for barcode, two for distance, one or more for features").metavar("FILE");
  s.option("dim", &Options::dimension,
           "barcode: highest dimension (not given: 1); distance and features: the dimension to take of barcodes")
      .metavar("K")
      .range(0, 30);
  describe_barcode(s);
  describe_distance(s);
  describe_features(s);
  s.example("arcuate topology barcode states.npy --format point-cloud --metric correlation --dim 1 > states.txt",
            "loops among the rows of an array");
  s.example("arcuate topology distance a.txt b.txt --dim 1 --q 2 --p inf",
            "how far the loops of two barcodes are apart");
  s.example("arcuate topology features *.txt > features.tsv", "a row for each file and dimension");
}

// What was given and belongs to another action: all at once.
void check_options(const Options& o) {
  Problems problems("options of another action", Fault::usage);
  const auto belongs = [&](bool given, const char* name, Action action, const char* action_name) {
    if (given && o.action != action) problems.add("--{} belongs to 'topology {}'", name, action_name);
  };
  belongs(o.format.has_value(), "format", Action::barcode, "barcode");
  belongs(o.metric.has_value(), "metric", Action::barcode, "barcode");
  belongs(o.points.has_value(), "points", Action::barcode, "barcode");
  belongs(o.precision.has_value(), "precision", Action::barcode, "barcode");
  belongs(o.threshold.has_value(), "threshold", Action::barcode, "barcode");
  belongs(o.modulus.has_value(), "modulus", Action::barcode, "barcode");
  belongs(o.degree.has_value(), "q", Action::distance, "distance");
  belongs(o.ground.has_value(), "p", Action::distance, "distance");
  belongs(o.bottleneck, "bottleneck", Action::distance, "distance");
  belongs(o.cap.has_value(), "cap", Action::features, "features");
  belongs(o.log_base.has_value(), "log-base", Action::features, "features");
  problems.raise();
  const size_t wanted = o.action == Action::distance ? 2 : 1;
  if (o.files.size() != wanted && o.action != Action::features)
    bad_usage("topology {} takes {}, found {}", o.action == Action::distance ? "distance" : "barcode",
              wanted == 2 ? "two files" : "one file", o.files.size());
  if (o.bottleneck && o.degree) bad_usage("--bottleneck has no degree; leave out --q");
  if (o.log_base && !(*o.log_base > 1)) bad_usage("--log-base expects a number above 1, found {}", *o.log_base);
}

void print_barcode(const Options& options, cli::Run& run) {
  const RipsSource source{.file = options.files.front(),
                          .format = options.format.value_or(RipsFormat::lower_distance),
                          .metric = options.metric.value_or(Metric::euclidean),
                          .points = options.points.value_or(PointAxis::rows),
                          .float64 = options.precision == Precision::f64};
  if ((options.metric || options.points || options.precision) && source.format != RipsFormat::point_cloud)
    bad_usage("--metric, --points and --precision are of clouds; use them with --format point-cloud");
  const auto limit = run.common.memory_limit.count > 0 ? run.common.memory_limit : cli::available_memory();
  const RipsOptions rips{.dimension = options.dimension.value_or(1),
                         .threshold = options.threshold,
                         .modulus = options.modulus.value_or(2),
                         .memory_limit = static_cast<size_t>(limit.count)};
  const auto input = read_rips_input(source, limit, run.compute.threads);
  const auto size = size_of_rips(input, rips);
  run.console.info(
      "size  {} points, {} pairs within the threshold, at most {:.3g} simplices of dimension {}, at least {}",
      size.points, size.edges, size.simplices, rips.dimension,
      cli::readable_bytes({static_cast<int64_t>(size.least_bytes)}));
  refuse_beyond(size.least_bytes, limit, "the distances and simplices of this barcode");
  if (run.common.dry_run) return;
  const auto diagrams = barcode_of(input, rips);
  run.console.out() << rips_heading(input, rips) << barcode_text(diagrams);
}

void print_distance(const Options& options, cli::Run& run) {
  const auto a = read_diagram(options.files[0], options.dimension),
             b = read_diagram(options.files[1], options.dimension);
  const DiagramDistanceOptions distance{.degree = options.bottleneck ? no_limit : options.degree.value_or(2),
                                        .ground = options.ground.value_or(no_limit)};
  run.console.out() << fmt::format("{:.12g}\n", diagram_distance(a, b, distance));
}

int run(const Options& options, cli::Run& run) {
  check_options(options);
  if (!run.compute.device.is_cpu()) bad_usage("topology computes on the processor; use --device cpu");
  switch (options.action) {
    case Action::barcode:
      print_barcode(options, run);
      break;
    case Action::distance:
      print_distance(options, run);
      break;
    case Action::features:
      run.console.out() << features_table(options.files, options.dimension, options.cap, options.log_base.value_or(2));
      break;
  }
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command topology = cli::command<Options, describe, run>("topology");
}
}  // namespace arcuate
