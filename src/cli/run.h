// What a command's run() receives: where to write, how to compute, and what to record.
#pragma once
#include <span>
#include <string>

#include "cli/common.h"
#include "cli/console.h"
#include "cli/provenance.h"
#include "core/compute.h"

namespace arcuate::cli {

struct Command;

struct Run {
  Console& console;                            ///< Results, messages, progress.
  const Common& common;                        ///< Seed, memory limit, force, dry run.
  Compute compute{};                           ///< Threads and device, as asked.
  Record record{};                             ///< Command, resolved options, arguments: for the manifest and the log.
  std::span<const Command* const> commands{};  ///< Every command of the program (for help and completion).
  std::string resume_hint{};                   ///< Set it before long work: told to the user after an interruption.
};

}  // namespace arcuate::cli
