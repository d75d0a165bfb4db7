// Commonality analysis: how much of the variance that models explain together each band explains alone, and each set of
// bands only in common (Mood 1971; for encoding models: Lescroart, Stansbury & Gallant 2015).
//
//   C(S) = sum over T in S of (-1)^(|T| + 1) R2(T and all bands outside S)                R2 of no bands = 0
//   one band:   C(a)  = R2(all) - R2(all but a)                    unique
//   two of two: C(ab) = R2(a) + R2(b) - R2(ab)                     shared; the three numbers sum to R2(ab)
// A shared variance may be negative: where bands correct each other, or where a held-out R2 is below 0.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// r2: 2^B x V, the R2 of the model with each set of bands; bit b of a row's number says whether band b is in it, and
/// row 0 is not looked at. Returns C the same way, row 0 is 0; its rows sum to the last row of r2. Errors: usage, when
/// the rows are no power of 2.
at::Tensor variance_partition(const at::Tensor& r2);

}  // namespace arcuate
