// Any bytes as a sound file: an Error, or samples that are finite, in as many channels as there may be.
#include <ATen/ATen.h>

#include "io/sound_file.h"
#include "one_file.h"
#include "only_errors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  arcuate::fuzz::only_errors([&] {
    const auto file = arcuate::read_sound_file(arcuate::fuzz::file_of(arcuate::fuzz::text_of(data, size)));
    if (file.rate < 1 || file.samples.dim() != 2 || file.samples.numel() == 0) std::abort();
    if (!at::isfinite(file.samples).all().item<bool>()) std::abort();
  });
  return 0;
}
