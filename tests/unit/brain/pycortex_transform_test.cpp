#include "brain/pycortex_transform.h"

#include <ATen/ATen.h>

#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

std::string told(const std::string& text) {
  return message_of([&] { parse_pycortex_transform(text, "matrices.xfm"); });
}

TEST(PycortexTransform, is_the_matrix_called_coord) {
  const auto matrix = parse_pycortex_transform(
      R"({"coord": [[0.5, 0, 0, 42], [0, -0.25, 1e-3, 41.5], [0, 0, 2, 7], [0, 0, 0, 1]], "magnet": [[1, 0], 3]})",
      "x");
  const auto expected =
      at::tensor({0.5, 0.0, 0.0, 42.0, 0.0, -0.25, 1e-3, 41.5, 0.0, 0.0, 2.0, 7.0, 0.0, 0.0, 0.0, 1.0}, at::kDouble);
  EXPECT_TRUE(at::equal(matrix, expected.view({4, 4})));
}

TEST(PycortexTransform, other_files_are_refused) {
  EXPECT_TRUE(contains(told(R"({"magnet": []})"), {"matrices.xfm", "'coord' is missing", "four rows of four"}));
  EXPECT_TRUE(contains(told("[]"), {"is missing"}));
  EXPECT_TRUE(contains(told(R"({"coord": [[1, 0, 0, 0]]})"), {"has not four rows"}));
  EXPECT_TRUE(
      contains(told(R"({"coord": [[1, 0, 0, 0], [0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1]]})"), {"a row of other"}));
  EXPECT_TRUE(contains(told(R"({"coord": [[1, 0, 0, "0"], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]})"),
                       {"something that is no number"}));
  EXPECT_TRUE(
      contains(told(R"({"coord": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0.1, 1]]})"), {"another last row"}));
  EXPECT_TRUE(contains(told(R"({"coord": [[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]})"), {"no inverse"}));
  EXPECT_TRUE(contains(told("{"), {"matrices.xfm"}));
}

}  // namespace
}  // namespace arcuate
