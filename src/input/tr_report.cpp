#include "input/tr_report.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "input/timed_words.h"
#include "io/table.h"

namespace arcuate {
namespace {

struct ReportedEvent {
  double seconds = 0;
  std::string label{};
  int line = 0;
};

bool is_volume(std::string_view label) {
  return label == "init-trigger" || label == "trigger" || label.starts_with("first");
}
bool is_sound_start(std::string_view label) {
  return label == "sound-start" || label.starts_with("start") || label.starts_with("START");
}
bool is_sound_stop(std::string_view label) { return label == "sound-stop" || label.starts_with("END"); }

void check_text(std::string_view bytes, const std::string& source) {
  const auto bad = invalid_utf8(bytes), zero = std::optional(bytes.find('\0'));
  if (bad || *zero != bytes.npos)
    bad_input("{}: byte {} is no text: expected lines of a time and a label, in UTF-8", source,
              std::min(bad.value_or(bytes.npos), *zero));
}

std::vector<ReportedEvent> read_events(std::string_view bytes, Problems& problems) {
  std::vector<ReportedEvent> events;
  int number = 0;
  for (auto rest = without_bom(bytes); !rest.empty();) {
    const auto line = trim(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
    ++number;
    if (line.empty()) continue;
    const auto time = line.substr(0, line.find_first_of(" \t"));
    const auto label = trim(line.substr(time.size()));
    const auto seconds = to_double(time);
    if (!seconds || !(std::abs(*seconds) <= longest_seconds))
      problems.add("line {}: expected seconds, found '{}'", number, excerpt(time));
    else if (label.empty())
      problems.add("line {}: expected a label after the time {}", number, time);
    else
      events.push_back({*seconds, std::string(label), number});
  }
  return events;
}

// The one event of a kind. Problems: several; none, if it is needed.
std::optional<double> only_event(const std::vector<ReportedEvent>& events, bool (*is_kind)(std::string_view),
                                 Problems& problems) {
  const ReportedEvent* found = nullptr;
  for (const auto& event : events) {
    if (!is_kind(event.label)) continue;
    if (found)
      problems.add("line {}: '{}' after '{}' on line {}; one was expected", event.line, excerpt(event.label),
                   excerpt(found->label), found->line);
    found = &event;
  }
  return found ? std::optional(found->seconds) : std::nullopt;
}

std::vector<double> volume_times(const std::vector<ReportedEvent>& events, double start, Problems& problems) {
  std::vector<double> times;
  const ReportedEvent* last = nullptr;
  for (const auto& event : events) {
    if (!is_volume(event.label)) continue;
    if (last && !(event.seconds > last->seconds))
      problems.add("line {}: a volume at {} follows one at {} (line {}); times must rise", event.line,
                   shortest(event.seconds), shortest(last->seconds), last->line);
    times.push_back(event.seconds - start);
    last = &event;
  }
  if (times.size() < 2) problems.add("{} volumes (lines with 'trigger'); at least 2 were expected", times.size());
  return times;
}

double mean_interval(const std::vector<double>& times) {
  return (times.back() - times.front()) / static_cast<double>(times.size() - 1);
}

void fill_gaps(TrReport& report, const std::vector<double>& times, double expected_tr) {
  constexpr double wide = 1.5;  // intervals, as in the laboratory's code
  const double widest = wide * mean_interval(times);
  for (size_t i = 0; i < times.size(); ++i) {
    report.volumes.push_back(times[i]);
    if (i + 1 == times.size() || !(times[i + 1] - times[i] > widest)) continue;
    report.filled.push_back(report.volumes.size());
    report.volumes.push_back(times[i] + expected_tr);
  }
}

void check_filled(const TrReport& report, double expected_tr, Problems& problems) {
  for (const size_t i : report.filled)
    if (!(report.volumes[i] < report.volumes[i + 1]))
      problems.add("a trigger is missing after {} seconds, where {} more lead beyond the next volume",
                   shortest(report.volumes[i - 1]), shortest(expected_tr));
}

}  // namespace

TrReport parse_tr_report(std::string_view bytes, const std::string& source, const TrReportOptions& options) {
  check_text(bytes, source);
  Problems problems(source);
  const auto events = read_events(bytes, problems);
  const auto start = only_event(events, is_sound_start, problems);
  const auto stop = only_event(events, is_sound_stop, problems);
  if (!start) problems.add("no line says when the sound began ('sound-start')");
  if (start && stop && *stop < *start) problems.add("the sound ends at {}, before it begins at {}", *stop, *start);
  const double zero = start.value_or(0);
  const auto times = volume_times(events, zero, problems);
  problems.raise();
  TrReport report{.sound_end = stop ? *stop - zero : std::numeric_limits<double>::quiet_NaN()};
  fill_gaps(report, times, options.expected_tr);
  check_filled(report, options.expected_tr, problems);
  problems.raise();
  report.tr = mean_interval(report.volumes);
  for (const auto& event : events)
    if (!is_volume(event.label) && !is_sound_start(event.label) && !is_sound_stop(event.label))
      report.labels.push_back({event.seconds - zero, event.label});
  return report;
}

std::vector<double> volume_centres(const TrReport& report) {
  auto centres = report.volumes;
  for (auto& centre : centres) centre += report.tr / 2;
  return centres;
}

}  // namespace arcuate
