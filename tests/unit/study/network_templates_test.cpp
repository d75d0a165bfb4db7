// Maps of named networks: by vertex for arrays, by the name of the target for studies.
#include "study/network_templates.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

namespace {

class Templates : public testing::Test {
 protected:
  test::fs::path written(const std::string& text) const {
    test::write_text(folder_ / "t.tsv", text);
    return folder_ / "t.tsv";
  }
  TemporaryFolder folder_;
  const std::vector<std::string> targets_{"left", "right", "middle"};
};

at::Tensor matrix(std::vector<double> values, int64_t rows) { return at::tensor(values, at::kDouble).view({rows, -1}); }

}  // namespace

TEST_F(Templates, rows_of_targets_may_come_in_any_order_and_be_missing) {
  const auto found = read_target_templates(written("a\ttarget\tb\n0.5\tmiddle\t2\n1\tleft\t0\n"), targets_, {});
  EXPECT_EQ(found.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(largest_difference(found.values, matrix({1, 0, 0.5, 0, 0, 2}, 2)), 0);
}

TEST_F(Templates, only_wanted_networks_are_kept_in_their_order) {
  const auto path = written("target\ta\tb\tc\nleft\t1\t2\t3\n");
  const auto found = read_target_templates(path, targets_, {"c", "a"});
  EXPECT_EQ(found.names, (std::vector<std::string>{"c", "a"}));
  EXPECT_EQ(largest_difference(found.values, matrix({3, 0, 0, 1, 0, 0}, 2)), 0);
  EXPECT_TRUE(contains(message_of([&] { read_target_templates(path, targets_, {"d", "a"}); }), {"'d'", "known: a, b"}));
}

TEST_F(Templates, rows_that_fit_no_target_are_told_together) {
  const auto path = written("target\ta\nleft\t1\nleft\t1\nup\t1\n");
  EXPECT_TRUE(contains(
      message_of([&] { read_target_templates(path, targets_, {}); }),
      {"2 problems", "3 targets", "line 3: the target 'left' is there twice", "line 4: there is no target 'up'"}));
  EXPECT_TRUE(contains(message_of([&] { read_target_templates(written("a\nleft\n"), targets_, {}); }), {"'target'"}));
  EXPECT_TRUE(contains(message_of([&] { read_target_templates(written("target\ta\nleft\tn/a\n"), targets_, {}); }),
                       {"NaN or infinite"}));
  EXPECT_TRUE(contains(message_of([&] { read_target_templates(written("target\nleft\n"), targets_, {}); }),
                       {"no column of a network"}));
}

TEST_F(Templates, extents_are_what_is_above_the_threshold_at_the_vertices_kept) {
  const NetworkTemplates templates{.names = {"a", "b"}, .values = matrix({1, 2, 0, 0, 3, 1}, 2)};
  EXPECT_EQ(largest_difference(network_extents(templates, {1, 2}, 0, true), matrix({1, 0, 1, 1}, 2)), 0);
  EXPECT_EQ(largest_difference(network_extents(templates, {1, 2}, 1, true), matrix({1, 0, 1, 0}, 2)), 0);
  const auto weighted = network_extents(templates, {0, 1, 2}, 0, false);
  EXPECT_NEAR((weighted[0][1] / weighted[0][0]).item<double>(), 2, 1e-12);
  EXPECT_TRUE(contains(message_of([&] { network_extents(templates, {0}, 0, true); }),
                       {"networks are empty", "'b' has no value above 0 among the 1 vertices"}));
}
