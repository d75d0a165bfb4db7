// Scores of models (or of one model trained on growing data), ordered by what was measured and on whom: the points of a
// scaling law, each with a score for every subject and story.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "stats/bootstrap.h"

namespace arcuate {

/// One score as a table has it. A text that is "" is not known and the same for all.
struct ScoreRecord {
  std::string model{}, family{}, subject{}, story{}, layer{};
  double size = 0;   ///< Parameters, training rows, or whatever a law is sought in; positive.
  double score = 0;  ///< NaN: left out.
  double depth = std::numeric_limits<double>::quiet_NaN();   ///< layer / number of layers; NaN: not known.
  double choice = std::numeric_limits<double>::quiet_NaN();  ///< Score on training rows, which chooses the layer.
};

/// A layer of a model at a size. Cells are subjects x stories, subject after subject; NaN where nothing was measured.
struct ScorePoint {
  std::string model{}, family{}, layer{};
  double size = 0, depth = 0;
  std::vector<double> scores{}, choices{};
};

struct ScoreGrid {
  std::vector<std::string> subjects{}, stories{};  ///< In order of appearance, at least one each ("" if not known).
  std::vector<ScorePoint> points{};                ///< In order of appearance.
};

/// Records that agree in all their texts and the size (targets, seeds) are averaged. Errors: input, when no record has
/// a score, sizes are not positive numbers, or one layer has two depths.
ScoreGrid make_score_grid(std::span<const ScoreRecord> records);

/// How often each subject and story counts.
struct UnitWeights {
  std::vector<double> subjects{}, stories{};
};
UnitWeights even_weights(const ScoreGrid& grid);
/// One subject alone.
UnitWeights only_subject(const ScoreGrid& grid, size_t subject);
/// Bootstrap draws of subjects and stories together. Empty when there is one of each, or no draws are wanted.
std::vector<UnitWeights> bootstrap_weights(const ScoreGrid& grid, const BootstrapOptions& options);

/// Mean over subjects of each one's mean over stories; NaN when no cell that counts was measured.
double weighted_mean(const ScoreGrid& grid, std::span<const double> cells, const UnitWeights& weights);

/// How a layer was chosen from several.
enum class LayerChoice {
  none,        ///< There was one layer of each.
  by_test,     ///< The best score: optimistic.
  by_training  ///< The best `choice`.
};
struct ChosenPoints {
  std::vector<size_t> points{};  ///< Of the grid: one for each model at each size.
  LayerChoice choice = LayerChoice::none;
};
/// Layers are compared by their mean over subjects and stories; of equal ones the first is taken. Errors: input, when
/// only some records have a `choice`.
ChosenPoints choose_layers(const ScoreGrid& grid);

}  // namespace arcuate
