// Other programs that read what was written, where they are installed.
#pragma once
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

namespace arcuate::test {

/// What a shell command prints; nothing where its program is absent (127) or says that what it needs is (77). A command
/// that fails prints "failed: " before.
inline std::optional<std::string> output_of(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {};
  std::string text;
  std::array<char, 4096> block{};
  while (const size_t count = fread(block.data(), 1, block.size(), pipe)) text.append(block.data(), count);
  const int status = pclose(pipe);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  if (code == 127 || code == 77) return {};
  return code == 0 ? text : "failed: " + text;
}

/// What wb_command says of a file.
inline std::optional<std::string> workbench_information(const std::string& path, const std::string& options = "") {
  return output_of("wb_command -file-information '" + path + "' " + options);
}

}  // namespace arcuate::test
