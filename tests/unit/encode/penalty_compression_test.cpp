// Few functions for many penalties: within the tolerance for every eigenvalue and penalty, and few indeed.
#include "encode/penalty_compression.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/tensor.h"
#include "encode/delays.h"
#include "input/story.h"
#include "model/extract.h"
#include "support.h"

using namespace arcuate;

namespace {

std::vector<double> grid(int64_t count, double low = 1, double high = 7) {
  std::vector<double> penalties;
  for (int64_t l = 0; l < count; ++l)
    penalties.push_back(std::pow(10, low + (high - low) * static_cast<double>(l) / static_cast<double>(count - 1)));
  return penalties;
}

// 10^6 i^-1.4, ascending, after `nulls` zeros.
at::Tensor spectrum(int64_t count, int64_t nulls = 0) {
  const auto values = 1e6 * at::arange(1, count + 1, at::kDouble).pow(-1.4).flip(0);
  return at::cat({at::zeros({nulls}, at::kDouble), values});
}

double largest_error(const at::Tensor& eigenvalues, const std::vector<double>& penalties, double tolerance) {
  const auto exact = (eigenvalues.unsqueeze(1) + to_tensor(penalties)).reciprocal();
  auto found = at::zeros_like(exact);
  int64_t next = 0;
  for (const auto& block : compress_penalties(eigenvalues, penalties, tolerance)) {
    EXPECT_EQ(block.begin, next);
    next = block.end;
    found.slice(0, block.begin, block.end).add_(block.weights.mm(block.coefficients));
  }
  EXPECT_EQ(next, eigenvalues.size(0));
  return ((found - exact).abs() / exact).max().item<double>();
}

double products_an_eigenvalue(const std::vector<double>& penalties, double tolerance) {
  const auto eigenvalues = spectrum(1600);
  int64_t products = 0;
  for (const auto& block : compress_penalties(eigenvalues, penalties, tolerance))
    products += (block.end - block.begin) * block.weights.size(1);
  return static_cast<double>(products) / 1600;
}

}  // namespace

TEST(PenaltyCompression, keeps_every_function_within_the_tolerance) {
  for (const double tolerance : {1e-3, 1e-6, 1e-10, 1e-13})
    for (const int64_t nulls : {0, 50}) {
      EXPECT_LE(largest_error(spectrum(700, nulls), grid(12), tolerance), std::max(tolerance, 1e-14)) << tolerance;
      EXPECT_LE(largest_error(spectrum(700, nulls), grid(30, -4, 9), tolerance), std::max(tolerance, 1e-14));
    }
  EXPECT_LE(largest_error(spectrum(5), grid(12), 1e-6), 1e-6);
  EXPECT_LE(largest_error(at::zeros({4}, at::kDouble), {10.0}, 1e-6), 1e-6);
  EXPECT_GT(largest_error(spectrum(700), grid(12), 1e-3), 1e-10);
}

TEST(PenaltyCompression, needs_hardly_more_products_for_more_penalties) {
  const double ten = products_an_eigenvalue(grid(10), 1e-6), forty = products_an_eigenvalue(grid(40), 1e-6);
  EXPECT_LT(ten, 6);
  EXPECT_LT(forty, 1.5 * ten);
  EXPECT_LT(products_an_eigenvalue(grid(10), 1e-4), ten);
}

// Hidden states of a story, as delayed rows: their spectra are what compression meets.
TEST(PenaltyCompression, keeps_the_tolerance_on_hidden_states) {
  ARCUATE_DATA_OR_SKIP(root, "models");
  ARCUATE_DATA_OR_SKIP(table, "alice/alice_words.tsv");
  const auto words = read_story(table).words;
  std::vector<std::string> texts;
  for (size_t i = 0; i < 600; ++i) texts.push_back(words[i].text);
  const std::vector<int64_t> delays{1, 2, 3, 4};
  const std::vector<RowRange> whole{{0, 600}};
  for (const char* name : {"stories260K", "tales-100k", "tales-3m"}) {
    const auto states = extract(Model::load(root / name), Tokenizer::load(root / name), texts, {}, {}).states;
    for (int64_t layer = 0; layer < states.size(0); ++layer) {
      const auto x = states[layer].to(at::kDouble);
      const auto design = delayed((x - x.mean(0)) / x.std(0), delays, whole);
      const auto eigenvalues = std::get<0>(at::linalg_eigh(design.mm(design.t()))).clamp_min(0);
      for (const double tolerance : {1e-3, 1e-6})
        EXPECT_LE(largest_error(eigenvalues, grid(20, 0), tolerance), tolerance) << name << " layer " << layer;
    }
  }
}
