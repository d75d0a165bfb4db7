#include "io/table.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "io/gzip.h"

namespace arcuate {

// One record of a separated file and the line on which it begins.
struct Record {
  std::vector<std::string> fields{};
  int line = 1;
};

namespace {

class RecordReader {
 public:
  RecordReader(std::string_view text, char separator, Problems& problems)
      : text_(text), separator_(separator), problems_(problems) {}

  bool next(Record& record) {
    while (end_line()) {
    }
    if (at_ == text_.size()) return false;
    record.line = line_;
    record.fields.clear();
    do record.fields.push_back(at('"') ? quoted_field() : plain_field());
    while (take(separator_));
    end_line();
    return true;
  }

 private:
  bool at(char c) const { return at_ < text_.size() && text_[at_] == c; }

  bool take(char c) {
    if (!at(c)) return false;
    ++at_;
    return true;
  }

  // LF, CRLF, or the CR of old Macs; a file may mix them.
  bool end_line() {
    const bool returned = take('\r');
    if (!take('\n') && !returned) return false;
    ++line_;
    return true;
  }

  std::string plain_field() {
    const auto field = text_.substr(at_, std::min(text_.find_first_of(ends_, at_), text_.size()) - at_);
    at_ += field.size();
    return std::string(field);
  }

  std::string quoted_field() {
    const int opened = line_;
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (at('"')) {
        ++at_;
        if (!at('"')) return value + after_quote(opened);
      } else if (at('\n') || at('\r')) {
        if (separator_ == '\t') break;
        if (at('\n')) ++line_;
      }
      value += text_[at_];
    }
    problems_.add(
        "line {}: the quote before '{}' is not closed; a field that begins with a quote must end with one, "
        "and quotes inside it are doubled",
        opened, excerpt(value));
    return value;
  }

  // What stands between a closing quote and the end of the field: nothing, in a sound file.
  std::string after_quote(int opened) {
    std::string rest = plain_field();
    if (!rest.empty())
      problems_.add("line {}: '{}' follows the closing quote of a field; quotes inside a quoted field are doubled",
                    opened, excerpt(rest));
    return rest;
  }

  std::string_view text_;
  char separator_;
  Problems& problems_;
  std::string ends_{separator_, '\n', '\r'};
  size_t at_ = 0;
  int line_ = 1;
};

void check_utf8(std::string_view text, size_t skipped, const std::string& source) {
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  if (const auto zero = text.find('\0'); utf16 || zero != text.npos)
    bad_input("{}: {}; save the file as UTF-8", source,
              utf16 ? "this is UTF-16 text"
                    : fmt::format("byte {} is zero: this is UTF-16 text without its mark, or no text", zero + skipped));
  if (const auto bad = invalid_utf8(text)) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*bad), '\n');
    bad_input("{}: byte {} (line {}) is not valid UTF-8; save the file as UTF-8", source, *bad + skipped, line);
  }
}

void check_names(const std::vector<std::string>& names, int line, Problems& problems) {
  std::map<std::string_view, size_t> first;
  for (size_t i = 0; i < names.size(); ++i) {
    const auto [known, fresh] = first.emplace(names[i], i);
    if (names[i].empty())
      problems.add("line {}: column {} has no name", line, i + 1);
    else if (!fresh)
      problems.add("line {}: columns {} and {} are both called '{}'", line, known->second + 1, i + 1,
                   excerpt(names[i]));
  }
}

std::vector<std::string> header_names(const Record& record, Problems& problems) {
  std::vector<std::string> names;
  names.reserve(record.fields.size());
  for (const auto& field : record.fields) names.emplace_back(trim(field));
  check_names(names, record.line, problems);
  return names;
}

std::string tsv_field(const std::string& field, bool alone) {
  if (field.find_first_of("\r\n") != field.npos)
    bad_input("the field '{}' holds a line break, which a TSV file cannot", excerpt(field));
  // Quoted too: what a reader would take for a blank line or for the byte order mark of the file.
  const bool mistakable = (alone && field.empty()) || without_bom(field) != field;
  if (field.find_first_of("\t\"") == field.npos && !mistakable) return field;
  std::string quoted = "\"";
  for (char c : field) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

void append_tsv_line(std::string& text, const std::vector<std::string>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += '\t';
    text += tsv_field(fields[i], fields.size() == 1);
  }
  text += '\n';
}

}  // namespace

size_t Table::column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) bad_input("{}: no column '{}'{}", source, name, suggestion(name, columns));
  return static_cast<size_t>(found - columns.begin());
}

std::optional<double> Table::number_if(size_t row, size_t column) const {
  const auto field = trim(text(row, column));
  if (field == "n/a") return std::numeric_limits<double>::quiet_NaN();
  return to_double(field);
}

double Table::number(size_t row, size_t column) const {
  if (const auto value = number_if(row, column)) return *value;
  bad_input("{}:{}: column '{}': expected a number or n/a, found '{}'", source, lines.at(row), columns.at(column),
            excerpt(text(row, column)));
}

Table parse_table(std::string_view bytes, char separator, const std::string& source, std::vector<std::string> columns) {
  const auto text = without_bom(bytes);
  check_utf8(text, bytes.size() - text.size(), source);
  Problems problems(source);
  RecordReader reader(text, separator, problems);
  Record record;
  if (columns.empty()) {
    if (!reader.next(record)) bad_input("{}: the table is empty; a header line was expected", source);
    columns = header_names(record, problems);
  }
  Table table{.columns = std::move(columns), .source = source};
  while (reader.next(record)) {
    if (record.fields.size() != table.columns.size())
      problems.add("line {}: {} fields where {} are expected", record.line, record.fields.size(), table.columns.size());
    table.rows.push_back(std::move(record.fields));
    table.lines.push_back(record.line);
  }
  problems.raise();
  return table;
}

std::vector<std::string> first_record(std::string_view bytes, char separator) {
  Problems ignored("");
  Record record;
  RecordReader(without_bom(bytes), separator, ignored).next(record);
  return record.fields;
}

char table_separator(const fs::path& path) {
  const auto extension = lower_ascii(without_gz(path).extension().string());
  if (extension == ".tsv") return '\t';
  if (extension == ".csv") return ',';
  bad_input("'{}': expected a table that ends in .tsv or .csv (or .tsv.gz, .csv.gz)", path.string());
}

Table read_table(const fs::path& path) {
  const char separator = table_separator(path);
  return parse_table(read_unpacked(path), separator, path.string());
}

std::string format_tsv(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  append_tsv_line(text, columns);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() != columns.size())
      fail(Fault::failed, "row {} of a table has {} fields, its header has {}", i + 1, rows[i].size(), columns.size());
    append_tsv_line(text, rows[i]);
  }
  return text;
}

void write_tsv(const fs::path& path, const std::vector<std::string>& columns,
               const std::vector<std::vector<std::string>>& rows) {
  within("while writing '" + path.string() + "'", [&] { write_file(path, format_tsv(columns, rows)); });
}

std::string_view without_bom(std::string_view bytes) {
  return bytes.starts_with("\xEF\xBB\xBF") ? bytes.substr(3) : bytes;
}

std::string excerpt(std::string_view text) {
  constexpr size_t shown = 40;
  size_t length = std::min(text.size(), shown);
  // Never cut inside a UTF-8 sequence.
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  std::string part(text.substr(0, length));
  const bool ascii = invalid_utf8(part).has_value();
  for (char& c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (ascii && byte > 0x7F)) c = '?';
  }
  return length < text.size() ? part + "…" : part;
}

}  // namespace arcuate
