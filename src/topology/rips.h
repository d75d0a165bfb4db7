// Barcodes of Vietoris-Rips filtrations: the simplices of diameter at most t, for growing t, and the homology classes
// that are born and die on the way, over the field Z/p.
//   Persistent cohomology (de Silva, Morozov & Vejdemo-Johansson 2011) with clearing (Chen & Kerber 2011), implicit
//   coboundaries, apparent and emergent pairs and only the reduction matrix kept (Bauer 2021, "Ripser").
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "topology/diagram.h"
#include "topology/distances.h"

namespace arcuate {

struct RipsOptions {
  int dimension = 1;                 ///< Highest dimension of homology, 0 to 30.
  std::optional<float> threshold{};  ///< Largest diameter; if not given, the enclosing radius, or none for sparse ones.
  int modulus = 2;                   ///< The prime p.
  size_t memory_limit = 0;           ///< Bytes for the distances and all that is made of them; 0: any.
};

/// One diagram for each dimension 0 … `dimension`, without bars of length 0. A bar that does not end within the
/// threshold has an infinite death. Within a dimension bars stand in the order of the reduction: dimension 0 by death,
/// others by descending birth. Errors: usage, for a dimension or modulus out of range; input, when simplices have no
/// 63-bit index; failed, when the memory limit is met.
std::vector<Diagram> rips_barcode(const LowerDistances& distances, const RipsOptions& options);
std::vector<Diagram> rips_barcode(const SparseDistances& distances, const RipsOptions& options);

}  // namespace arcuate
