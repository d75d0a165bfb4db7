// Features of diagrams, and diagrams as text.
#include "topology/diagram.h"

#include <gtest/gtest.h>

#include <numbers>
#include <numeric>

#include "unit/topology/barcodes.h"

using namespace arcuate;
using namespace arcuate::test;

// Values of giotto-tda's tests.
TEST(Diagram, has_the_entropies_of_giotto) {
  const auto flat = diagram_features({{0, 1}, {2, 3}}), uneven = diagram_features({{4, 6}, {2, 6}});
  EXPECT_NEAR(flat.entropy, 1, 1e-12);
  EXPECT_NEAR(uneven.entropy, 0.91829583405, 1e-11);
  EXPECT_NEAR(flat.entropy_of_total, 1, 1e-12);
  EXPECT_NEAR(uneven.entropy_of_total, 0.355245321276, 1e-12);
  EXPECT_NEAR(uneven.entropy_of_count, 0.91829583405, 1e-11);
  EXPECT_NEAR(persistence_entropy({{4, 6}, {2, 6}}, std::numbers::e), 0.91829583405 * std::numbers::ln2, 1e-11);
}

TEST(Diagram, has_the_features_of_their_definitions) {
  for (const auto& c : reference("features.json")) {
    const auto f = diagram_features(bars_of(c["bars"]), c["base"].get<double>());
    const std::map<std::string, double> ours{{"total", f.total},
                                             {"mean", f.mean},
                                             {"longest", f.longest},
                                             {"deviation", f.deviation},
                                             {"entropy", f.entropy},
                                             {"entropy_of_count", f.entropy_of_count},
                                             {"entropy_of_total", f.entropy_of_total},
                                             {"amplitude_1", f.amplitude_1},
                                             {"amplitude_2", f.amplitude_2},
                                             {"amplitude_inf", f.amplitude_inf}};
    for (const auto& [name, value] : ours) EXPECT_NEAR(value / c["features"][name].get<double>(), 1, 1e-12) << name;
    // The references are sums over a grid.
    EXPECT_NEAR(f.betti_l2 / c["features"]["betti_l2"].get<double>(), 1, 1e-3);
    EXPECT_NEAR(f.landscape_l2 / c["features"]["landscape_l2"].get<double>(), 1, 1e-6);
  }
}

TEST(Diagram, counts_endless_bars_and_leaves_them_out_unless_capped) {
  const Diagram bars{{0, 2}, {1, INFINITY}, {3, INFINITY}, {4, 4}};
  const auto f = diagram_features(bars);
  EXPECT_EQ(f.points, 1u);
  EXPECT_EQ(f.infinite, 2u);
  EXPECT_EQ(f.total, 2);
  EXPECT_EQ(capped(bars, 2.5), (Diagram{{0, 2}, {1, 2.5}}));
  const auto none = diagram_features({});
  EXPECT_EQ(none.entropy, 0);
  EXPECT_EQ(none.longest, 0);
  EXPECT_TRUE(std::isnan(none.entropy_of_count) && std::isnan(none.entropy_of_total));
  EXPECT_TRUE(std::isnan(diagram_features({{0, 2}}).entropy_of_count));
}

TEST(Diagram, has_betti_curves) {
  const Diagram bars{{0, 2}, {1, 3}, {1, INFINITY}};
  const std::vector<double> times{-1, 0, 1, 2, 3};
  EXPECT_EQ(betti_curve(bars, times), (std::vector<double>{0, 1, 3, 2, 1}));
  EXPECT_NEAR(betti_distance({{0, 2}, {1, 3}}, {{0, 1}}), std::sqrt(4.0 * 1 + 1), 1e-12);
  EXPECT_EQ(betti_distance(bars, bars), 0);
  EXPECT_TRUE(std::isinf(betti_distance(bars, {})));
}

TEST(Diagram, has_landscapes) {
  const Diagram bars{{0, 4}, {1, 3}, {2, INFINITY}};
  const std::vector<double> times{0, 1, 2, 3};
  EXPECT_EQ(landscape(bars, 3, times), (std::vector<std::vector<double>>{{0, 1, 2, 1}, {0, 0, 1, 0}, {0, 0, 0, 0}}));
  const double norm = diagram_features(bars).landscape_l2;
  EXPECT_NEAR(norm, std::sqrt((64 + 8) / 12.0), 1e-12);
  EXPECT_NEAR(landscape_distance(bars, {}, 2, 4001), norm, 1e-5);
  EXPECT_LT(landscape_distance(bars, {}, 1, 4001), norm) << "the first layer alone";
  EXPECT_EQ(landscape_distance(bars, bars, 2, 100), 0);
  EXPECT_EQ(landscape_distance({}, {}, 2, 100), 0);
  EXPECT_TRUE(contains(message_of([] { landscape_distance({}, {}, 2, 1); }), {"at least 2 of them, found 1"}));
}

TEST(DiagramText, reads_barcodes_and_pairs) {
  const auto barcode = parse_diagrams(
      "value range: [0,3]\ndistance matrix with 3 points\npersistence intervals in dim 0:\n [0,0.5)\n [0, )\n"
      "persistence intervals in dim 1:\n\n",
      "barcode");
  ASSERT_EQ(barcode.size(), 2u);
  EXPECT_EQ(barcode[0].dimension, 0);
  EXPECT_EQ(barcode[0].bars, (Diagram{{0, 0.5}, {0, INFINITY}}));
  EXPECT_TRUE(barcode[1].bars.empty());
  const auto pairs = parse_diagrams("# birth death\n0 1e3\n-inf 2\n1, inf # never\n", "pairs");
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_FALSE(pairs[0].dimension);
  EXPECT_EQ(pairs[0].bars, (Diagram{{0, 1000}, {-INFINITY, 2}, {1, INFINITY}}));
  EXPECT_TRUE(parse_diagrams("", "nothing").front().bars.empty());
  EXPECT_EQ(barcode_text({{{0, 1.0 / 3}, {0, INFINITY}}, {}}),
            "persistence intervals in dim 0:\n [0,0.333333)\n [0, )\npersistence intervals in dim 1:\n");
}

TEST(DiagramText, tells_every_fault_with_its_line) {
  const auto fault = [](const char* text) { return message_of([&] { parse_diagrams(text, "file"); }); };
  EXPECT_TRUE(contains(fault("1 2 3\n2 1\nnan 1\ninf inf\n"),
                       {"file", "line 1: expected a birth and a death, found 3 numbers",
                        "line 2: a bar is born before it dies, found 2 and 1", "line 3", "line 4"}));
  EXPECT_TRUE(contains(fault("persistence intervals in dim 0:\n [0,1)\n [0 1)\n [2,1)\n\x01\nend\n"
                             "persistence intervals in dim 0:\n"),
                       {"line 3: expected a bar like [0.5,1.25)", "found '[0 1)'", "line 4: a bar is born", "found '?'",
                        "line 7: dimension 0 begins again"}));
  EXPECT_TRUE(contains(fault("persistence intervals in dim x:\n"), {"begins a dimension"}));
}
