#include "topology/assignment.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

namespace arcuate {
namespace {

constexpr int32_t nobody = -1;
constexpr double infinity = std::numeric_limits<double>::infinity();

// Prices of columns and rents of rows keep every reduced cost cost - rent - price at or above 0, and at 0 for matched
// pairs. A row that stays alone never comes back: the way to its solitude leads through itself alone.
class Matching {
 public:
  explicit Matching(const SparseCosts& costs)
      : costs_(costs),
        rent_(costs.rows(), 0),
        price_(costs.columns, 0),
        column_of_(costs.rows(), nobody),
        row_of_(costs.columns, nobody),
        distance_(costs.columns, infinity),
        from_(costs.columns, nobody) {}

  std::vector<int32_t> solve() {
    for (size_t row = 0; row < costs_.rows(); ++row) add(static_cast<int32_t>(row));
    return std::move(column_of_);
  }

 private:
  using Step = std::pair<double, int32_t>;  // distance, column
  using Queue = std::priority_queue<Step, std::vector<Step>, std::greater<>>;

  // The end of the cheapest way so far: at a free column, or at a row that stays alone from now on.
  struct End {
    double distance = infinity;
    int32_t column = nobody, row = nobody;
  };

  void add(int32_t row) {
    double& rent = rent_[static_cast<size_t>(row)];
    rent = 0;
    for (const auto& [column, cost] : costs_.row(static_cast<size_t>(row)))
      rent = std::min(rent, cost - price_[static_cast<size_t>(column)]);
    const End end = search(row);
    update_prices(row, end.distance);
    augment(row, end);
  }

  End search(int32_t first) {
    End end;
    Queue queue;
    settled_.clear();
    touched_.clear();
    look_from(first, 0, queue, end);
    while (!queue.empty() && queue.top().first < end.distance) {
      const auto [distance, column] = queue.top();
      queue.pop();
      const auto c = static_cast<size_t>(column);
      if (distance > distance_[c]) continue;
      settled_.push_back(column);
      look_from(row_of_[c], distance, queue, end);
    }
    return end;
  }

  void look_from(int32_t row, double so_far, Queue& queue, End& end) {
    const auto r = static_cast<size_t>(row);
    if (so_far - rent_[r] < end.distance) end = {so_far - rent_[r], nobody, row};
    for (const auto& [column, cost] : costs_.row(r)) {
      const auto c = static_cast<size_t>(column);
      const double distance = so_far + std::max(0.0, cost - rent_[r] - price_[c]);
      if (distance >= distance_[c] || distance >= end.distance) continue;
      if (distance_[c] == infinity) touched_.push_back(column);
      distance_[c] = distance;
      from_[c] = row;
      if (row_of_[c] == nobody)
        end = {distance, column, row};
      else
        queue.emplace(distance, column);
    }
  }

  void update_prices(int32_t first, double length) {
    rent_[static_cast<size_t>(first)] += length;
    for (const int32_t column : settled_) {
      const auto c = static_cast<size_t>(column);
      rent_[static_cast<size_t>(row_of_[c])] += length - distance_[c];
      price_[c] -= length - distance_[c];
    }
  }

  // Walks back from the end; every row on the way takes the column after it.
  void augment(int32_t first, const End& end) {
    int32_t row = end.row, column = end.column;
    for (;;) {
      const int32_t left = std::exchange(column_of_[static_cast<size_t>(row)], column);
      if (column != nobody) row_of_[static_cast<size_t>(column)] = row;
      if (row == first) break;
      column = left;
      row = from_[static_cast<size_t>(column)];
    }
    for (const int32_t c : touched_) {
      distance_[static_cast<size_t>(c)] = infinity;
      from_[static_cast<size_t>(c)] = nobody;
    }
  }

  const SparseCosts& costs_;
  std::vector<double> rent_, price_;
  std::vector<int32_t> column_of_, row_of_;
  std::vector<double> distance_;
  std::vector<int32_t> from_;
  std::vector<int32_t> settled_{}, touched_{};
};

// Rounds of shortest augmenting paths: rows are put in layers by their distance from the rows without a column, and
// paths descend through the layers.
class Cover {
 public:
  explicit Cover(const SparseCosts& costs)
      : costs_(costs),
        column_of_(costs.rows(), nobody),
        row_of_(costs.columns, nobody),
        layer_(costs.rows()),
        next_(costs.rows()) {}

  bool complete() {
    size_t matched = 0;
    while (matched < costs_.rows()) {
      if (!make_layers()) return false;
      std::fill(next_.begin(), next_.end(), 0);
      for (size_t row = 0; row < costs_.rows(); ++row)
        if (column_of_[row] == nobody && find_path(row)) ++matched;
    }
    return true;
  }

 private:
  bool make_layers() {
    std::vector<size_t> queue;
    bool reaches_free = false;
    for (size_t row = 0; row < costs_.rows(); ++row) {
      layer_[row] = column_of_[row] == nobody ? 0 : nobody;
      if (layer_[row] == 0) queue.push_back(row);
    }
    for (size_t i = 0; i < queue.size(); ++i)
      for (const auto& [column, cost] : costs_.row(queue[i])) {
        const int32_t owner = row_of_[static_cast<size_t>(column)];
        if (owner == nobody)
          reaches_free = true;
        else if (layer_[static_cast<size_t>(owner)] == nobody) {
          layer_[static_cast<size_t>(owner)] = layer_[queue[i]] + 1;
          queue.push_back(static_cast<size_t>(owner));
        }
      }
    return reaches_free;
  }

  // Depth first; `next_` keeps a row from trying a column twice in a round.
  bool find_path(size_t row) {
    const auto pairs = costs_.row(row);
    while (next_[row] < pairs.size()) {
      const int32_t column = pairs[next_[row]++].column;
      const int32_t owner = row_of_[static_cast<size_t>(column)];
      const bool open = owner == nobody || (layer_[static_cast<size_t>(owner)] == layer_[row] + 1 &&
                                            find_path(static_cast<size_t>(owner)));
      if (!open) continue;
      column_of_[row] = column;
      row_of_[static_cast<size_t>(column)] = static_cast<int32_t>(row);
      return true;
    }
    return false;
  }

  const SparseCosts& costs_;
  std::vector<int32_t> column_of_, row_of_, layer_;
  std::vector<size_t> next_;
};

}  // namespace

std::vector<int32_t> cheapest_matching(const SparseCosts& costs) { return Matching(costs).solve(); }

bool can_match_all_rows(const SparseCosts& costs) { return Cover(costs).complete(); }

}  // namespace arcuate
