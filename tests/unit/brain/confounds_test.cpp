#include "brain/confounds.h"

#include <ATen/ATen.h>

#include "malformed.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

const char* header = "trans_x\ttrans_y\ttrans_z\trot_x\trot_y\trot_z\tcsf\twhite_matter\ta_comp_cor_00\ta_comp_cor_01";

std::vector<std::string> names(const std::vector<std::string>& wanted) {
  const auto table = parse_table(std::string(header) + "\n", '\t', "confounds.tsv");
  std::vector<std::string> found;
  for (const size_t column : confound_columns(table, wanted)) found.push_back(table.columns[column]);
  return found;
}

TEST(Confounds, strategies_stand_for_columns_and_each_counts_once) {
  EXPECT_EQ(names({"motion6"}), (std::vector<std::string>{"trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"}));
  EXPECT_EQ(names({"wm_csf", "csf", "acompcor:1"}), (std::vector<std::string>{"csf", "white_matter", "a_comp_cor_00"}));
  EXPECT_EQ(names({"acompcor"}), (std::vector<std::string>{"a_comp_cor_00", "a_comp_cor_01"}));
}

TEST(Confounds, what_is_not_there_is_told_all_at_once) {
  const auto message = message_of(
      [] { names({"trans_w", "motion24x", "motion12", "global", "acompcor:5", "acompcor:0", "cosine", "wm_csf:2"}); });
  EXPECT_TRUE(contains(
      message, {"clean.confounds", "no column or strategy 'trans_w'; did you mean 'trans_x'",
                "'motion24x'; did you mean 'motion24'", "'motion12' needs the column 'trans_x_derivative1'",
                "'global' needs the column 'global_signal'", "'acompcor:5': the table has 2 columns a_comp_cor_NN",
                "'acompcor:0'", "'cosine': the table has 0 columns cosineNN", "strategy 'wm_csf:2'"}));
}

class ConfoundTable : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) const {
    test::write_text(folder_ / "c.tsv", text);
    return folder_ / "c.tsv";
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(ConfoundTable, the_first_row_of_derivatives_is_the_second) {
  const auto path = write("csf\tother\tfd\n1.5\t9\tn/a\n2\tn/a\t0.25\n3\t9\t0.5\n");
  const auto expected = at::tensor({1.5, 0.25, 2.0, 0.25, 3.0, 0.5}, at::kDouble).view({3, 2});
  EXPECT_TRUE(at::equal(read_confounds(path, {"fd", "csf"}, 3), expected));
}

TEST(ConfoundsMalformed, tables_are_refused) {
  const std::string good = "csf\tfd\n1\t2\n3\t4\n";
  test::expect_files_refused(
      "c.tsv",
      {{"empty", "", "c.tsv: the table is empty"},
       {"ragged", good + "5\n", "line 4: 1 fields where 2 are expected"},
       {"a column twice", "csf\tfd\tcsf\n", "columns 1 and 3 are both called 'csf'"},
       {"UTF-16",
        std::string("\xFF\xFE"
                    "c\0",
                    4),
        "this is UTF-16 text"},
       {"a word", "csf\tfd\n1\t2\n3\tx\n", "line 3: column 'fd' holds 'x', a number expected"},
       {"infinite", "csf\tfd\ninf\t2\n3\t4\n", "line 2: column 'csf' holds 'inf'"},
       {"NaN", "csf\tfd\nnan\t2\n3\t4\n", "line 2: column 'csf' holds 'nan'"},
       {"nothing", "csf\tfd\n\t2\n3\t4\n", "line 2: column 'csf' holds ''"},
       {"n/a below the first row", "csf\tfd\n1\t2\n3\tn/a\n", "line 3: column 'fd' holds 'n/a'"},
       {"n/a in the first two rows", "csf\tfd\n1\tn/a\n1\tn/a\n", "line 3: column 'fd' holds 'n/a'"},
       {"n/a in the only row", "csf\tfd\n1\tn/a\n", "line 2: column 'fd' holds 'n/a'"},
       {"fewer rows than volumes", "csf\tfd\n1\t2\n", "has 1 rows, its recording has 2 volumes"},
       {"mixed line ends, a row too many", "csf\tfd\r1\t2\r\n3\t4\n5\t6", "has 3 rows, its recording has 2 volumes"},
       {"all at once", "csf\tfd\n1\t2\n1\tn/a\ninf\tx\n", "line 3: column 'fd' holds 'n/a'",
        "line 4: column 'csf' holds 'inf'", "line 4: column 'fd' holds 'x'"}},
      [](const std::filesystem::path& path) { read_confounds(path, {"csf", "fd"}, 2); });
}

TEST(ConfoundsMalformed, marks_of_unsteady_volumes_are_refused) {
  const std::string name = "non_steady_state_outlier00";
  test::expect_files_refused(
      "c.tsv",
      {{"a word", name + "\n1\nyes\n", "line 3: column '" + name + "' holds 'yes', 0 or 1 expected"},
       {"n/a", name + "\nn/a\n", "line 2", "'n/a'"},
       {"a half", name + "\n0.5\n", "line 2", "'0.5'"},
       {"a negative one", name + "\n-1\n", "line 2", "'-1'"}},
      [](const std::filesystem::path& path) { unsteady_volumes(path); });
}

TEST_F(ConfoundTable, volumes_before_the_steady_state_are_counted) {
  EXPECT_EQ(unsteady_volumes(write("non_steady_state_outlier00\tnon_steady_state_outlier01\n1\t0\n0\t0\n0\t1\n0\t0\n")),
            3);
  EXPECT_EQ(unsteady_volumes(write("csf\n1\n1\n")), 0);
}

}  // namespace
}  // namespace arcuate
