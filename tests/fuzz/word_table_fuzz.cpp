// Any bytes as a word table, TSV and CSV, with every way to settle missing times: an Error, or words in order.
// A table that is read must also survive being written and read again.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "core/text.h"
#include "input/word_table.h"
#include "io/table.h"

static void check(const std::vector<arcuate::Word>& words) {
  double last = -INFINITY;
  for (const auto& word : words) {
    if (!(word.onset >= last) || !(word.offset >= word.onset) || !std::isfinite(word.offset)) std::abort();
    if (word.head < 0 || word.head > static_cast<int64_t>(words.size())) std::abort();
    last = word.onset;
  }
}

static bool has_line_break(const std::vector<std::string>& fields) {
  for (const auto& field : fields)
    if (field.find_first_of("\r\n") != field.npos) return true;
  return false;
}

static void check_round_trip(const arcuate::Table& table) {
  bool breaks = has_line_break(table.columns);
  for (const auto& row : table.rows) breaks = breaks || has_line_break(row);
  if (breaks) return;
  const auto again = arcuate::parse_table(arcuate::format_tsv(table.columns, table.rows), '\t', "again");
  if (again.columns != table.columns || again.rows != table.rows) std::abort();
}

template <class F>
static void only_errors(F&& body) {
  try {
    body();
  } catch (const arcuate::Error& error) {
    if (arcuate::invalid_utf8(error.what())) std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const char separator : {'\t', ','}) {
    for (const auto untimed : {arcuate::Untimed::error, arcuate::Untimed::drop, arcuate::Untimed::interpolate}) {
      arcuate::StoryOptions options;
      options.untimed = untimed;
      only_errors([&] { check(arcuate::parse_word_table(bytes, separator, "fuzz", options)); });
    }
    bool read = false;
    arcuate::Table table;
    only_errors([&] {
      table = arcuate::parse_table(bytes, separator, "fuzz");
      read = true;
    });
    if (read) check_round_trip(table);  // outside: what was read must be writable
  }
  return 0;
}
