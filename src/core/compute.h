// How a computation runs: threads, device, and whom to tell of progress. Passed down as an argument, never global.
#pragma once
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>

namespace arcuate {

struct Compute {
  int threads = 1;                           ///< Worker threads of our own loops; results do not depend on it.
  c10::Device device{c10::DeviceType::CPU};  ///< Where tensors are multiplied.
  std::function<void(int64_t done, int64_t total)> progress{};  ///< Called from one thread at a time; may be empty.
};

}  // namespace arcuate
