// How a computation runs: threads, device, and whom to tell of progress. Passed down as an argument, never global.
#pragma once
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>

namespace arcuate {

struct Compute {
  int threads = 1;                           ///< Worker threads of our own loops; results do not depend on it.
  c10::Device device{c10::DeviceType::CPU};  ///< Where tensors are multiplied.
  /// Bytes that the process may come to while it computes; 0: no limit. Ridge regression keeps below it.
  int64_t memory = 0;
  std::function<void(int64_t done, int64_t total)> progress{};  ///< Called from one thread at a time; may be empty.
};

}  // namespace arcuate
