// Online dictionary learning (Mairal, Bach, Ponce & Sapiro 2009): atoms of which every signal needs only a few.
//
//   min_{D, A}  1/N sum_i ( 1/2 || x_i - D a_i ||^2 + penalty || a_i ||_1 )            || d_j || <= 1
//
// Batches of signals, in an order drawn from the seed, are coded with the present atoms; two sums remember all of them,
//   A <- beta A + sum a a'     B <- beta B + sum x a'     beta = (1 - 1/t)^forgetting at batch t
// and each atom in turn takes its best value under them, d_j <- (b_j - D a_j) / A_jj + d_j, shortened to norm 1. An
// atom that no signal uses is replaced by a signal. Shapes: T length of a signal, K atoms, N signals.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/compute.h"
#include "dictionary/sparse_coding.h"

namespace arcuate {

struct DictionaryOptions {
  int64_t atoms = 64;     ///< K; at most N.
  LassoOptions coding{};  ///< How signals are coded, while learning and afterwards.
  int64_t batch = 256;    ///< Signals coded between two updates of the atoms.
  int64_t epochs = 10;    ///< Passes over all signals.
  double forgetting = 1;  ///< How fast early batches, coded by unripe atoms, lose weight; 0: never.
  uint64_t seed = 0;      ///< Decides the first atoms, the order of signals, and the replacements.
};

struct Dictionary {
  at::Tensor atoms{};               ///< T x K, float64, norms at most 1.
  std::vector<double> objective{};  ///< After each epoch: mean objective of the held-out signals; empty without any.
  int64_t replaced = 0;             ///< Times that an atom was replaced because nothing used it.
};

/// signals: T x N, held_out: T x M (undefined: none), which are never learnt from. The first atoms are signals of norm
/// 1, drawn as k-means++ does: likelier the less the atoms before explain of them. Errors: usage (numbers out of
/// range), input (fewer signals than atoms, values that are not finite, signals that are all 0).
Dictionary learn_dictionary(const at::Tensor& signals, const DictionaryOptions& options, const Compute& compute,
                            const at::Tensor& held_out = {});

}  // namespace arcuate
