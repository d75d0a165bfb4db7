// How a model's networks are organised, in numbers. The paper (Sun et al. 2024) names diversity, consistency,
// compactness and their balance without formulas; these are ours. docs/methods.md has them.
// Shapes: R rows, K atoms, N neurons, F networks, V vertices.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace arcuate {

/// What the metrics are computed from.
struct OrganisationParts {
  at::Tensor atoms{};                          ///< R x K
  at::Tensor correlations{};                   ///< K x N: r of neurons with atoms.
  std::vector<std::vector<int64_t>> groups{};  ///< [atom]: neurons.
  std::vector<int64_t> layer_of{};             ///< Of each neuron; empty: not known.
  at::Tensor extents{};                        ///< K x V
  std::vector<at::Tensor> subject_extents{};   ///< The same of each subject; fewer than two: no agreement.
  at::Tensor matched{};                        ///< K x F bool
};

struct OrganisationMetric {
  std::string family{};  ///< "matches", "diversity", "consistency", "compactness", "balance".
  std::string name{};
  double value = 0;  ///< NaN where it is not defined.
  std::string description{};
};
std::vector<OrganisationMetric> organisation_metrics(const OrganisationParts& parts);

/// exp of the entropy of the singular values as shares of their sum (Roy & Vetterli 2007).
double effective_rank(const at::Tensor& matrix);
/// 0 when all sizes are equal, (n - 1) / n when one has everything; NaN when all are 0.
double gini(std::vector<double> sizes);
/// Number of distinct rows, and the entropy (bits) of which a row is.
struct RowPatterns {
  int64_t distinct = 0;
  double entropy = 0;
};
RowPatterns row_patterns(const at::Tensor& matched);

}  // namespace arcuate
