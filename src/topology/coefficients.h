// Arithmetic of the field that homology is computed over: Z/2, where all of it is free, or Z/p for a small prime p.
// Elements are 0 … p - 1; signs are +1 and -1 until they are multiplied.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace arcuate {

struct ModTwo {
  int32_t from_sign(int32_t) const { return 1; }
  int32_t add(int32_t a, int32_t b) const { return a ^ b; }
  int32_t multiply(int32_t a, int32_t b) const { return a & b; }
  int32_t negate(int32_t a) const { return a; }
  int32_t inverse(int32_t a) const { return a; }
};

constexpr int32_t largest_modulus = 46337;  ///< The largest prime whose products fit in 31 bits.

class ModPrime {
 public:
  explicit ModPrime(int32_t prime) : prime_(prime), inverses_(static_cast<size_t>(prime), 1) {
    // p = (p / a) a + p mod a, so that 1 / a = -(p / a) / (p mod a).
    for (int32_t a = 2; a < prime; ++a)
      inverses_[static_cast<size_t>(a)] = negate(multiply(prime / a, inverses_[static_cast<size_t>(prime % a)]));
  }
  int32_t from_sign(int32_t sign) const { return sign > 0 ? 1 : prime_ - 1; }
  int32_t add(int32_t a, int32_t b) const { return a + b >= prime_ ? a + b - prime_ : a + b; }
  int32_t multiply(int32_t a, int32_t b) const { return a * b % prime_; }
  int32_t negate(int32_t a) const { return a == 0 ? 0 : prime_ - a; }
  int32_t inverse(int32_t a) const { return inverses_[static_cast<size_t>(a)]; }

 private:
  int32_t prime_;
  std::vector<int32_t> inverses_;
};

/// Whether `modulus` is a prime that ModPrime can hold.
constexpr bool is_small_prime(int64_t modulus) {
  if (modulus < 2 || modulus > largest_modulus) return false;
  for (int64_t divisor = 2; divisor * divisor <= modulus; ++divisor)
    if (modulus % divisor == 0) return false;
  return true;
}

}  // namespace arcuate
