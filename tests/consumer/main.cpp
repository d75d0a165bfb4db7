// Uses the installed library as another project would: only its headers, its targets and its errors.
#include <fmt/format.h>

#include "core/error.h"
#include "core/hash.h"
#include "core/random.h"
#include "core/version.h"

int main() {
  arcuate::Random random(1);
  fmt::print("version {}\n", arcuate::version);
  fmt::print("sha256 {}\n", arcuate::sha256("abc"));
  fmt::print("random {}\n", random.next());
  try {
    arcuate::bad_input("expected {}, found {}", 1, 2);
  } catch (const arcuate::Error& error) {
    fmt::print("error {}\n", error.what());
  }
}
