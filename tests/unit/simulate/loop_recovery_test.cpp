// Planted loops against found ones, from a table of barcodes written by hand.
#include "simulate/loop_recovery.h"

#include <cmath>

#include "io/table.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

namespace {

const std::vector<std::string> columns{"space", "region", "hemisphere", "subject", "dimension", "longest", "second"};

}  // namespace

TEST(LoopRecovery, compares_the_longest_bar_with_the_second_by_region) {
  const TemporaryFolder folder;
  write_tsv(folder / "barcodes.tsv", columns,
            {{"n/a", "ring", "L", "mean", "0", "9", "1"},
             {"n/a", "ring", "L", "mean", "1", "0.9", "0.3"},
             {"n/a", "ring", "R", "mean", "1", "0.8", "0.2"},
             {"n/a", "field", "L", "mean", "1", "0.3", "0.2"},
             {"n/a", "field", "R", "mean", "1", "n/a", "n/a"},
             {"n/a", "field", "R", "sim01", "1", "7", "1"},
             {"tales", "n/a", "n/a", "n/a", "1", "8", "1"}});
  const auto loops = recover_loops(folder / "barcodes.tsv", {"ring"});
  ASSERT_EQ(loops.size(), 4u);
  EXPECT_TRUE(loops[0].planted);
  EXPECT_NEAR(loops[0].ratio, 3, 1e-12);
  EXPECT_NEAR(loops[1].ratio, 4, 1e-12);
  EXPECT_FALSE(loops[2].planted);
  EXPECT_TRUE(contains(loop_text(loops), {"3.00 times the second or more; elsewhere 1.50 times or less"}));
  EXPECT_EQ(loop_json(loops).at(1).at("hemisphere"), "R");
  EXPECT_EQ(loop_json(loops).at(2).at("planted"), false);
}

TEST(LoopRecovery, says_nothing_without_a_table_or_a_planted_loop) {
  const TemporaryFolder folder;
  EXPECT_TRUE(recover_loops(folder / "barcodes.tsv", {"ring"}).empty());
  EXPECT_EQ(loop_text({}), "");
  write_tsv(folder / "barcodes.tsv", columns, {{"n/a", "field", "L", "mean", "1", "0.3", "0.2"}});
  EXPECT_EQ(loop_text(recover_loops(folder / "barcodes.tsv", {})), "");
  write_tsv(folder / "other.tsv", {"region"}, {{"field"}});
  EXPECT_TRUE(contains(message_of([&] { recover_loops(folder / "other.tsv", {}); }), {"other.tsv", "subject"}));
}
