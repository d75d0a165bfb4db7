// Persistence diagrams as text: the barcodes that Ripser prints, and files of two numbers a line.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "topology/diagram.h"

namespace arcuate {

struct ReadDiagram {
  std::optional<int> dimension{};  ///< Nothing in a file of two numbers a line.
  Diagram bars{};
};

/// The diagrams of a file. A barcode has a line "persistence intervals in dim k:" before the bars " [birth,death)" or
/// " [birth, )" of each dimension; what precedes the first is skipped. Otherwise every line is a birth and a death,
/// which may be inf, and '#' begins a comment. Errors: input, naming `source` and every line at fault.
std::vector<ReadDiagram> parse_diagrams(std::string_view bytes, const std::string& source);

/// Dimensions 0, 1, …, with six significant digits.
std::string barcode_text(const std::vector<Diagram>& diagrams);

}  // namespace arcuate
