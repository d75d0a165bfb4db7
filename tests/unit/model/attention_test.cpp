// Attention in blocks of queries against the formula over all of them at once.
#include "model/attention.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "core/tensor.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::largest_difference;

namespace {

at::Tensor numbers(int64_t windows, int64_t heads, int64_t tokens, int64_t size, uint64_t seed) {
  return random_normals(windows * heads, tokens * size, seed).view({windows, heads, tokens, size});
}

at::Tensor formula(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& added) {
  auto scores = at::einsum("bhtd,bhsd->bhts", {q, k}) / std::sqrt(static_cast<double>(q.size(3)));
  if (added.defined()) scores = scores + added;
  return at::einsum("bhts,bhsd->bthd", {scores.softmax(-1), v}).flatten(2);
}

at::Tensor hidden_future(int64_t tokens) {
  return at::full({tokens, tokens}, -std::numeric_limits<double>::infinity(), at::kDouble).triu(1);
}

}  // namespace

TEST(Attention, of_causal_windows_of_any_length_is_the_formula) {
  for (const int64_t tokens : {1, 127, 128, 129, 300}) {
    const auto q = numbers(2, 3, tokens, 4, 1), k = numbers(2, 3, tokens, 4, 2), v = numbers(2, 3, tokens, 4, 3);
    const auto added = hidden_future(tokens);
    EXPECT_LT(largest_difference(attention(q, k, v, {.added = added, .causal = true}), formula(q, k, v, added)), 1e-12);
  }
}

TEST(Attention, adds_what_differs_between_windows_and_heads) {
  const auto q = numbers(2, 3, 150, 4, 1), k = numbers(2, 3, 150, 4, 2), v = numbers(2, 3, 150, 4, 3);
  const auto bias = numbers(2, 3, 150, 150, 4), causal = bias + hidden_future(150);
  EXPECT_LT(largest_difference(attention(q, k, v, {.added = bias}), formula(q, k, v, bias)), 1e-12);
  EXPECT_LT(largest_difference(attention(q, k, v, {.added = causal, .causal = true}), formula(q, k, v, causal)), 1e-12);
}

TEST(Attention, looks_at_another_sequence) {
  const auto q = numbers(2, 3, 5, 4, 1), k = numbers(2, 3, 9, 4, 2), v = numbers(2, 3, 9, 4, 3);
  EXPECT_LT(largest_difference(attention(q, k, v, {}), formula(q, k, v, {})), 1e-12);
}
