// The help of a command, as text for the terminal and as a Markdown page, and the list of all commands.
#pragma once
#include <span>
#include <string>

#include "cli/command.h"

namespace arcuate::cli {

constexpr int help_columns = 100;

/// `text` in lines of at most `columns` characters (a longer word stays whole), the later ones indented.
std::string wrap(const std::string& text, int columns, int indent);

std::string help_text(const Command& command);
std::string help_markdown(const Command& command);
/// Name and summary of each command, below a line of what the program is.
std::string command_list(std::span<const Command* const> commands);

}  // namespace arcuate::cli
