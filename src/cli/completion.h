// Shell completion scripts, written from the descriptions of the commands.
#pragma once
#include <span>
#include <string>

#include "cli/command.h"

namespace arcuate::cli {

enum class Shell { bash, zsh, fish };

std::string completion_script(Shell shell, std::span<const Command* const> commands);

}  // namespace arcuate::cli
