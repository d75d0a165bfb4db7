// The cheapest matching of rows with columns in which both may stay alone, exactly: rows are added one at a time, each
// by a shortest augmenting path over reduced costs (Jonker & Volgenant 1987; Crouse 2016), on a sparse graph.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace arcuate {

/// A pair that may be matched. Staying alone costs 0, so only negative costs matter.
struct PairCost {
  int32_t column = 0;
  double cost = 0;
};

/// Pairs by rows.
struct SparseCosts {
  size_t columns = 0;
  std::vector<PairCost> pairs{};
  std::vector<size_t> ends{};  ///< Of each row in `pairs`.

  size_t rows() const { return ends.size(); }
  std::span<const PairCost> row(size_t i) const {
    const size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::span(pairs).subspan(begin, ends[i] - begin);
  }
};

/// The column of each row, -1 for one that stays alone.
std::vector<int32_t> cheapest_matching(const SparseCosts& costs);

/// Whether every row can be matched with a column of its own (Hopcroft & Karp 1973); costs do not matter.
bool can_match_all_rows(const SparseCosts& costs);

}  // namespace arcuate
