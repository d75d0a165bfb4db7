// Simplices as numbers, against lists of vertices.
#include "topology/simplices.h"

#include <gtest/gtest.h>

#include "topology/coefficients.h"
#include "topology/cofacets.h"
#include "unit/topology/barcodes.h"

using namespace arcuate;
using namespace arcuate::test;

TEST(Simplices, are_numbered_in_colexicographic_order) {
  const Binomials binomials(9, 4);
  int64_t index = 0;
  for (int d = 0; d < 9; ++d)
    for (int c = 0; c < d; ++c)
      for (int b = 0; b < c; ++b)
        for (int a = 0; a < b; ++a) {
          Vertices vertices;
          binomials.vertices(index++, 4, vertices);
          EXPECT_EQ((std::vector<int32_t>(vertices.begin(), vertices.begin() + 4)), (std::vector<int32_t>{d, c, b, a}));
        }
  EXPECT_EQ(index, binomials(9, 4));
}

TEST(Simplices, have_binomials_up_to_63_bits) {
  EXPECT_EQ(binomial(66, 33), 7219428434016265740);
  EXPECT_EQ(binomial(67, 33), -1);
  EXPECT_EQ(binomial(5, 0), 1);
  EXPECT_EQ(binomial(3, 4), 0);
  EXPECT_EQ(binomial(3'000'000'000, 2), 4499999998500000000);
}

// The coboundary of a coboundary is zero: signs and indices of facets and cofacets fit each other.
TEST(Simplices, have_facets_and_cofacets_that_are_each_others_transposes) {
  const auto distances = tied_distances(8, 50, 2);
  const auto sparse = sparse_distances(distances, 50);
  const Binomials binomials(8, 5);
  const Complex complex{binomials, 50};
  std::map<std::pair<int64_t, int64_t>, int32_t> down, up, sparse_up;
  std::vector<float> diameters;
  for (int64_t index = 0; index < binomials(8, 4); ++index) {
    Facets<LowerDistances> facets(distances, complex, {index, 0}, 4);
    for (Simplex facet; facets.next(facet);) down[{facet.index, index}] = facet.coefficient;
  }
  for (int64_t index = 0; index < binomials(8, 3); ++index) {
    Cofacets<LowerDistances> all(distances, complex, {index, 0}, 3, Which::all);
    Cofacets<SparseDistances> known(sparse, complex, {index, 0}, 3, Which::all);
    int64_t last = binomials(8, 4);
    for (Simplex cofacet; all.next(cofacet);) {
      up[{index, cofacet.index}] = cofacet.coefficient;
      EXPECT_LT(cofacet.index, last);
      last = cofacet.index;
    }
    for (Simplex cofacet; known.next(cofacet);) sparse_up[{index, cofacet.index}] = cofacet.coefficient;
  }
  EXPECT_EQ(up.size(), 4u * 70);
  EXPECT_EQ(up, down);
  EXPECT_EQ(sparse_up, down);
}

TEST(Coefficients, are_a_field) {
  EXPECT_TRUE(is_small_prime(2) && is_small_prime(46337));
  EXPECT_FALSE(is_small_prime(1) || is_small_prime(9) || is_small_prime(46349));
  for (const int32_t prime : {3, 7, 46337}) {
    const ModPrime field(prime);
    for (int32_t a = 1; a < std::min(prime, 200); ++a) {
      EXPECT_EQ(field.multiply(a, field.inverse(a)), 1);
      EXPECT_EQ(field.add(a, field.negate(a)), 0);
    }
    EXPECT_EQ(field.multiply(prime - 1, prime - 1), 1);
  }
}
