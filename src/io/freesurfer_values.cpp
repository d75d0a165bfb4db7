#include "io/freesurfer_values.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "io/big_endian.h"

namespace arcuate {
namespace {

constexpr std::string_view magic = "\xFF\xFF\xFF";

at::Tensor old_values(BigEndianReader& reader, int64_t vertices, const std::string& source) {
  reader.integer_of_3_bytes("the number of triangles");
  const auto bytes = static_cast<uint64_t>(2 * vertices);
  if (vertices == 0 || reader.left() != bytes)
    bad_input(
        "'{}' holds no values a vertex: it neither begins with the bytes FF FF FF nor has the length of an old "
        "file of {} vertices ({} bytes)",
        source, vertices, reader.at() + bytes);
  constexpr float units = 100;
  return reader.numbers(vertices, at::kShort, "the values").to(at::kFloat) / units;
}

}  // namespace

bool is_freesurfer_values(std::string_view bytes) { return bytes.starts_with(magic); }

at::Tensor parse_freesurfer_values(std::string_view bytes, const std::string& source) {
  BigEndianReader reader(bytes, source);
  const int64_t start = reader.integer_of_3_bytes("the first number");
  if (!is_freesurfer_values(bytes)) return old_values(reader, start, source);
  const auto vertices = reader.count("the number of vertices");
  reader.count("the number of triangles");
  const auto values = reader.count("the number of values a vertex");
  if (vertices == 0 || values != 1)
    bad_input("'{}' has {} vertices and {} values a vertex; at least one vertex and one value were expected", source,
              vertices, values);
  const auto tensor = reader.numbers(vertices, at::kFloat, "the values");
  if (reader.left() > 0)
    bad_input("'{}': {} bytes follow the values of {} vertices at byte {}: does the count fit?", source, reader.left(),
              vertices, reader.at());
  return tensor;
}

}  // namespace arcuate
