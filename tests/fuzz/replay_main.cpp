// Replays kept inputs through the fuzz targets, built without libFuzzer: replay FOLDER runs every file of
// FOLDER/seeds/<target> and FOLDER/found/<target>, and an empty one. A target ends the program where a promise is
// broken; the last line then names the input.
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "core/files.h"

#define ARCUATE_FUZZER(name) extern "C" int fuzz_##name(const uint8_t* data, size_t size);
#include "fuzzers.inc"
#undef ARCUATE_FUZZER

namespace {

namespace fs = std::filesystem;

struct Target {
  const char* name;
  int (*run)(const uint8_t* data, size_t size);
};

constexpr Target targets[] = {
#define ARCUATE_FUZZER(name) {#name, fuzz_##name},
#include "fuzzers.inc"
#undef ARCUATE_FUZZER
};

// An input that makes a reader ask for more memory than any needs fails, whatever the machine has. The address
// sanitizer has such a bound of its own (max_allocation_size_mb).
void bound_memory() {
#ifndef __SANITIZE_ADDRESS__
  constexpr rlim_t bytes = rlim_t{2} << 30;
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_DATA, &limit);
#endif
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void replay(const Target& target, const std::string& place, const std::string& bytes) {
  std::cout << target.name << ": " << place << std::endl;  // now: the target may end the program
  // A copy of exactly this size: reading past its end is seen.
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  target.run(copy.data(), copy.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: replay FOLDER\n";
    return 2;
  }
  bound_memory();
  const fs::path folder = argv[1];
  for (const Target& target : targets) {
    const auto seeds = files_in(folder / "seeds" / target.name);
    if (seeds.empty()) {
      std::cout << target.name << ": no seeds in " << folder / "seeds" << "\n";
      return 1;
    }
    replay(target, "no bytes", "");
    for (const auto& file : seeds) replay(target, file.string(), arcuate::read_file(file));
    for (const auto& file : files_in(folder / "found" / target.name))
      replay(target, file.string(), arcuate::read_file(file));
  }
  return 0;
}
