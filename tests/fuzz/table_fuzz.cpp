// Any bytes as a table, TSV and CSV, with and without a header: an Error, or rows as wide as the header, whose fields
// are numbers or not; and what was read can be written and read again.
#include "io/table.h"

#include "only_errors.h"

using namespace arcuate;

static bool has_line_break(const std::vector<std::string>& fields) {
  for (const auto& field : fields)
    if (field.find_first_of("\r\n") != field.npos) return true;
  return false;
}

static void check_round_trip(const Table& table) {
  bool breaks = has_line_break(table.columns);
  for (const auto& row : table.rows) breaks = breaks || has_line_break(row);
  if (breaks) return;
  const auto again = parse_table(format_tsv(table.columns, table.rows), '\t', "again");
  if (again.columns != table.columns || again.rows != table.rows) std::abort();
}

static void check_fields(const Table& table) {
  for (size_t row = 0; row < table.rows.size(); ++row) {
    if (table.rows[row].size() != table.columns.size()) std::abort();
    for (size_t column = 0; column < table.columns.size(); ++column) {
      const bool is_number = fuzz::only_errors([&] { table.number(row, column); });
      if (is_number != table.number_if(row, column).has_value()) std::abort();
    }
  }
  fuzz::only_errors([&] { table.column("fuzz"); });
}

static void check(std::string_view bytes, char separator, const std::vector<std::string>& columns) {
  Table table;
  if (!fuzz::only_errors([&] { table = parse_table(bytes, separator, "fuzz", columns); })) return;
  check_fields(table);
  check_round_trip(table);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (const char separator : {'\t', ','}) {
    check(fuzz::text_of(data, size), separator, {});
    check(fuzz::text_of(data, size), separator, {"onset", "word"});
  }
  return 0;
}
