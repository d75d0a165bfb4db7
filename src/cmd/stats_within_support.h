// `stats` within one subject: two predictions of the same responses, read in blocks of targets.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/spec.h"
#include "core/compute.h"
#include "stats/paired_blocks.h"

namespace arcuate {

struct WithinSubject {
  std::string responses{};
  std::vector<std::string> predictions{};
  std::vector<int64_t> volumes{};
  int64_t block = PairedBlockOptions{}.block;
};
void describe_within_subject(cli::Spec<WithinSubject>& s);

/// What the arrays hold, once they are known to fit.
struct WithinData {
  PairedSource source{};
  int64_t rows = 0, targets = 0;
  std::vector<int64_t> story_lengths{};
};
/// Arrays are FILE.npy, FILE.h5:DATASET, FILE.npz:NAME or FILE.mat:NAME; .npy files of floats, and chunks of HDF5 of
/// more than `memory` bytes, are read in blocks of targets. Errors: usage (other than two predictions), input (shapes
/// that differ, volumes that do not add up).
WithinData read_within_subject(const WithinSubject& names, int64_t memory);
std::vector<std::filesystem::path> within_files(const WithinSubject& names);

}  // namespace arcuate
