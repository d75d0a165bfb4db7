// The arrays of `predict`, checked against the weights that they are for.
#pragma once
#include <optional>

#include "cmd/encode_data_support.h"
#include "cmd/weights_file_support.h"

namespace arcuate {

/// T rows, F features before delays, V targets.
struct PredictData {
  FeatureRows rows{};                         ///< T x F, finite; one story where no groups are named.
  std::optional<ResponseMatrix> responses{};  ///< T x V, as in the file, if it is named; may hold bad targets.
};

/// Of the names, features, responses and groups count. Errors: input, telling all that does not fit at once.
PredictData read_predict_data(const ArrayNames& names, const StoredWeights& weights, int64_t memory);

}  // namespace arcuate
