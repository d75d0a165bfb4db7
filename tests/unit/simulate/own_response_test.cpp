// How haemodynamic responses differ between people.
#include "simulate/own_response.h"

#include <algorithm>
#include <set>

#include "fixture.h"

using namespace arcuate;

TEST(OwnResponse, responses_are_decided_by_the_seed_and_lie_within_the_spread) {
  const ResponseSpread spread{.peak = 0.5, .undershoot = 0.2};
  std::set<double> peaks;
  double lowest = 100, highest = 0, smallest = 1, largest = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const auto own = own_response(spread, seed);
    EXPECT_EQ(own.peak, own_response(spread, seed).peak);
    peaks.insert(own.peak);
    lowest = std::min(lowest, own.peak), highest = std::max(highest, own.peak);
    smallest = std::min(smallest, 6 * own.undershoot_size), largest = std::max(largest, 6 * own.undershoot_size);
  }
  EXPECT_EQ(peaks.size(), 500u);
  EXPECT_TRUE(lowest >= 5.5 && lowest < 5.52 && highest > 6.48 && highest <= 6.5) << lowest << " " << highest;
  EXPECT_TRUE(smallest >= 0.8 && smallest < 0.81 && largest > 1.19 && largest <= 1.2) << smallest << " " << largest;
}

TEST(OwnResponse, without_spread_everyone_responds_as_usual) {
  const auto own = own_response({.peak = 0, .undershoot = 0}, 9);
  EXPECT_EQ(response_weights(own, 2), response_weights({}, 2));
}
