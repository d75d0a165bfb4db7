// Within the io layer only: the XML of a CIFTI file, which says what its rows and columns are.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "io/cifti.h"

namespace arcuate {

/// rows, columns: of the data. Errors: input, all problems at once.
CiftiHeader parse_cifti_xml(std::string_view xml, int64_t rows, int64_t columns, const std::string& source);

/// Errors: failed, for what the format cannot hold.
std::string cifti_xml(const CiftiHeader& header, int64_t rows, int64_t columns);

}  // namespace arcuate
