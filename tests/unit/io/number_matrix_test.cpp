#include "io/number_matrix.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

std::string error_of(const std::string& bytes) {
  return message_of([&] { parse_number_matrix(bytes, "m.1D"); });
}

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

TEST(NumberMatrix, tells_of_all_bad_fields_and_ragged_lines_at_once) {
  EXPECT_TRUE(contains(error_of("#\n1 2\n1 x\n1,5 2\n1 2 3\n"),
                       {"m.1D", "3 problems", "line 3, column 2", "'x'", "line 4, column 1", "'1,5'",
                        "line 5: 3 numbers where line 2 has 2"}));
}

TEST(NumberMatrix, a_file_without_numbers_is_an_error) {
  EXPECT_TRUE(contains(error_of("# nothing\n\n"), {"m.1D", "no numbers"}));
}

TEST(NumberMatrix, reads_the_alice_time_courses) {
  ARCUATE_DATA_OR_SKIP(path, "alice/6mm/s18-timecourses.txt");
  const auto matrix = read_number_matrix(path);
  EXPECT_EQ(matrix.sizes(), (std::vector<int64_t>{362, 6}));
  EXPECT_EQ(matrix[0][0].item<double>(), 80.890972);
}

}  // namespace
}  // namespace arcuate
