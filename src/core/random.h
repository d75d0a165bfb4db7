// Seeded random numbers: splitmix64 (Steele, Lea, Flood 2014), the same on every machine.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace arcuate {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next();
  /// As if `count` numbers had been drawn.
  void skip(uint64_t count);
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  /// Standard normal by the cosine branch of Box-Muller; draws two numbers each time.
  double normal();
  /// Uniform in [0, n), without modulo bias.
  uint64_t below(uint64_t n);
  /// A random order of 0 … n-1 (Fisher-Yates).
  std::vector<int64_t> permutation(int64_t n);

 private:
  uint64_t state_;
};

/// A seed of its own for a named part of the work, so that parts do not share a stream of numbers.
uint64_t derive_seed(uint64_t seed, std::string_view name);

}  // namespace arcuate
