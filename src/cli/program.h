// The program around the commands: finds the one that is asked for, resolves its options, runs it, explains errors.
#pragma once
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/resolve.h"

namespace arcuate::cli {

/// What the program sees of the world, so that tests can stand in for it.
struct Surroundings {
  std::ostream& out;
  std::ostream& log;
  bool terminal = false;      ///< `log` is one.
  Environment environment{};  ///< Values of environment variables; empty: there are none.
};

/// The real standard streams and environment.
Surroundings process_surroundings();

/// Runs `arguments` (without the program's name) and returns the exit code: 0 done, 1 failed, 2 usage, 3 bad input,
/// 4 partial, 130 interrupted. Throws nothing.
int run_program(std::span<const Command* const> commands, const std::vector<std::string>& arguments,
                const Surroundings& around);

}  // namespace arcuate::cli
