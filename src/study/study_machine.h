// The machine that a study runs on, how much of it, and whether its models are read layer by layer there.
#pragma once
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>

namespace arcuate {

struct StudyMachine {
  c10::Device device{c10::DeviceType::CPU};  ///< Numbers differ between devices, and so do the units.
  /// Bytes that the process may take; 0: those that are free. Responses get a quarter of them, and are in a scratch
  /// file of the work folder where they need more.
  int64_t memory = 0;
  int threads = 1;  ///< Memory is planned for so many.
};

/// What a process may take, and where that comes from.
struct MemoryLimit {
  int64_t bytes = 0;
  bool given = false;  ///< By --memory-limit; else what is free.
};
MemoryLimit memory_limit(int64_t asked_for);

/// Whether a model of so many weights is read layer by layer: where a limit is given, or they would not fit in what is
/// free.
bool is_streamed(double weights, c10::ScalarType type, const MemoryLimit& limit);

}  // namespace arcuate
