#include "io/table.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "malformed.h"
#include "packed.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using Rows = std::vector<std::vector<std::string>>;

Table tsv(std::string_view bytes) { return parse_table(bytes, '\t', "t.tsv"); }
Table csv(std::string_view bytes) { return parse_table(bytes, ',', "t.csv"); }
TEST(Table, reads_columns_rows_and_lines) {
  const auto table = tsv("a\tb\n1\tx y\n\n2\t\n");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.rows, (Rows{{"1", "x y"}, {"2", ""}}));
  EXPECT_EQ(table.lines, (std::vector<int>{2, 4}));
  EXPECT_EQ(table.text(0, table.column("b")), "x y");
}

TEST(Table, is_the_same_with_byte_order_mark_crlf_and_no_last_line_break) {
  for (const char* bytes : {"\xEF\xBB\xBF"
                            "a,b\r\n1,2\r\n3,4\r\n",
                            "a,b\r\n1,2\r\n3,4", "a,b\n1,2\n3,4"}) {
    const auto table = csv(bytes);
    EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b"})) << bytes;
    EXPECT_EQ(table.rows, (Rows{{"1", "2"}, {"3", "4"}})) << bytes;
  }
}

TEST(Table, csv_quotes_hold_separators_quotes_and_line_breaks) {
  const auto table = csv("a,b\n\"x,\"\"y\"\"\",\"two\r\nlines\"\n5\" disk,z\n");
  EXPECT_EQ(table.rows, (Rows{{"x,\"y\"", "two\r\nlines"}, {"5\" disk", "z"}}));
  EXPECT_EQ(table.lines, (std::vector<int>{2, 4}));
}

TEST(Table, tsv_quotes_count_only_at_the_beginning_of_a_field) {
  EXPECT_EQ(tsv("a\tb\n\"x\ty\"\tit's 5\"\n").rows, (Rows{{"x\ty", "it's 5\""}}));
}

TEST(TableMalformed, tsv_is_refused) {
  test::expect_refused(
      {{"empty", "", "t.tsv", "empty", "header"},
       {"blank lines alone", "\n\n", "t.tsv", "empty", "header"},
       {"a quote before a word", "on\tword\n1\t\"Oh\n2\tdear\"\n", "t.tsv", "line 2", "'Oh'", "not closed"},
       {"missing and additional fields", "a\tb\n1\n1\t2\n1\t2\t3\n", "2 problems", "line 2: 1 fields where 2",
        "line 4: 3 fields where 2"},
       {"mixed line ends count once", "a\tb\r\n1\t2\r1\n", "line 3: 1 fields where 2"},
       {"a name twice", "a\tb\ta\n", "line 1: columns 1 and 3 are both called 'a'"},
       {"a blank name", "a\t \tb\n", "line 1: column 2 has no name"},
       {"Latin-1",
        "\xEF\xBB\xBF"
        "a\nb\xFF\n",
        "byte 6", "line 2", "UTF-8"},
       {"UTF-16",
        std::string("\xFF\xFE"
                    "a\0",
                    4),
        "this is UTF-16 text; save the file as UTF-8"},
       {"big-endian UTF-16", std::string("\xFE\xFF\0a", 4), "this is UTF-16 text"},
       {"UTF-16 without its mark", std::string("a\0\n\0", 4), "byte 1 is zero"},
       {"a column that is missing", "a\nx\n", "no column 'number'"},
       {"a word for a number", "number\n1\nten\n", "t.tsv:3", "column 'number'", "expected a number or n/a", "'ten'"},
       {"nothing for a number", "number\tb\n\tx\n", "t.tsv:2", "column 'number'", "found ''"},
       {"comma for the point", "number\n0,5\n", "t.tsv:2", "'0,5'"}},
      [](const std::string& bytes) {
        const auto table = tsv(bytes);
        for (size_t row = 0; row < table.rows.size(); ++row) table.number(row, table.column("number"));
      });
}

TEST(TableMalformed, csv_is_refused) {
  test::expect_refused({{"an open quote", "a,b\n1,\"x\n2,y\n", "t.csv", "line 2", "not closed"},
                        {"text behind a quote", "a,b\n1,\"x\"y\n", "line 2", "'y' follows the closing quote"},
                        {"ragged behind lines in quotes", "a,b\n\"1\n2\",3\n4\n", "line 4: 1 fields where 2"}},
                       [](const std::string& bytes) { csv(bytes); });
}

TEST(TableMalformed, packed_tables_are_refused) {
  const auto packed = test::gzip("a\tb\n1\t2\n");
  auto turned = packed;
  turned[turned.size() - 6] ^= 1;
  test::expect_files_refused("t.tsv.gz",
                             {{"cut", packed.substr(0, packed.size() - 3), "t.tsv.gz' is truncated"},
                              {"wrong CRC", turned, "t.tsv.gz' is damaged: incorrect data check"},
                              {"what follows", packed + "x", "t.tsv.gz'", "follow"},
                              {"ragged inside", test::gzip("a\tb\n1\n"), "t.tsv.gz", "line 2: 1 fields where 2"}},
                             [](const fs::path& path) { read_table(path); });
}

TEST(Table, a_header_alone_is_a_table) { EXPECT_TRUE(tsv("a\tb\n").rows.empty()); }

TEST(Table, takes_given_columns_for_a_file_without_a_header) {
  const auto table = parse_table("1\t1\n2\t3\n", '\t', "t", {"x", "y"});
  EXPECT_EQ(table.columns, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(table.rows, (Rows{{"1", "1"}, {"2", "3"}}));
}

TEST(Table, reads_numbers_and_the_missing_value) {
  const auto table = csv("a\n -1.5e2\nn/a\nten\n");
  EXPECT_EQ(table.number(0, 0), -150);
  EXPECT_TRUE(std::isnan(table.number(1, 0)));
  EXPECT_FALSE(table.number_if(2, 0).has_value());
  EXPECT_TRUE(contains(message_of([&] { table.number(2, 0); }), {"t.csv:4", "column 'a'", "'ten'"}));
}

TEST(Table, names_the_nearest_column) {
  EXPECT_TRUE(contains(message_of([] { tsv("onset\tword\n").column("onsets"); }), {"t.tsv", "'onsets'", "'onset'"}));
}

TEST(Table, written_tables_read_back) {
  const test::TemporaryFolder folder;
  const std::vector<std::string> columns{"a", "b"};
  const Rows rows{{"plain", ""}, {"tab\there", "\"quoted\""}, {"\"", "5\" disk"}, {"é", "n/a"}};
  write_tsv(folder / "t.tsv", columns, rows);
  const auto table = read_table(folder / "t.tsv");
  EXPECT_EQ(table.columns, columns);
  EXPECT_EQ(table.rows, rows);
}

TEST(Table, a_single_empty_field_is_written_so_that_it_is_not_a_blank_line) {
  EXPECT_EQ(tsv(format_tsv({"a"}, {{""}, {"x"}})).rows, (Rows{{""}, {"x"}}));
}

// Found by fuzzing: a name that begins with U+FEFF lost it when it was written first and read again.
TEST(Table, a_first_name_that_begins_with_a_byte_order_mark_keeps_it) {
  const std::vector<std::string> columns{"\xEF\xBB\xBFword"};
  EXPECT_EQ(tsv(format_tsv(columns, {})).columns, columns);
}

TEST(Table, writes_tabs_and_line_feeds) { EXPECT_EQ(format_tsv({"a", "b"}, {{"1", "2"}}), "a\tb\n1\t2\n"); }

TEST(Table, refuses_to_write_line_breaks_and_leaves_no_file) {
  const test::TemporaryFolder folder;
  const auto path = folder / "t.tsv";
  EXPECT_TRUE(contains(message_of([&] { write_tsv(path, {"a"}, {{"x\ny"}}); }), {"t.tsv", "line break", "x?y"}));
  EXPECT_FALSE(fs::exists(path));
}

TEST(Table, knows_its_extensions) {
  EXPECT_EQ(table_separator("a.TSV"), '\t');
  EXPECT_EQ(table_separator("a.csv"), ',');
  EXPECT_TRUE(contains(message_of([] { read_table("a.xlsx"); }), {"a.xlsx", ".tsv", ".csv"}));
}

TEST(Table, excerpts_are_short_clean_and_whole_characters) {
  EXPECT_EQ(excerpt("a\tb"), "a?b");
  EXPECT_EQ(excerpt(std::string(39, 'x') + "éé"), std::string(39, 'x') + "…");
}

}  // namespace
}  // namespace arcuate
