// Maps of named brain networks: what atoms of a model are compared with. Used by the command `networks` and by studies.
// Shapes: F networks, V vertices or other targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace arcuate {

struct NetworkTemplates {
  std::vector<std::string> names{};
  at::Tensor values{};  ///< F x V, float64.
};

/// .npy (F x V, `names` one each or none) or .tsv (a row a vertex, a column a network). Only `wanted` are kept, in
/// their order; empty: all. Errors: usage (unknown networks), input.
NetworkTemplates read_templates(const std::filesystem::path& path, const std::vector<std::string>& names,
                                const std::vector<std::string>& wanted);

/// A table with a column `target` (rows in any order; targets without a row are in no network) and a column a network.
/// Errors: usage (unknown networks); input, all at once: targets that are not there, or there twice.
NetworkTemplates read_target_templates(const std::filesystem::path& path, const std::vector<std::string>& targets,
                                       const std::vector<std::string>& wanted);

/// Values above the threshold at the vertices kept, others 0; 1 or divided by the deviation as maps are. Errors: input,
/// naming every network of which nothing is left.
at::Tensor network_extents(const NetworkTemplates& templates, const std::vector<int64_t>& vertices, double threshold,
                           bool binary);

}  // namespace arcuate
