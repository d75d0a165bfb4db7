// The manifest.
#include "cli/provenance.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/hash.h"
#include "core/parallel.h"
#include "core/text.h"
#include "core/tile_product.h"
#include "core/version.h"

namespace arcuate::cli {

namespace fs = std::filesystem;

static const char* build_type() {
#ifdef NDEBUG
  return "release";
#else
  return "debug";
#endif
}

#ifdef __clang__
constexpr const char* compiler = __VERSION__;
#else
constexpr const char* compiler = "GCC " __VERSION__;
#endif

Json software() {
  return {{"name", "arcuate"},
          {"version", version},
          {"compiler", compiler},
          {"build", build_type()},
          {"libtorch", torch_version()},
          {"blas_kernel", blas_kernel()},
          {"tile_units", has_tile_units() ? "AMX" : "none"}};
}

static Json item_to_json(Value::Kind kind, const std::string& item) {
  if (kind == Value::Kind::boolean) return item == "true";
  if (kind == Value::Kind::text) return item;
  if (const auto whole = to_integer(item)) return *whole;
  const auto number = to_double(item);
  // JSON has no infinity.
  return number && std::isfinite(*number) ? Json(*number) : Json(item);
}

Json to_json(const Value& value) {
  if (!value.list) return value.items.empty() ? Json() : item_to_json(value.kind, value.items.front());
  Json list = Json::array();
  for (const auto& item : value.items) list.push_back(item_to_json(value.kind, item));
  return list;
}

static Json file_record(const fs::path& path) {
  return {{"path", path.generic_string()}, {"bytes", fs::file_size(path)}, {"sha256", sha256_file(path)}};
}

Json row_ranges(std::span<const int64_t> rows) {
  Json ranges = Json::array();
  for (size_t i = 0, begin = 0; i < rows.size(); ++i) {
    if (i + 1 < rows.size() && rows[i + 1] == rows[i] + 1) continue;
    ranges.push_back({rows[begin], rows[i] + 1});
    begin = i + 1;
  }
  return ranges;
}

Json input_record(const fs::path& path) {
  if (!fs::exists(path)) bad_input("cannot read '{}': no such file or folder", path.string());
  if (!fs::is_directory(path)) return file_record(path);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  Json list = Json::array();
  for (const auto& file : files) list.push_back(file_record(file));
  return {{"path", path.generic_string()}, {"files", list}};
}

Json manifest(const Record& record, std::span<const fs::path> inputs) {
  Json options = Json::object(), files = Json::array();
  for (const auto& option : record.options) options[option.name] = to_json(option.value);
  for (const auto& path : inputs) files.push_back(input_record(path));
  return {{"program", software()}, {"command", record.command}, {"options", options}, {"inputs", files}};
}

}  // namespace arcuate::cli
