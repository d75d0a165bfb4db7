// The file of weights (docs/formats.md): `encode` writes one model of all training rows, with all that is needed to
// predict from new features; `predict` reads it.
// Shapes: F feature columns before delays, D delays, V targets.
#pragma once
#include <filesystem>
#include <memory>
#include <vector>

#include "encode/linear_predictions.h"
#include "encode/ridge_weights.h"
#include "encode/score.h"
#include "io/hdf5.h"
#include "io/json.h"

namespace arcuate {

/// The model and what it is for.
struct EncodeWeights {
  RidgeWeights fit{};
  at::Tensor penalties{};         ///< V: lambda of each target.
  std::vector<int64_t> delays{};  ///< Of the design's columns, slowest; empty: features as they are.
  std::vector<int64_t> widths{};  ///< Columns of each feature file; they add up to F.
  Json origin{};                  ///< Program, command, options and inputs, as in the manifest.
};

/// Targets that are flagged have NaN.
void write_weights(const std::filesystem::path& path, const EncodeWeights& weights, const std::vector<Flag>& flags);

/// A file of weights, of which the weights themselves are read a block of targets at a time.
struct StoredWeights {
  std::filesystem::path path{};
  std::shared_ptr<const Hdf5Reader> file{};
  at::Tensor intercepts{}, penalties{};  ///< V, float64; NaN where the flag is not ok.
  std::vector<int64_t> delays{};         ///< D; 0 where there are none.
  std::vector<int64_t> widths{};         ///< Columns of each feature file; F alone in older files.
  std::vector<Flag> flags{};             ///< V
  Json origin{};                         ///< Null in older files.

  int64_t features() const;
  int64_t targets() const { return std::ssize(flags); }
  /// Reads from the file, which it keeps open.
  LinearModel model() const;
};

/// Errors: input (no file of weights, another version, datasets that are missing or do not fit).
StoredWeights read_weights_file(const std::filesystem::path& path);

}  // namespace arcuate
