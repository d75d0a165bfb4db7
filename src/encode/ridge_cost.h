// Within the encode layer only: which form and method of ridge is cheapest for a problem.
#pragma once
#include <memory>

#include "encode/ridge_solver.h"

namespace arcuate::ridge {

constexpr int64_t usual_products = 4;  ///< That stand for all penalties, for each direction.

/// All combinations that the options allow, the cheapest for so many targets first. None where the options look at
/// neither form nor method.
std::vector<RidgeCost> costs_of(const SplitDesign& design, const Scales& scales, int64_t targets);

std::unique_ptr<Solver> make_solver(const SplitDesign& design, const Scales& scales, int64_t targets);

}  // namespace arcuate::ridge
