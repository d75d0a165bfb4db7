// One self-contained HTML page: headings, paragraphs, tables and charts. No script, no file besides it, no network.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

/// A table of text; columns whose entries are all numbers (or "n/a") are set flush right.
struct PageTable {
  std::string caption{};
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> rows{};
};

/// A drawing or a picture with a sentence below it.
struct PageFigure {
  std::string body{};     ///< An SVG element (report/line_chart.h) or what picture_element() gives.
  std::string caption{};  ///< Plain text; may be empty.
};

/// A PNG file's bytes as an element that needs no file; `alt` says in words what it shows.
std::string picture_element(std::string_view png, const std::string& alt);

struct PageSection {
  std::string heading{};
  std::vector<std::string> paragraphs{};  ///< Plain text.
  std::vector<PageFigure> figures{};
  std::vector<PageTable> tables{};
  std::vector<std::string> listings{};  ///< Commands, files: shown as they are, line by line.
};

struct Page {
  std::string title{};
  std::string subtitle{};
  bool simulated = false;  ///< A banner says so at the top, and every chart and table caption repeats it.
  std::vector<PageSection> sections{};
  std::string footer{};  ///< Program version and the like; no times.
};

std::string render_page(const Page& page);
void write_page(const std::filesystem::path& path, const Page& page);

/// Text with the characters that HTML and SVG reserve replaced.
std::string escape_markup(std::string_view text);

}  // namespace arcuate
