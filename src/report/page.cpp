// One HTML page, written so that it is well-formed XML as well. Its policy lets a browser run no script and fetch
// nothing, whatever text it is given.
#include "report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/base64.h"
#include "report/page_style.h"

namespace arcuate {
namespace {

constexpr size_t headings_for_contents = 4;               // fewer fit on a screen
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view caption_mark = " <span class=\"mark\">Simulated data.</span>";

template <class... Args>
void put(std::string& html, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(html), format, std::forward<Args>(args)...);
}

/// Numbers of figures and tables run through the whole page.
struct Counts {
  size_t figures = 0, tables = 0;
};

bool is_absent(const std::string& cell) { return cell == "n/a"; }
bool is_number(const std::string& cell) { return is_absent(cell) || to_double(cell).has_value(); }

void check(const PageTable& table) {
  Problems problems(fmt::format("table '{}'", table.caption), Fault::failed);
  for (size_t i = 0; i < table.rows.size(); ++i)
    if (table.rows[i].size() != table.columns.size())
      problems.add("row {} needs {} cells, one a column, but has {}", i + 1, table.columns.size(),
                   table.rows[i].size());
  problems.raise();
}

std::vector<bool> numeric_columns(const PageTable& table) {
  std::vector<bool> numeric(table.columns.size(), !table.rows.empty());
  for (const auto& row : table.rows)
    for (size_t c = 0; c < numeric.size(); ++c) numeric[c] = numeric[c] && is_number(row[c]);
  return numeric;
}

void put_cells(std::string& html, const PageTable& table, const std::vector<bool>& numeric) {
  html += "<table>\n<thead><tr>";
  for (size_t c = 0; c < numeric.size(); ++c)
    put(html, "<th scope=\"col\"{}>{}</th>", numeric[c] ? " class=\"number\"" : "", escape_markup(table.columns[c]));
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (size_t c = 0; c < numeric.size(); ++c) {
      const char* kind = !numeric[c] ? "" : is_absent(row[c]) ? " class=\"number absent\"" : " class=\"number\"";
      put(html, "<td{}>{}</td>", kind, escape_markup(row[c]));
    }
    html += "</tr>\n";
  }
  html += "</tbody>\n</table>\n";
}

// The scrolling box can be reached and moved by keyboard.
void put_table(std::string& html, const PageTable& table, size_t number, bool simulated) {
  check(table);
  const std::string caption = escape_markup(table.caption);
  put(html, "<figure class=\"table\">\n<figcaption><strong>Table {}.</strong> {}{}</figcaption>\n", number, caption,
      simulated ? caption_mark : "");
  put(html, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table {}\">\n", number);
  put_cells(html, table, numeric_columns(table));
  html += "</div>\n</figure>\n";
}

void put_figure(std::string& html, const PageFigure& figure, size_t number, bool simulated) {
  const auto caption = figure.caption.empty() ? "" : " " + escape_markup(figure.caption);
  put(html,
      "<figure class=\"chart\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Figure {0}\">\n"
      "{1}</div>\n<figcaption><strong>Figure {0}.</strong>{2}{3}</figcaption>\n</figure>\n",
      number, figure.body, caption, simulated ? caption_mark : "");
}

void put_section(std::string& html, const PageSection& section, size_t index, bool simulated, Counts& counts) {
  put(html, "<section id=\"section-{}\">\n", index + 1);
  if (!section.heading.empty()) put(html, "<h2>{}</h2>\n", escape_markup(section.heading));
  for (const auto& paragraph : section.paragraphs) put(html, "<p>{}</p>\n", escape_markup(paragraph));
  for (const auto& figure : section.figures) put_figure(html, figure, ++counts.figures, simulated);
  for (const auto& table : section.tables) put_table(html, table, ++counts.tables, simulated);
  for (const auto& listing : section.listings) put(html, "<pre tabindex=\"0\">{}</pre>\n", escape_markup(listing));
  html += "</section>\n";
}

void put_contents(std::string& html, const std::vector<PageSection>& sections) {
  const auto has_heading = [](const PageSection& section) { return !section.heading.empty(); };
  if (std::ranges::count_if(sections, has_heading) < static_cast<std::ptrdiff_t>(headings_for_contents)) return;
  html += "<nav aria-label=\"Contents\"><ol>\n";
  for (size_t i = 0; i < sections.size(); ++i)
    if (has_heading(sections[i]))
      put(html, "<li><a href=\"#section-{}\">{}</a></li>\n", i + 1, escape_markup(sections[i].heading));
  html += "</ol></nav>\n";
}

void put_head(std::string& html, const Page& page) {
  put(html,
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<title>{}{}</title>\n<style>{}</style>\n</head>\n",
      escape_markup(page.title), page.simulated ? " (simulated data)" : "", page_style);
}

void put_header(std::string& html, const Page& page) {
  put(html, "<header>\n<h1>{}</h1>\n", escape_markup(page.title));
  if (!page.subtitle.empty()) put(html, "<p class=\"subtitle\">{}</p>\n", escape_markup(page.subtitle));
  if (page.simulated)
    html +=
        "<p class=\"simulated\" role=\"note\"><strong>Simulated data.</strong> The brain responses behind this page "
        "were generated by a program, not recorded. They test the method; they say nothing about real "
        "brains.</p>\n";
  html += "</header>\n";
}

// XML allows no other control characters, even as references.
bool is_forbidden(char byte) {
  return (static_cast<unsigned char>(byte) < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

void put_escaped(std::string& out, char byte) {
  switch (byte) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    case '\'':
      out += "&#39;";
      return;
    default:
      break;
  }
  if (is_forbidden(byte))
    out += replacement;
  else
    out += byte;
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto invalid = invalid_utf8(text);
    for (const char byte : text.substr(0, invalid.value_or(text.size()))) put_escaped(out, byte);
    if (!invalid) break;
    out += replacement;
    text.remove_prefix(*invalid + 1);
  }
  return out;
}

std::string picture_element(std::string_view png, const std::string& alt) {
  return fmt::format("<img src=\"data:image/png;base64,{}\" alt=\"{}\"/>\n", encode_base64(png), escape_markup(alt));
}

std::string render_page(const Page& page) {
  std::string html;
  put_head(html, page);
  html += "<body>\n<div class=\"page\">\n";
  put_header(html, page);
  put_contents(html, page.sections);
  html += "<main>\n";
  Counts counts;
  for (size_t i = 0; i < page.sections.size(); ++i) put_section(html, page.sections[i], i, page.simulated, counts);
  html += "</main>\n";
  if (!page.footer.empty()) put(html, "<footer>{}</footer>\n", escape_markup(page.footer));
  return html + "</div>\n</body>\n</html>\n";
}

void write_page(const std::filesystem::path& path, const Page& page) { write_file(path, render_page(page)); }

}  // namespace arcuate
