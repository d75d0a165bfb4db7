// What every kind of input of `stats` shares: which test, which correction, which intervals.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/spec.h"
#include "stats/group_test.h"

namespace arcuate {

enum class ExtentUnit { vertices, area };

struct StatsTest {
  std::optional<GroupTest> test{};  ///< Not given: t, or sign flips where the correction needs them.
  double against = 0;
  Alternative alternative = Alternative::two_sided;
  Correction correct = Correction::bh;
  int64_t draws = 5000;
  int64_t least = 2;
  double alpha = 0.05;
  std::filesystem::path surface{};
  double extent_power = 1, height_power = 2;
  ExtentUnit extent = ExtentUnit::vertices;
  int64_t bootstrap = 0;
  double level = 0.95;
};
void describe_stats_test(cli::Spec<StatsTest>& s);
void describe_tfce(cli::Spec<StatsTest>& s);

/// Without the surface. Errors: usage, for a correction that needs another test.
GroupTestOptions group_test_options(const StatsTest& test, int64_t seed);
/// Of --surface: a mesh (.gii), or its triangles (.npy, faces x 3). Errors: usage (none), input.
TfceSurface read_tfce_surface(const StatsTest& test);

/// "q", or "p_fwe" of a family-wise correction; "" for none.
std::string corrected_name(Correction correction);
/// "two-sided t-tests against 0 over 8 subjects"
std::string test_text(const StatsTest& test, int64_t units, const std::string& unit);
/// "q by Benjamini & Hochberg over 12 cells", or "" for no correction.
std::string correction_text(Correction correction, int64_t tests, const std::string& what);
/// A warning for tests that cannot find anything, or that lean on what cannot be seen; "" for none.
std::string few_units_warning(const StatsTest& test, int64_t units);

}  // namespace arcuate
