// What `encode` makes of its feature files before delays: features of kernels, a prior covariance of the weights,
// principal components.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/spec.h"
#include "cmd/encode_data_support.h"
#include "encode/ridge.h"

namespace arcuate {

struct EncodeDesign {
  bool kernel = false;
  std::string prior{};
  std::optional<int64_t> components{};
};

void describe_encode_design(cli::Spec<EncodeDesign>& s);
/// Errors: usage (options that exclude each other).
void check_encode_design(const EncodeDesign& options, bool bands, bool delays, const RidgeOptions& ridge);

/// The data with features made from kernels or transformed by the prior. Errors: input, naming the file.
EncodeData with_design(const EncodeDesign& options, const ArrayNames& arrays, EncodeData data);

/// The files behind the options.
std::vector<std::filesystem::path> design_files(const EncodeDesign& options);

}  // namespace arcuate
