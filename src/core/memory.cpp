#include "core/memory.h"

#include <c10/util/Exception.h>
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <new>
#include <string>
#include <string_view>

namespace arcuate {

int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t whole = 0, resident = 0;
  return file >> whole >> resident ? resident * sysconf(_SC_PAGESIZE) : 0;
}

int64_t peak_memory() {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    int64_t kilobytes = 0;
    if (word == "VmHWM:" && file >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

void release_freed_memory() { malloc_trim(0); }

// libtorch has no exception of its own for memory of the processor that it did not get.
bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) || dynamic_cast<const c10::OutOfMemoryError*>(&error)) return true;
  const auto* own = dynamic_cast<const c10::Error*>(&error);
  return own && std::string_view(own->what_without_backtrace()).find("DefaultCPUAllocator") != std::string_view::npos;
}

}  // namespace arcuate
