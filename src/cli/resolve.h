// Every option gets its value from the first that has one: command line, environment, configuration file, default.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/option.h"

namespace arcuate::cli {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// "ARCUATE_MEMORY_LIMIT"
std::string environment_name(const std::string& option);

/// Fills the fields behind `description`. Errors: usage, with all problems at once. With --print-config on the command
/// line, required options may be missing.
void resolve(const Description& description, const std::string& command, const std::vector<std::string>& arguments,
             const Environment& environment, std::span<const std::string> command_names);

}  // namespace arcuate::cli
