// How people's haemodynamic responses differ from the usual one.
#pragma once
#include <cstdint>

#include "encode/haemodynamics.h"

namespace arcuate {

struct ResponseSpread {
  double peak = 0.7;        ///< Seconds by which a peak may differ (uniform), either way.
  double undershoot = 0.3;  ///< Likewise for the undershoot's size, as a share of it.
};

/// The response of one subject, decided by the seed.
HaemodynamicResponse own_response(const ResponseSpread& spread, uint64_t seed);

}  // namespace arcuate
