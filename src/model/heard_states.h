// What a decoder looks at: the last states of the model that heard, for windows of a recording.
// Shapes: N samples, S frames of a window, C width.
#pragma once
#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "core/compute.h"
#include "core/scratch_file.h"
#include "model/model.h"
#include "model/sound_extract.h"
#include "model/sound_input.h"

namespace arcuate {

/// An encoder that is in memory hears a window when its states are asked for. One that is read layer by layer hears all
/// windows first, and their states wait in a scratch file of its folder: the bytes are the same. Refers to `encoder`.
class HeardStates {
 public:
  /// samples: N, at the rate of `input`, whose windows are filled up to the same length. Errors: as run_inputs.
  HeardStates(const Model& encoder, SoundInput input, at::Tensor samples, std::vector<SoundWindow> windows,
              const Compute& compute);

  int64_t frames() const { return frames_; }  ///< S.
  /// 1 x S x C. May be called from several threads.
  at::Tensor of(size_t window) const;

 private:
  at::Tensor sound(size_t window) const;
  int64_t bytes() const;  // of a window's states
  void hear_all(const Compute& compute);

  const Model& encoder_;
  SoundInput input_;
  at::Tensor samples_;
  std::vector<SoundWindow> windows_;
  int64_t frames_ = 0;
  std::unique_ptr<ScratchFile> file_;
};

}  // namespace arcuate
