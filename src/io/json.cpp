#include "io/json.h"

#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "io/table.h"

namespace arcuate {

// Objects copy their values when they grow, level by level: what is nested without bound would overflow the stack.
static void check_depth(std::string_view text, const std::string& source) {
  constexpr int deepest = 256;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') ++i;
    if (quoted) continue;
    if (c == ']' || c == '}') --depth;
    if ((c == '[' || c == '{') && ++depth > deepest)
      bad_input("'{}' nests lists and objects more than {} deep, at byte {}", source, deepest, i + 1);
  }
}

template <class Kind>
static Kind parse(std::string_view text, const std::string& source) {
  // JSON begins with a character of ASCII, which UTF-16 writes with a zero.
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") || text.substr(0, 2).find('\0') != text.npos)
    bad_input("'{}' is UTF-16 text, or no text; save it as UTF-8", source);
  check_depth(text, source);
  try {
    return Kind::parse(text);
  } catch (const Json::parse_error& error) {
    bad_input("'{}' is not valid JSON: fault at byte {} of {}", source, error.byte, text.size());
  } catch (const Json::out_of_range&) {
    bad_input("'{}' holds a number that is too large for a float64", source);
  }
}

Json parse_json(std::string_view text, const std::string& source) { return parse<Json>(text, source); }

SortedJson parse_sorted_json(std::string_view text, const std::string& source) {
  return parse<SortedJson>(text, source);
}

SortedJson read_sorted_json(const std::filesystem::path& path) {
  return parse_sorted_json(MappedFile(path).bytes(), path.string());
}

Json read_json(const std::filesystem::path& path) { return parse_json(MappedFile(path).bytes(), path.string()); }

std::string json_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

void write_json(const std::filesystem::path& path, const Json& json) { write_file(path, json_text(json, 2) + "\n"); }

// A value for a message. Nested ones are named only: writing them out may take any depth.
static std::string shown(const Json& value) {
  return value.is_structured() ? fmt::format("an {}", value.type_name()) : excerpt(value.dump());
}

template <class T>
static bool is_whole(const Json& value) {
  if (value.is_number_unsigned()) return std::in_range<T>(value.get<uint64_t>());
  return value.is_number_integer() && std::in_range<T>(value.get<int64_t>());
}

template <class T>
T json_value(const Json& json, const std::string& key, const std::string& source) {
  if (!json.is_object() || !json.contains(key)) bad_input("'{}' has no key '{}'", source, key);
  try {
    const Json& value = json.at(key);
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      if (!is_whole<T>(value))
        bad_input("'{}': key '{}' must be a whole number of at most {} bits, found {}", source, key, 8 * sizeof(T),
                  shown(value));
    return value.get<T>();
  } catch (const Json::exception&) {
    bad_input("'{}': key '{}' has a value of the wrong kind: {}", source, key, shown(json.at(key)));
  }
}

template bool json_value<bool>(const Json&, const std::string&, const std::string&);
template int json_value<int>(const Json&, const std::string&, const std::string&);
template int64_t json_value<int64_t>(const Json&, const std::string&, const std::string&);
template double json_value<double>(const Json&, const std::string&, const std::string&);
template std::string json_value<std::string>(const Json&, const std::string&, const std::string&);

}  // namespace arcuate
