// The units of an analysis "shape": barcodes of recordings, barcodes of each space's layers, and the features of every
// pair of a layer and a place.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "study/shape_clouds.h"
#include "study/shape_settings.h"

namespace arcuate {

using ShapeBarcode = std::vector<Diagram>;  ///< By dimension.

/// Input and settings must outlive it and the units that it lists.
class ShapeWork {
 public:
  ShapeWork(const AnalysisInput& input, const ShapeSettings& settings);

  const std::vector<ShapePlace>& places() const { return places_; }   ///< With a good target in every subject.
  const std::vector<int64_t>& subjects() const { return subjects_; }  ///< Whose recordings make clouds.
  const std::vector<const FeatureSpace*>& spaces() const { return spaces_; }
  /// Places and spaces that are asked for but have no cloud, and why.
  const std::vector<std::string>& left_out() const { return left_out_; }

  /// Errors: usage, naming every place whose cloud would have too few columns.
  void check_places() const;
  std::vector<Unit> units() const;

  // What finished units hold.
  std::vector<ShapeBarcode> recordings() const;  ///< Places x subjects, subjects running fastest.
  std::vector<ShapeBarcode> layers(const FeatureSpace& space) const;
  at::Tensor features(const FeatureSpace& space) const;  ///< Layers x places x features, means over subjects.

 private:
  int64_t least_columns() const;
  int64_t most_targets() const;  // of a place
  int64_t most_words() const;    // of a story
  ShapeBarcode barcode_of(const at::Tensor& columns, const Compute& compute) const;
  void write_recordings(const Compute& compute, Hdf5Writer& file) const;
  void write_layers(const FeatureSpace& space, const Compute& compute, Hdf5Writer& file) const;
  void write_features(const FeatureSpace& space, const Compute& compute, Hdf5Writer& file) const;
  void choose_places();
  void choose_spaces();

  const AnalysisInput& input_;
  const ShapeSettings& settings_;
  std::vector<int64_t> subjects_{};
  std::vector<ShapePlace> places_{};
  std::vector<const FeatureSpace*> spaces_{};
  std::vector<std::string> left_out_{};
};

}  // namespace arcuate
