// Within the encode layer only: which form and method of ridge is cheapest for a problem.
#pragma once
#include <memory>

#include "encode/ridge_solver.h"

namespace arcuate::ridge {

/// Work of one split in multiplications of float32; those of other kinds count as many as take the same time.
struct Cost {
  Form form = Form::dual;
  Method method = Method::inverse;
  double fixed = 0, per_target = 0;
  double total(int64_t targets) const { return fixed + per_target * static_cast<double>(targets); }
};

/// All combinations that the options allow.
std::vector<Cost> costs_of(const SplitDesign& design, int64_t scales, int64_t inverse_groups);

std::unique_ptr<Solver> make_solver(const SplitDesign& design, const Scales& scales, int64_t targets);

}  // namespace arcuate::ridge
