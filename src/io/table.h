// Tables as text: TSV (BIDS) and CSV with a header line. Fields stay text; numbers are read on demand.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"

namespace arcuate {

/// A table in file order; every row has as many fields as there are columns.
struct Table {
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> rows{};
  std::vector<int> lines{};  ///< the line of the file (from 1) on which each row begins
  std::string source{};      ///< where it was read from, for messages

  /// The index of the column called `name`. Errors: input, naming the nearest column and the source.
  size_t column(std::string_view name) const;
  const std::string& text(size_t row, size_t column) const { return rows.at(row).at(column); }
  /// The field as a number; "n/a" is NaN. Errors: input, with source, line and column.
  double number(size_t row, size_t column) const;
  /// As number(), but nothing when the field is not one.
  std::optional<double> number_if(size_t row, size_t column) const;
};

/// Parses UTF-8 bytes (a byte order mark is tolerated, lines end with LF, CRLF or CR, blank ones are skipped). A field
/// that begins with a double quote ends with one and doubles those inside; in CSV it may hold line breaks, in TSV it
/// may not (a stray quote in front of a word would swallow rows). With `columns` the file has no header line. Errors:
/// input, all at once.
Table parse_table(std::string_view bytes, char separator, const std::string& source,
                  std::vector<std::string> columns = {});

/// The fields of the first line that is not blank. Nothing is checked: parse_table() does that.
std::vector<std::string> first_record(std::string_view bytes, char separator);

/// The separator that the extension (.tsv or .csv, also before .gz) stands for. Errors: input, naming both.
char table_separator(const fs::path& path);
/// Of a file that may be packed by gzip.
Table read_table(const fs::path& path);

/// Tab-separated text with a header line and LF. Fields with a tab or a quote are quoted; line breaks are errors.
std::string format_tsv(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& rows);
void write_tsv(const fs::path& path, const std::vector<std::string>& columns,
               const std::vector<std::vector<std::string>>& rows);

/// `bytes` without a leading UTF-8 byte order mark.
std::string_view without_bom(std::string_view bytes);
/// The beginning of `text` for a message: cut to about 40 bytes, control characters and what is not
/// UTF-8 shown as '?'.
std::string excerpt(std::string_view text);

}  // namespace arcuate
