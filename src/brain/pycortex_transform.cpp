#include "brain/pycortex_transform.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "io/json.h"

namespace arcuate {
namespace {

constexpr const char* wanted = "coord";

}  // namespace

at::Tensor parse_pycortex_transform(std::string_view text, const std::string& source) {
  const auto json = parse_json(text, source);
  const auto refuse = [&](const std::string& why) {
    bad_input("'{}': '{}' {}; a transform of pycortex has there four rows of four numbers, the last 0 0 0 1", source,
              wanted, why);
  };
  if (!json.is_object() || !json.contains(wanted)) refuse("is missing");
  const auto& rows = json.at(wanted);
  if (!rows.is_array() || rows.size() != 4) refuse("has not four rows");
  auto matrix = at::empty({4, 4}, at::kDouble);
  for (size_t i = 0; i < 4; ++i) {
    if (!rows[i].is_array() || rows[i].size() != 4) refuse(fmt::format("has no four numbers in row {}", i + 1));
    for (size_t j = 0; j < 4; ++j) {
      if (!rows[i][j].is_number()) refuse(fmt::format("holds no number in row {}, column {}", i + 1, j + 1));
      matrix.data_ptr<double>()[4 * i + j] = rows[i][j].get<double>();
    }
  }
  if (!matrix[3].equal(at::tensor({0.0, 0.0, 0.0, 1.0}, at::kDouble))) refuse("has another last row");
  const auto volume = at::det(matrix).item<double>();
  if (!std::isfinite(volume) || volume == 0) refuse("has no inverse");
  return matrix;
}

at::Tensor read_pycortex_transform(const std::filesystem::path& path) {
  return parse_pycortex_transform(MappedFile(path).bytes(), path.string());
}

}  // namespace arcuate
