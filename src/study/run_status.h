// A look at runs from outside: the status files that they keep in logs/.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/json.h"

namespace arcuate {

struct RunStatus {
  std::filesystem::path file{};
  std::string process{};  ///< "host:pid"
  Json content{};         ///< As RunLog wrote it (docs/formats.md).
};

/// Of this process: logs/status-HOST-PID.json.
std::filesystem::path status_file(const std::filesystem::path& output);

/// In the order of their names; files that are not status files are passed over.
std::vector<RunStatus> read_status(const std::filesystem::path& output);

/// For people: what was made, what runs, what failed, time left, slowest units, peak memory.
std::string status_text(const RunStatus& status);

}  // namespace arcuate
