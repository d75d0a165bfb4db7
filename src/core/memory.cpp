#include "core/memory.h"

#include <unistd.h>

#include <fstream>

namespace arcuate {

int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t whole = 0, resident = 0;
  return file >> whole >> resident ? resident * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace arcuate
