// Which process this is, and whether another one still runs.
#pragma once
#include <optional>
#include <string>

namespace arcuate {

std::string host_name();
/// "host:pid" of this process.
std::string this_process();
/// Whether a process named so runs; nothing for one of another host, of which this one cannot tell.
std::optional<bool> is_running(const std::string& process);

}  // namespace arcuate
