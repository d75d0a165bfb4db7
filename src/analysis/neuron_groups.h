// Groups of neurons that share an atom, and the layers they lie in.
// Shapes: K atoms, N neurons, L layers.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace arcuate {

enum class Grouping {
  strongest,  ///< A neuron belongs to the atom with its largest |a| (of equal ones the first).
  any         ///< It belongs to every atom with a != 0.
};

/// [atom]: its neurons, ascending. A neuron without any coefficient belongs nowhere. codes: K x N.
std::vector<std::vector<int64_t>> group_neurons(const at::Tensor& codes, Grouping grouping);

/// Neurons of each group in each of `layers`: K x L, int64. layer_of: the layer of each neuron.
at::Tensor layer_histogram(const std::vector<std::vector<int64_t>>& groups, std::span<const int64_t> layer_of,
                           std::span<const int64_t> layers);

/// r of each neuron's signal with each atom: K x N, float64. signals: T x N, centred and of norm 1, atoms: T x K.
at::Tensor atom_correlations(const at::Tensor& atoms, const at::Tensor& signals);

}  // namespace arcuate
