// Option values from a TOML file, and options written as TOML.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cli/option.h"

namespace arcuate::cli {

struct ConfigEntry {
  std::string key{};                  ///< With '-' for '_', as options are named.
  std::string written{};              ///< As in the file.
  std::vector<std::string> values{};  ///< One text, or the items of an array.
  size_t line = 0;
};

/// The top-level keys and those of the table named like the command (which come later, so that they win). Tables of
/// other commands are skipped. Errors: usage (not readable, not TOML, a table or value that cannot be an option's).
std::vector<ConfigEntry> read_config(const std::filesystem::path& path, const std::string& command,
                                     std::span<const std::string> command_names);

/// The resolved options as a table that --config reads back; options without a value are commented out.
std::string write_config(const std::string& command, const Description& description);

}  // namespace arcuate::cli
