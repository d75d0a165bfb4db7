#include "io/freesurfer_surface.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "io/big_endian.h"

namespace arcuate {
namespace {

constexpr std::string_view triangle_magic = "\xFF\xFF\xFE", quadrangle_magic = "\xFF\xFF\xFD";

void check_corners(const FreesurferSurface& surface, const std::string& source) {
  const auto vertices = surface.points.size(0);
  const auto outside = at::logical_or(surface.triangles < 0, surface.triangles >= vertices).any(1).nonzero();
  if (outside.size(0) == 0) return;
  const auto first = outside[0][0].item<int64_t>();
  const auto corners = surface.triangles[first];
  bad_input("'{}': {} triangles name vertices that do not exist (there are {}), the first is triangle {}: {} {} {}",
            source, outside.size(0), vertices, first, corners[0].item<int>(), corners[1].item<int>(),
            corners[2].item<int>());
}

// Counts that are too small leave bytes that do not look like a tagged piece.
void check_rest(BigEndianReader& reader, const std::string& source) {
  constexpr int largest_tag = 99;  // FreeSurfer 7 uses 1 to 44
  if (reader.left() == 0) return;
  const auto at = reader.at(), left = reader.left();
  const auto tag = left < 4 ? 0 : reader.integer("a tag");
  if (tag < 1 || tag > largest_tag)
    bad_input(
        "'{}': {} bytes follow the triangles at byte {} and are no tagged piece of FreeSurfer's: do the counts "
        "of vertices and triangles fit?",
        source, left, at);
}

// What stands behind "key" and an equals sign, up to the end of its line; nothing without such a line.
std::optional<std::string_view> value_of(std::string_view lines, std::string_view key) {
  for (size_t from = 0; from < lines.size();) {
    const auto end = std::min(lines.find('\n', from), lines.size());
    const auto line = lines.substr(from, end - from);
    const auto equal = line.find('=');
    // The first line has the bytes of a tag before its key.
    if (equal != line.npos && trim(line.substr(0, equal)).ends_with(key)) return trim(line.substr(equal + 1));
    from = end + 1;
  }
  return {};
}

std::optional<std::array<double, 3>> centre_of_volume(std::string_view rest) {
  const auto valid = value_of(rest, "valid"), text = value_of(rest, "cras");
  if (!valid || !valid->starts_with('1') || !text) return {};
  std::array<double, 3> centre{};
  size_t count = 0;
  for (const auto& field : split_fields(*text, ' ')) {
    if (field.empty()) continue;
    const auto number = to_double(field);
    if (!number || !std::isfinite(*number) || count == centre.size()) return {};
    centre[count++] = *number;
  }
  if (count != centre.size()) return {};
  return centre;
}

}  // namespace

bool is_freesurfer_surface(std::string_view bytes) { return bytes.starts_with(triangle_magic); }

FreesurferSurface parse_freesurfer_surface(std::string_view bytes, const std::string& source) {
  if (bytes.starts_with(quadrangle_magic))
    bad_input("'{}' is an old surface of quadrangles; convert it with FreeSurfer's mris_convert", source);
  if (!is_freesurfer_surface(bytes))
    bad_input("'{}' is not a surface of FreeSurfer: it does not begin with the bytes FF FF FE", source);
  BigEndianReader reader(bytes, source);
  reader.integer_of_3_bytes("the magic number");
  FreesurferSurface surface;
  const auto comment = reader.text_until('\n', "the comments");
  if (invalid_utf8(comment)) bad_input("'{}': the comment 'created by …' is not valid UTF-8", source);
  surface.comment = trim(comment);
  reader.text_until('\n', "the comments");
  const auto vertices = reader.count("the number of vertices"), triangles = reader.count("the number of triangles");
  surface.points = reader.numbers(3 * vertices, at::kFloat, "the points").view({vertices, 3});
  surface.triangles = reader.numbers(3 * triangles, at::kInt, "the triangles").view({triangles, 3});
  if (vertices == 0 || triangles == 0)
    bad_input("'{}' has {} vertices and {} triangles; at least one of each was expected", source, vertices, triangles);
  surface.centre = centre_of_volume(bytes.substr(reader.at()));
  check_rest(reader, source);
  check_corners(surface, source);
  return surface;
}

}  // namespace arcuate
