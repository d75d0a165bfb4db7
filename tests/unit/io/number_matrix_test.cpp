#include "io/number_matrix.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "malformed.h"
#include "support.h"

namespace arcuate {
namespace {

TEST(NumberMatrix, reads_blank_separated_rows_as_float64) {
  const auto matrix = parse_number_matrix("# two rows\r\n  1.5e+00\t-2 +3 \r\n\n4 5 6 # last", "m.1D");
  EXPECT_EQ(matrix.scalar_type(), at::kDouble);
  EXPECT_TRUE(at::equal(matrix, at::tensor({1.5, -2.0, 3.0, 4.0, 5.0, 6.0}, at::kDouble).reshape({2, 3})));
}

TEST(NumberMatrix, takes_nan_and_inf_as_values) {
  const auto matrix = parse_number_matrix("nan -inf\nNaN 1\n", "m");
  EXPECT_TRUE(std::isnan(matrix[0][0].item<double>()));
  EXPECT_TRUE(std::isnan(matrix[1][0].item<double>()));
  EXPECT_EQ(matrix[0][1].item<double>(), -INFINITY);
}

TEST(NumberMatrixMalformed, files_are_refused) {
  test::expect_refused(
      {{"empty", "", "m.1D", "no numbers"},
       {"comments alone", "# nothing\n\n", "m.1D", "no numbers"},
       {"a word", "1 2\n1 x\n", "line 2, column 2", "'x'"},
       {"comma for the point", "1,5 2\n", "line 1, column 1", "'1,5'"},
       {"ragged", "1 2\r\n1 2 3\r1\n", "2 problems", "line 2: 3 numbers where line 1 has 2", "line 3: 1 numbers"},
       {"n/a", "1 n/a\n", "line 1, column 2", "'n/a'"},
       {"UTF-16", std::string("1\0 \0002\0", 6), "m.1D", "line 1"},
       {"everything", "#\n1 2\n1 x\n1,5 2\n1 2 3\n", "3 problems", "line 3, column 2", "line 4, column 1",
        "line 5: 3 numbers where line 2 has 2"}},
      [](const std::string& bytes) { parse_number_matrix(bytes, "m.1D"); });
}

TEST(NumberMatrix, reads_the_alice_time_courses) {
  ARCUATE_DATA_OR_SKIP(path, "alice/6mm/s18-timecourses.txt");
  const auto matrix = read_number_matrix(path);
  EXPECT_EQ(matrix.sizes(), (std::vector<int64_t>{362, 6}));
  EXPECT_EQ(matrix[0][0].item<double>(), 80.890972);
}

}  // namespace
}  // namespace arcuate
