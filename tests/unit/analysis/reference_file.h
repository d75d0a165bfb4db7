// Reference numbers of tests/reference/regression as tensors.
#pragma once
#include <ATen/ATen.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "support.h"

namespace arcuate::test {

inline nlohmann::json reference(const std::string& name) {
  std::ifstream file(source_path("reference/regression") / name);
  return nlohmann::json::parse(file);
}

/// A list of numbers, or of rows of numbers.
inline at::Tensor numbers(const nlohmann::json& values) {
  if (!values.front().is_array()) return to_tensor(values.get<std::vector<double>>());
  std::vector<at::Tensor> rows;
  for (const auto& row : values) rows.push_back(numbers(row));
  return at::stack(rows);
}

}  // namespace arcuate::test
