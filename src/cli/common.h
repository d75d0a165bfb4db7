// The options that every command has. They are added by themselves; a command finds them in `run.common`.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/bytes.h"
#include "cli/option.h"
#include "core/compute.h"

namespace arcuate::cli {

enum class Device { cpu, cuda };

struct Common {
  int threads = 0;                 ///< Worker threads; 0: every core this process may use.
  int64_t seed = 0;                ///< Start of every random number.
  Device device = Device::cpu;     ///< Where tensors are multiplied.
  Bytes memory_limit{};            ///< Block sizes are chosen to stay below it; 0: the memory that is free.
  bool force = false;              ///< Replace existing outputs.
  bool dry_run = false;            ///< Say what would be done, and do nothing.
  bool verbose = false;            ///< More messages.
  bool json_log = false;           ///< Messages are JSON objects, one a line.
  bool quiet = false;              ///< Warnings and errors only.
  std::filesystem::path config{};  ///< A TOML file with values for options.
  bool print_config = false;       ///< Print the options as they are resolved and stop.
  bool help = false;               ///< Print the help and stop.
  bool version = false;            ///< Print the version and stop.
};

/// Informational commands get only the options about the program itself.
void add_common_options(Description& description, Common& common);

/// Threads (0 becomes every available core) and device. Errors: usage, when CUDA is asked for and absent.
Compute make_compute(const Common& common);

}  // namespace arcuate::cli
