// Labels of rows or targets: one each, in order.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace arcuate {

/// One label a line of a text file, or whole numbers of FILE.npy. `what`: "row" or "target", for messages. Errors:
/// input, with the lines that are empty.
std::vector<std::string> read_labels(const std::filesystem::path& path, const char* what);

/// Numbers from 0 on, in the order in which labels appear.
struct NumberedLabels {
  std::vector<std::string> names{};  ///< Each once.
  std::vector<int64_t> numbers{};    ///< Of each label given.
};
NumberedLabels number_labels(const std::vector<std::string>& labels);

}  // namespace arcuate
