#include "core/process.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

std::string this_process() { return fmt::format("{}:{}", host_name(), getpid()); }

std::optional<bool> is_running(const std::string& process) {
  const auto colon = process.rfind(':');
  if (colon == std::string::npos || process.substr(0, colon) != host_name()) return {};
  const auto pid = to_integer(process.substr(colon + 1));
  if (!pid || *pid < 1) return false;
  return kill(static_cast<pid_t>(*pid), 0) == 0 || errno == EPERM;
}

}  // namespace arcuate
