#include "io/freesurfer_annot.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/text.h"
#include "io/big_endian.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr int version = 2;
constexpr int no_index = -1;

int packed_colour(const FreesurferColour& colour) {
  return colour.rgba[0] | colour.rgba[1] << 8 | colour.rgba[2] << 16;
}

std::string counted_text(BigEndianReader& reader, const char* what, const std::string& source) {
  const size_t begin = reader.at();
  const auto text = reader.text(reader.count(what), what);
  const auto name = text.substr(0, text.find('\0'));
  if (invalid_utf8(name)) bad_input("'{}': {} at byte {} is not valid UTF-8", source, what, begin);
  return std::string(name);
}

FreesurferColour read_entry(BigEndianReader& reader, std::optional<int> index, const std::string& source,
                            Problems& problems) {
  FreesurferColour entry;
  entry.index = index ? *index : reader.integer("the index of a colour");
  entry.name = counted_text(reader, "the name of a region", source);
  for (size_t i = 0; i < 4; ++i) {
    const auto part = reader.integer("a colour");
    const bool fits = part >= 0 && part <= 255;
    if (!fits)
      problems.add("region '{}' (index {}): {} is {}, 0 to 255 expected", excerpt(entry.name), entry.index,
                   std::array{"red", "green", "blue", "transparency"}[i], part);
    if (fits) entry.rgba[i] = static_cast<uint8_t>(i == 3 ? 255 - part : part);
  }
  return entry;
}

std::vector<FreesurferColour> read_colours(BigEndianReader& reader, const std::string& source) {
  constexpr int64_t smallest_entry = 20;  // an empty name and a colour
  if (reader.integer("the table of colours") == 0)
    bad_input("'{}' has no table of colours: the regions have no names", source);
  const auto head = reader.integer("the version of the table");
  if (head < 0 && head != -version)
    bad_input("'{}': the table of colours has version {}; 1 and {} are known", source, -int64_t{head}, version);
  Problems problems("'" + source + "'");
  const bool indexed = head < 0;
  const auto indices = indexed ? reader.count("the number of indices") : head;
  counted_text(reader, "the file of colours", source);
  const auto entries = indexed ? reader.count("the number of regions") : indices;
  if (static_cast<uint64_t>(entries) > reader.left() / smallest_entry)
    bad_input("'{}' is truncated: {} regions need at least {} bytes at byte {}, {} are left", source, entries,
              smallest_entry * entries, reader.at(), reader.left());
  std::vector<FreesurferColour> table;
  std::set<int> known;
  for (int i = 0; i < static_cast<int>(entries); ++i) {
    auto entry = read_entry(reader, indexed ? std::nullopt : std::optional(i), source, problems);
    if (entry.index < 0 || entry.index >= indices)
      problems.add("region '{}' has the index {}, 0 to {} expected", excerpt(entry.name), entry.index, indices - 1);
    else if (!known.insert(entry.index).second)
      problems.add("region '{}' has the index {} of another", excerpt(entry.name), entry.index);
    table.push_back(std::move(entry));
  }
  problems.raise();
  std::sort(table.begin(), table.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  return table;
}

// Colours of regions to their indices; those that several regions have, to no_index.
std::map<int, int> indices_of(const std::vector<FreesurferColour>& table) {
  std::map<int, int> indices;
  for (const auto& entry : table) {
    const auto [known, fresh] = indices.emplace(packed_colour(entry), entry.index);
    if (!fresh) known->second = no_index;
  }
  return indices;
}

at::Tensor vertex_indices(const at::Tensor& pairs, const std::vector<FreesurferColour>& table,
                          const std::string& source) {
  const auto colours = indices_of(table);
  const int64_t vertices = pairs.size(0);
  auto indices = at::full({vertices}, no_index, at::kInt);
  const int* pair = pairs.data_ptr<int>();
  int* out = indices.data_ptr<int>();
  std::vector<bool> seen(static_cast<size_t>(vertices));
  std::map<int, int64_t> unknown, ambiguous;  // colour: how many vertices have it
  Problems problems("'" + source + "'");
  for (int64_t i = 0; i < vertices; ++i, pair += 2) {
    if (pair[0] < 0 || pair[0] >= vertices) {
      problems.add("entry {} is about vertex {}, which does not exist: there are {}", i, pair[0], vertices);
      continue;
    }
    if (seen[static_cast<size_t>(pair[0])]) problems.add("entry {} is about vertex {} again", i, pair[0]);
    seen[static_cast<size_t>(pair[0])] = true;
    const auto found = colours.find(pair[1]);
    if (found != colours.end() && found->second != no_index)
      out[pair[0]] = found->second;
    else if (pair[1] != 0)
      ++(found == colours.end() ? unknown : ambiguous)[pair[1]];
  }
  for (const auto& [colour, count] : unknown)
    problems.add("{} vertices have the colour {}, which no region has", count, colour);
  for (const auto& [colour, count] : ambiguous)
    problems.add("{} vertices have the colour {}, which several regions have", count, colour);
  problems.raise();
  return indices;
}

}  // namespace

FreesurferAnnot parse_freesurfer_annot(std::string_view bytes, const std::string& source) {
  BigEndianReader reader(bytes, source);
  const auto vertices = reader.count("the number of vertices");
  const auto pairs = reader.numbers(2 * vertices, at::kInt, "vertices and colours").view({vertices, 2});
  if (vertices == 0) bad_input("'{}' has no vertices", source);
  FreesurferAnnot annot;
  annot.table = read_colours(reader, source);
  if (reader.left() > 0)
    bad_input("'{}': {} bytes follow the table of colours at byte {}: do the counts fit?", source, reader.left(),
              reader.at());
  annot.indices = vertex_indices(pairs, annot.table, source);
  return annot;
}

}  // namespace arcuate
