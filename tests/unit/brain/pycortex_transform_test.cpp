#include "brain/pycortex_transform.h"

#include <ATen/ATen.h>

#include "malformed.h"

namespace arcuate {
namespace {

TEST(PycortexTransform, is_the_matrix_called_coord) {
  const auto matrix = parse_pycortex_transform(
      R"({"coord": [[0.5, 0, 0, 42], [0, -0.25, 1e-3, 41.5], [0, 0, 2, 7], [0, 0, 0, 1]], "magnet": [[1, 0], 3]})",
      "x");
  const auto expected =
      at::tensor({0.5, 0.0, 0.0, 42.0, 0.0, -0.25, 1e-3, 41.5, 0.0, 0.0, 2.0, 7.0, 0.0, 0.0, 0.0, 1.0}, at::kDouble);
  EXPECT_TRUE(at::equal(matrix, expected.view({4, 4})));
}

std::string rows(const std::string& first, const std::string& last = "[0, 0, 0, 1]") {
  return R"({"coord": [)" + first + ", [0, 1, 0, 0], [0, 0, 1, 0], " + last + "]}";
}

TEST(PycortexTransformMalformed, files_are_refused) {
  test::expect_refused({{"empty", "", "'matrices.xfm' is not valid JSON", "byte"},
                        {"cut", "{\"coord\": [[1,", "'matrices.xfm' is not valid JSON", "byte"},
                        {"UTF-16", std::string("\xFF\xFE{\0", 4), "'matrices.xfm' is UTF-16 text"},
                        {"NaN", rows("[NaN, 0, 0, 0]"), "is not valid JSON"},
                        {"another matrix", R"({"magnet": []})", "'coord' is missing", "four rows of four"},
                        {"a list", "[]", "'coord' is missing"},
                        {"a text", R"({"coord": "1 0 0 0"})", "has not four rows"},
                        {"one row", R"({"coord": [[1, 0, 0, 0]]})", "has not four rows"},
                        {"three numbers", rows("[1, 0, 0]"), "has no four numbers in row 1"},
                        {"a row that is none", rows("7"), "has no four numbers in row 1"},
                        {"a text for a number", rows("[1, 0, \"0\", 0]"), "holds no number in row 1, column 3"},
                        {"null", rows("[1, null, 0, 0]"), "holds no number in row 1, column 2"},
                        {"a number beyond float64", rows("[1e999, 0, 0, 0]"), "'matrices.xfm'", "too large"},
                        {"another last row", rows("[1, 0, 0, 0]", "[0, 0, 0.1, 1]"), "another last row"},
                        {"no inverse", rows("[0, 1, 0, 0]"), "no inverse"}},
                       [](const std::string& text) { parse_pycortex_transform(text, "matrices.xfm"); });
}

}  // namespace
}  // namespace arcuate
