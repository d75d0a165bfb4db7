// Any bytes as distances in every format: an Error, or a matrix whose size the bytes can hold.
#include "only_errors.h"
#include "topology/distance_text.h"

using namespace arcuate;

static void check(const LowerDistances& distances) {
  if (distances.points < 1) std::abort();
  if (distances.values.size() != static_cast<size_t>(distances.points * (distances.points - 1) / 2)) std::abort();
  for (const float d : distances.values)
    if (!(d >= 0)) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto text = fuzz::text_of(data, size);
  fuzz::only_errors([&] { check(parse_lower_distances(text, "fuzz")); });
  fuzz::only_errors([&] { check(parse_upper_distances(text, "fuzz")); });
  fuzz::only_errors([&] { check(parse_full_distances(text, "fuzz")); });
  fuzz::only_errors([&] {
    const auto sparse = parse_sparse_distances(text, "fuzz");
    for (int64_t i = 0; i < sparse.points(); ++i)
      for (const auto& [j, d] : sparse.neighbours[static_cast<size_t>(i)])
        if (j == i || !(d >= 0) || sparse(j, i) != d) std::abort();
  });
  fuzz::only_errors([&] {
    const auto cloud = parse_points(text, "fuzz");
    if (cloud.coordinates.size() != static_cast<size_t>(cloud.points * cloud.width)) std::abort();
  });
  return 0;
}
