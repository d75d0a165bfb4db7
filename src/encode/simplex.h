// The point of a simplex at which a quadratic form is smallest:
//
//   min_s 1/2 s' P s        s >= 0, sum s = 1        P symmetric, positive semidefinite
//
// With P_ij = mean_t e_i(t) e_j(t) this is the mixture of models with the smallest mean squared residual. It is the
// point nearest to 0 in the convex hull of the residual series, found exactly by Wolfe's active-set method (1976): a
// face of the simplex is minimised by one linear system, and faces change one vertex at a time.
#pragma once
#include <ATen/core/Tensor.h>

#include "core/compute.h"

namespace arcuate {

/// products: V x M x M, finite. Returns V x M float64: weights that sum to 1. Errors: input, when a product is not
/// finite or a diagonal element negative.
at::Tensor simplex_minimum(const at::Tensor& products, const Compute& compute);

/// How far weights are from the conditions of Karush, Kuhn and Tucker, relative to the largest P_ii: the largest of
/// s'Ps - min_j (Ps)_j, max over the support of (Ps)_j - s'Ps, |sum s - 1| and -min s. V, float64; 0 at the minimum.
at::Tensor simplex_gap(const at::Tensor& products, const at::Tensor& weights);

}  // namespace arcuate
