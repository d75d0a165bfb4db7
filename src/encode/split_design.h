// Within the encode layer only: the rows of one split, centred and scaled by its training rows.
#pragma once
#include "encode/ridge_solver.h"

namespace arcuate::ridge {

/// Mean and deviation of each column's training rows (1 x columns, float64).
struct Scaling {
  at::Tensor mean{}, deviation{};
};
Scaling fit_scaling(const at::Tensor& train, bool centre, bool scale);

/// A problem without delays: they are carried out in the features, or in kernels where the dual form is the one to use
/// and features need no scaling. Shared by all splits. Bands and kernels lie on the device, responses where they were.
struct DelayedProblem {
  RidgeProblem problem{};             ///< Bands with their delays, or as given where there are kernels.
  std::vector<at::Tensor> kernels{};  ///< N x N of the delayed rows, float64, one a band; else empty.
  std::vector<int64_t> widths{};      ///< Columns of the delayed bands.
};
DelayedProblem carry_out_delays(const RidgeProblem& problem, const std::vector<RidgeSplit>& splits,
                                const RidgeOptions& options, c10::Device device);

/// Features and inner folds. Nothing is copied that can be a view.
SplitDesign make_design(const DelayedProblem& problem, const RidgeSplit& split, const RidgeOptions& options);

/// Responses of some targets of a split's training rows, on a device.
struct TrainingResponses {
  at::Tensor values{};  ///< n x b, of the options' type
  Scaling scaling{};    ///< of the targets that were asked for
};
TrainingResponses training_responses(const RidgeProblem& problem, const RidgeSplit& split, const RowRange& targets,
                                     const RidgeOptions& options, c10::Device device);

}  // namespace arcuate::ridge
