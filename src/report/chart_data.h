// The numbers behind a drawing as a table, and a figure as two files: the drawing and its table.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace arcuate {

/// What is drawn, in full precision; "n/a" where a value is missing. The column "simulated" is "true" or "false".
struct ChartData {
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> rows{};
};

/// The last column of every chart's table, the same in all rows.
void mark_simulated(ChartData& data, bool simulated);

/// An SVG element as a document of its own: dark ink on white paper, whatever shows it. Errors: failed, when `svg` is
/// no SVG element.
std::string standalone_svg(const std::string& svg);

/// Writes `stem`.svg and `stem`.tsv. Errors: input, when they cannot be written.
void write_figure(const std::filesystem::path& stem, const std::string& svg, const ChartData& data);

}  // namespace arcuate
