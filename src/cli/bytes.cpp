// Reading and writing amounts of memory.
#include "cli/bytes.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "core/text.h"

namespace arcuate::cli {

namespace {

struct Unit {
  const char* name;
  int64_t size;
};

constexpr int64_t kilo = 1000, kibi = 1024;
constexpr std::array units{Unit{"tb", kilo* kilo* kilo* kilo},
                           Unit{"gb", kilo* kilo* kilo},
                           Unit{"mb", kilo* kilo},
                           Unit{"kb", kilo},
                           Unit{"tib", kibi* kibi* kibi* kibi},
                           Unit{"gib", kibi* kibi* kibi},
                           Unit{"mib", kibi* kibi},
                           Unit{"kib", kibi},
                           Unit{"t", kibi* kibi* kibi* kibi},
                           Unit{"g", kibi* kibi* kibi},
                           Unit{"m", kibi* kibi},
                           Unit{"k", kibi},
                           Unit{"b", 1},
                           Unit{"", 1}};
// The spellings that are written, largest first where both would be exact.
constexpr std::array written{Unit{"TB", units[0].size},  Unit{"TiB", units[4].size}, Unit{"GB", units[1].size},
                             Unit{"GiB", units[5].size}, Unit{"MB", units[2].size},  Unit{"MiB", units[6].size},
                             Unit{"kB", units[3].size},  Unit{"KiB", units[7].size}};

}  // namespace

std::optional<Bytes> parse_bytes(std::string_view text) {
  const auto lower = lower_ascii(trim(text));
  const auto digits = lower.find_last_of("0123456789.");
  if (digits == lower.npos) return std::nullopt;
  const auto number = to_double(trim(std::string_view(lower).substr(0, digits + 1)));
  const auto name = trim(std::string_view(lower).substr(digits + 1));
  if (!number || *number < 0) return std::nullopt;
  for (const auto& unit : units)
    if (name == unit.name) {
      const double count = std::round(*number * static_cast<double>(unit.size));
      if (count > 9e18) return std::nullopt;
      return Bytes{static_cast<int64_t>(count)};
    }
  return std::nullopt;
}

std::string exact_bytes(Bytes bytes) {
  for (const auto& unit : written)
    if (bytes.count > 0 && bytes.count % unit.size == 0) return fmt::format("{}{}", bytes.count / unit.size, unit.name);
  return std::to_string(bytes.count);
}

std::string readable_bytes(Bytes bytes) {
  for (const auto& unit : {written[0], written[2], written[4], written[6]})
    if (bytes.count >= unit.size)
      return fmt::format("{:.1f} {}", static_cast<double>(bytes.count) / static_cast<double>(unit.size), unit.name);
  return fmt::format("{} B", bytes.count);
}

}  // namespace arcuate::cli
