// The command line taken apart: which texts were given for which option.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "cli/option.h"
#include "core/error.h"

namespace arcuate::cli {

/// Texts by option name, as given; flags hold "true" or what stood after '='.
using Given = std::map<std::string, std::vector<std::string>>;

/// Everything that is wrong goes to `problems`: unknown options with the nearest name, missing values, stray arguments.
Given parse_arguments(const Description& description, const std::vector<std::string>& arguments, Problems& problems);

}  // namespace arcuate::cli
