#include "io/json.h"

#include "core/error.h"
#include "core/files.h"

namespace arcuate {

Json parse_json(std::string_view text, const std::string& source) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    bad_input("'{}' is not valid JSON: fault at byte {} of {}", source, error.byte, text.size());
  }
}

Json read_json(const std::filesystem::path& path) { return parse_json(MappedFile(path).bytes(), path.string()); }

void write_json(const std::filesystem::path& path, const Json& json) { write_file(path, json.dump(2) + "\n"); }

template <class T>
T json_value(const Json& json, const std::string& key, const std::string& source) {
  if (!json.is_object() || !json.contains(key)) bad_input("'{}' has no key '{}'", source, key);
  try {
    const Json& value = json.at(key);
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      if (!value.is_number_integer()) bad_input("'{}': key '{}' must be a whole number, found {}", source, key, value.dump());
    return value.get<T>();
  } catch (const Json::exception&) {
    bad_input("'{}': key '{}' has a value of the wrong kind: {}", source, key, json.at(key).dump().substr(0, 60));
  }
}

template bool json_value<bool>(const Json&, const std::string&, const std::string&);
template int json_value<int>(const Json&, const std::string&, const std::string&);
template int64_t json_value<int64_t>(const Json&, const std::string&, const std::string&);
template double json_value<double>(const Json&, const std::string&, const std::string&);
template std::string json_value<std::string>(const Json&, const std::string&, const std::string&);

}  // namespace arcuate
