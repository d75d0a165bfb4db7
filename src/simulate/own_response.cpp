#include "simulate/own_response.h"

#include "core/random.h"

namespace arcuate {

HaemodynamicResponse own_response(const ResponseSpread& spread, uint64_t seed) {
  Random random(seed);
  HaemodynamicResponse response;
  response.peak += spread.peak * (2 * random.uniform() - 1);
  response.undershoot_size *= 1 + spread.undershoot * (2 * random.uniform() - 1);
  return response;
}

}  // namespace arcuate
