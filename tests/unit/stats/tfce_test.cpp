// TFCE against clusters found anew at every height, and against sums over steps of the threshold.
#include "stats/tfce.h"

#include <numeric>

#include "unit/stats/group_reference.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

// A grid of side x side vertices.
Adjacency grid(int64_t side) {
  auto edges = Json::array();
  for (int64_t row = 0; row < side; ++row)
    for (int64_t column = 0; column < side; ++column) {
      const int64_t v = row * side + column;
      if (column + 1 < side) edges.push_back({v, v + 1});
      if (row + 1 < side) edges.push_back({v, v + side});
    }
  return adjacency_of(edges, static_cast<size_t>(side * side));
}

// How many vertices a flood from `start` reaches among those at or above `height`.
double flooded(const std::vector<double>& values, const Adjacency& adjacency, size_t start, double height) {
  std::vector<bool> seen(values.size(), false);
  std::vector<size_t> queue{start};
  seen[start] = true;
  double count = 0;
  while (!queue.empty()) {
    const size_t v = queue.back();
    queue.pop_back();
    ++count;
    for (int64_t i = adjacency.begin[v]; i < adjacency.begin[v + 1]; ++i) {
      const auto u = static_cast<size_t>(adjacency.vertices[static_cast<size_t>(i)]);
      if (seen[u] || values[u] < height) continue;
      seen[u] = true;
      queue.push_back(u);
    }
  }
  return count;
}

// The sum over thresholds that TFCE is defined by elsewhere.
std::vector<double> stepped(const std::vector<double>& values, const Adjacency& adjacency, double step) {
  std::vector<double> result(values.size(), 0);
  for (size_t v = 0; v < values.size(); ++v)
    for (double height = step / 2; height < values[v]; height += step)
      result[v] += flooded(values, adjacency, v, height) * height * height * step;
  return result;
}

}  // namespace

TEST(Tfce, agrees_with_clusters_found_anew_at_every_height) {
  const auto cases = group_reference()["tfce"];
  ASSERT_EQ(cases.size(), 4u);
  for (const auto& c : cases) {
    const auto values = tensor_of(c["values"]);
    const auto found = tfce(values, tensor_of(c["sizes"]), adjacency_of(c["edges"], 24),
                            {.extent_power = c["e"].get<double>(), .height_power = c["h"].get<double>()});
    EXPECT_LT(largest_difference(found, tensor_of(c["tfce"])), 1e-11);
  }
}

TEST(Tfce, is_the_limit_of_sums_over_small_steps) {
  const auto adjacency = grid(12);
  auto values = random_normals(144, 1, 4).squeeze(1);
  const auto found = tfce(values, at::ones({144}), adjacency);
  const auto positive = found.clamp_min(0);
  double before = 0;
  for (const double step : {0.1, 0.01, 0.001}) {
    const double error = largest_difference(to_tensor(stepped(to_vector(values), adjacency, step)), positive);
    if (before > 0) {
      EXPECT_LT(error, 0.4 * before);
    }
    before = error;
  }
  EXPECT_LT(before, 1e-3 * positive.max().item<double>());
}

TEST(Tfce, of_one_plateau_has_a_closed_form) {
  auto values = at::zeros({16}, at::kDouble);
  for (const int64_t v : {5, 6, 9, 10}) values[v] = 2;
  const auto adjacency = grid(4);
  EXPECT_NEAR(tfce(values, at::ones({16}), adjacency)[5].item<double>(), 4 * 8.0 / 3, 1e-12);
  EXPECT_NEAR(tfce(-values, at::ones({16}), adjacency)[5].item<double>(), -4 * 8.0 / 3, 1e-12);
  EXPECT_EQ(tfce(values, at::ones({16}), adjacency)[0].item<double>(), 0);
  EXPECT_NEAR(tfce(values, at::full({16}, 2.5), adjacency)[5].item<double>(), 10 * 8.0 / 3, 1e-12);
  EXPECT_NEAR(tfce(values, at::ones({16}), adjacency, {.extent_power = 0.5, .height_power = 1})[5].item<double>(),
              2 * 2.0, 1e-12);
}

TEST(Tfce, a_missing_vertex_separates_clusters) {
  const auto adjacency = adjacency_of(Json::array({{0, 1}, {1, 2}}), 3);
  const auto values = at::tensor({1.0, NAN, 1.0});
  const auto found = tfce(values, at::ones({3}), adjacency);
  EXPECT_NEAR(found[0].item<double>(), 1.0 / 3, 1e-15);
  EXPECT_TRUE(std::isnan(found[1].item<double>()));
}

TEST(Tfce, says_what_does_not_fit) {
  const auto adjacency = grid(3);
  EXPECT_TRUE(contains(message_of([&] { tfce(at::zeros({8}), at::ones({8}), adjacency); }),
                       {"8 values on a surface of 9 vertices"}));
  EXPECT_TRUE(contains(message_of([&] { tfce(at::zeros({9}), at::ones({9}), adjacency, {.extent_power = -1}); }),
                       {"must be at least 0", "-1"}));
}
