#include "cmd/stats_options_support.h"

#include <ATen/ATen.h>

#include <limits>

#include "brain/surface.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/npy.h"

namespace arcuate {

constexpr double no_limit = std::numeric_limits<double>::infinity();
constexpr int64_t few_for_t = 6;  // below it nothing shows whether means are normal

void describe_stats_test(cli::Spec<StatsTest>& s) {
  s.section("Test");
  s.option(
       "test", &StatsTest::test,
       "over subjects: t of the mean, Wilcoxon's signed ranks, or permutation of signs (exact where all patterns of "
       "signs are no more than --draws); if not given, t, or sign-flip where --correct needs it")
      .choices({{"t", GroupTest::t}, {"signed-rank", GroupTest::signed_rank}, {"sign-flip", GroupTest::sign_flip}});
  s.option("against", &StatsTest::against, "the value under the null hypothesis");
  s.option("alternative", &StatsTest::alternative, "greater: the mean, or the difference A less B, lies above it")
      .choices({{"two-sided", Alternative::two_sided}, {"greater", Alternative::greater}, {"less", Alternative::less}});
  s.option("correct", &StatsTest::correct,
           "for many tests: q of the false discovery rate (bh; by holds under any dependence), or p_fwe, the "
           "family-wise p of the largest statistic of each permutation (max), with cluster enhancement on a surface "
           "(tfce)")
      .choices({{"none", Correction::none},
                {"bh", Correction::bh},
                {"by", Correction::by},
                {"max", Correction::largest},
                {"tfce", Correction::tfce}});
  s.option("draws", &StatsTest::draws, "permutations, at most").range(1, no_limit);
  s.option("least", &StatsTest::least, "cells and vertices with fewer subjects are not tested").range(2, no_limit);
  s.option("alpha", &StatsTest::alpha, "level below which a result counts as significant in the summary")
      .range(0.0001, 0.5);
  s.option("bootstrap", &StatsTest::bootstrap, "draws of subjects for an interval of the mean; 0: none")
      .range(0, no_limit);
  s.option("level", &StatsTest::level, "share of the draws inside the interval").range(0.5, 0.9999);
}

void describe_tfce(cli::Spec<StatsTest>& s) {
  s.section("Cluster enhancement (--correct tfce)");
  s.option("surface", &StatsTest::surface,
           "the mesh of the maps or targets, a .surf.gii file or a surface of FreeSurfer, or its triangles as FILE.npy "
           "(faces x 3)");
  s.option("extent-power", &StatsTest::extent_power, "E of extent^E height^H; 1 on surfaces, 0.5 in volumes")
      .range(0, no_limit);
  s.option("height-power", &StatsTest::height_power, "H of extent^E height^H").range(0, no_limit);
  s.option("extent", &StatsTest::extent, "what the extent of a cluster is: its vertices, or its area in mm^2")
      .choices({{"vertices", ExtentUnit::vertices}, {"area", ExtentUnit::area}});
}

GroupTestOptions group_test_options(const StatsTest& test, int64_t seed) {
  const bool flips = test.correct == Correction::largest || test.correct == Correction::tfce;
  if (flips && test.test && *test.test != GroupTest::sign_flip)
    bad_usage("--correct {} compares with permutations of signs: give --test sign-flip, or leave --test out",
              test.correct == Correction::tfce ? "tfce" : "max");
  return {.test = test.test.value_or(flips ? GroupTest::sign_flip : GroupTest::t),
          .against = test.against,
          .alternative = test.alternative,
          .correction = test.correct,
          .draws = test.draws,
          .least = test.least,
          .bootstrap = {.draws = test.bootstrap, .level = test.level, .seed = static_cast<uint64_t>(seed)},
          .seed = static_cast<uint64_t>(seed)};
}

static Mesh read_triangles(const std::filesystem::path& path) {
  const auto triangles = read_npy(path);
  if (triangles.dim() != 2 || triangles.size(1) != 3 || triangles.numel() == 0 || triangles.is_floating_point())
    bad_input("'{}' is {} of type {}: triangles are whole numbers, faces x 3", path.string(), shape_text(triangles),
              c10::toString(triangles.scalar_type()));
  const auto corners = triangles.to(at::kInt).contiguous();
  const int64_t vertices = corners.max().item<int64_t>() + 1;
  return {.points = at::zeros({vertices, 3}, at::kFloat), .triangles = corners};
}

TfceSurface read_tfce_surface(const StatsTest& test) {
  if (test.surface.empty())
    bad_usage("--correct tfce needs the surface of the maps or targets: give --surface MESH.surf.gii");
  const bool bare = test.surface.extension() == ".npy";
  if (bare && test.extent == ExtentUnit::area)
    bad_usage("'{}' holds triangles without positions: --extent area needs a .surf.gii file or a surface of FreeSurfer",
              test.surface.string());
  const auto mesh = bare ? read_triangles(test.surface) : read_mesh(test.surface);
  if (bare) check_mesh(mesh, "'" + test.surface.string() + "'");
  auto [begin, vertices] = neighbours(mesh);
  const auto sizes =
      test.extent == ExtentUnit::area ? vertex_areas(mesh) : at::ones({mesh.points.size(0)}, at::kDouble);
  return {.adjacency = {.begin = std::move(begin), .vertices = std::move(vertices)},
          .sizes = sizes,
          .options = {.extent_power = test.extent_power, .height_power = test.height_power}};
}

std::string corrected_name(Correction correction) {
  if (correction == Correction::none) return "";
  return correction == Correction::bh || correction == Correction::by ? "q" : "p_fwe";
}

static std::string side_text(Alternative alternative) {
  return alternative == Alternative::two_sided ? "two-sided"
         : alternative == Alternative::greater ? "one-sided (greater)"
                                               : "one-sided (less)";
}

std::string test_text(const StatsTest& test, int64_t units, const std::string& unit) {
  const auto kind = group_test_options(test, 0).test;
  const char* name = kind == GroupTest::t             ? "t-tests"
                     : kind == GroupTest::signed_rank ? "signed-rank tests"
                                                      : "sign-flip tests";
  return fmt::format("{} {} against {} over {} {}", side_text(test.alternative), name, shortest(test.against), units,
                     unit);
}

std::string correction_text(Correction correction, int64_t tests, const std::string& what) {
  const char* how = correction == Correction::bh        ? "q by Benjamini & Hochberg"
                    : correction == Correction::by      ? "q by Benjamini & Yekutieli"
                    : correction == Correction::largest ? "p_fwe by the largest statistic"
                                                        : "p_fwe by the largest enhanced statistic";
  return correction == Correction::none ? "" : fmt::format("{} over {} {}", how, tests, what);
}

std::string few_units_warning(const StatsTest& test, int64_t units) {
  const auto kind = group_test_options(test, 0).test;
  if (kind == GroupTest::t)
    return units >= few_for_t
               ? ""
               : fmt::format("t-tests of {} subjects lean on normal values, which so few cannot show", units);
  const double smallest = smallest_sign_flip_p(units, std::numeric_limits<int64_t>::max(), test.alternative);
  if (smallest < test.alpha) return "";
  return fmt::format("with {} subjects no p of this test is below {}: nothing can be significant at {}", units,
                     shortest(smallest), shortest(test.alpha));
}

}  // namespace arcuate
