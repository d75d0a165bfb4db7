// JSON files: read with the position of a fault, written atomically in insertion order.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

namespace arcuate {

using Json = nlohmann::ordered_json;
/// For files with many keys: each new key of the ordered kind is compared with all before it.
using SortedJson = nlohmann::json;

/// Errors: input, with the file and the byte of the first fault.
Json read_json(const std::filesystem::path& path);
Json parse_json(std::string_view text, const std::string& source);
SortedJson parse_sorted_json(std::string_view text, const std::string& source);
SortedJson read_sorted_json(const std::filesystem::path& path);
/// As UTF-8, whatever its texts hold: bytes that are not (of a path, say) are replaced.
std::string json_text(const Json& json, int indent);
void write_json(const std::filesystem::path& path, const Json& json);

/// The value of `key`, converted to T; an input error naming `source`, the key and the type found when absent or of
/// another kind.
template <class T>
T json_value(const Json& json, const std::string& key, const std::string& source);
/// As above, but `fallback` when the key is absent or null.
template <class T>
T json_value_or(const Json& json, const std::string& key, T fallback, const std::string& source) {
  return json.contains(key) && !json.at(key).is_null() ? json_value<T>(json, key, source) : fallback;
}

}  // namespace arcuate
