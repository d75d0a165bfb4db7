#include "study/run_status.h"

#include <algorithm>

#include "cli/bytes.h"
#include "cli/console.h"
#include "core/error.h"
#include "core/process.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

std::string state_of(const RunStatus& status) {
  const auto state = status.content.value("state", "unknown");
  const bool works = state == "running" || state == "waiting";
  if (works && is_running(status.process) == false)
    return "gone: it ended without a word (killed?); the same command goes on where it stopped";
  if (works && !is_running(status.process)) return fmt::format("{} when it was last heard of", state);
  return state;
}

int64_t count(const Json& json, const char* name) { return json.value(name, int64_t{0}); }

std::string line(const std::string& name, const std::string& text) { return fmt::format("  {:<10}{}\n", name, text); }

}  // namespace

fs::path status_file(const fs::path& output) {
  auto name = this_process();
  std::replace(name.begin(), name.end(), ':', '-');
  return output / "logs" / ("status-" + name + ".json");
}

std::vector<RunStatus> read_status(const fs::path& output) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(output / "logs", ignored))
    if (entry.path().filename().string().starts_with("status-") && entry.path().extension() == ".json")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<RunStatus> all;
  for (const auto& file : files) {
    try {
      auto json = read_json(file);
      auto process = json_value<std::string>(json, "process", file.string());
      all.push_back({.file = file, .process = std::move(process), .content = std::move(json)});
    } catch (const Error&) {
      continue;  // removed meanwhile, or something else
    }
  }
  return all;
}

std::string status_text(const RunStatus& status) {
  const auto& json = status.content;
  const int64_t found = count(json, "found_finished"), made = count(json, "made"),
                other = count(json, "made_elsewhere");
  std::string text = fmt::format("{}\n", status.process);
  text += line("state", state_of(status));
  text +=
      line("time", fmt::format("started {}, last heard of {}", json.value("started", "?"), json.value("updated", "?")));
  text += line("units", fmt::format("{} of {} done ({} found finished, {} made, {} by other processes)",
                                    found + made + other, count(json, "units"), found, made, other));
  if (json.contains("running") && json["running"].is_object())
    text += line("running",
                 fmt::format("{}, since {}", json["running"].value("unit", "?"), json["running"].value("since", "?")));
  const bool works = json.value("state", "") == "running" || json.value("state", "") == "waiting";
  if (works)
    text += line("left", json.contains("seconds_left") && json["seconds_left"].is_number()
                             ? "about " + cli::clock_text(json["seconds_left"].get<double>())
                             : "not known yet: no unit of some stage was made");
  text += line("peak", cli::readable_bytes({count(json, "peak_memory")}));
  for (const auto& failure : json.value("failed", Json::array()))
    text += line("failed", fmt::format("{}: {}", failure.value("unit", "?"), failure.value("message", "?")));
  for (const auto& unit : json.value("slowest", Json::array()))
    text += line("slowest", fmt::format("{:8.2f} s  {:>9}  {}", unit.value("seconds", 0.0),
                                        cli::readable_bytes({count(unit, "peak_memory")}), unit.value("unit", "?")));
  return text;
}

}  // namespace arcuate
