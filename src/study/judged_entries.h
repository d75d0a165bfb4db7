// What a study file says of scores, [score] and [ceiling], and of the targets that have some, [localiser].
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace arcuate {

struct ScoreEntry {
  double cc_floor = 0.25;  ///< Smallest ceiling that a score is divided by for CC_norm; above 0.
};

/// Ceilings besides inter-subject correlation and CC_max (study/ceilings.h).
enum class CeilingKind { explainable_variance, split_half, other_subjects };

struct CeilingEntry {
  std::vector<CeilingKind> kinds{};
  double interval = 0;            ///< Level of an interval of every ceiling, by a block bootstrap over time; 0: none.
  int64_t draws = 500;            ///< Of the bootstrap,
  int64_t block = 20;             ///< and the volumes of its blocks.
  int64_t splits = 50;            ///< split_half: all ways to halve the repeats, or so many at random.
  int64_t components = 0;         ///< other_subjects: principal components of the others' responses; 0: as they are.
  std::string penalties{};        ///< other_subjects: a grid of its own; empty: that of encode.
  std::vector<double> lambdas{};  ///< The same, read.
  bool has(CeilingKind kind) const;
};

/// What says which targets respond: a map of the user's own, or a ceiling.
enum class LocaliserSource { none, map, inter_subject, cc_max, explainable_variance, split_half };
enum class LocaliserRows { training, scored };
enum class LocaliserExtent { subject, region };

/// Targets that a study is about (study/localiser.h); the others are masked.
struct LocaliserEntry {
  LocaliserSource by = LocaliserSource::none;
  std::filesystem::path path{};   ///< map: values of the targets.
  std::string given_path{};       ///< As written in the study file.
  double top = 0;                 ///< Percent of each subject's good targets, those with the largest values; 0: none …
  std::optional<double> above{};  ///< … but those with larger values than this.
  LocaliserExtent within = LocaliserExtent::subject;  ///< region: `top` is of each region's good targets.
  LocaliserRows rows = LocaliserRows::training;       ///< Where ceilings are looked at.
};

}  // namespace arcuate
