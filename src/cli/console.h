// Where a command writes: results to standard output; messages, warnings and progress to standard error.
#pragma once
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>

#include "io/json.h"

namespace arcuate::cli {

enum class Level { quiet, normal, verbose };
/// Lines for people, or JSON objects, one a line, for programs.
enum class LogStyle { text, json };
class Progress;

/// Safe to use from several threads, except out().
class Console {
 public:
  /// `terminal`: `log` is one, so that progress bars and colour make sense.
  Console(std::ostream& out, std::ostream& log, Level level, bool terminal, LogStyle style = LogStyle::text)
      : out_(out), log_(log), level_(level), terminal_(terminal && style == LogStyle::text), style_(style) {}

  /// Results only: another program may be reading.
  std::ostream& out() { return out_; }

  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) {
    if (level_ != Level::quiet) log("info", fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void verbose(fmt::format_string<Args...> format, Args&&... args) {
    if (level_ == Level::verbose) log("verbose", fmt::format(format, std::forward<Args>(args)...));
  }
  /// Shown even with --quiet.
  template <class... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    log("warning", fmt::format(format, std::forward<Args>(args)...));
  }
  /// What programs that read a log of JSON lines are told; nothing in one of text.
  void event(const std::string& name, const Json& fields);

  /// `const auto bar = console.progress("extracting"); compute.progress = bar.callback();`
  Progress progress(std::string label);

 private:
  friend class Progress;
  bool draws() const { return terminal_ && level_ != Level::quiet; }
  void log(const std::string& level, const std::string& message);
  void draw(const std::string& line);
  void erase();

  std::ostream& out_;
  std::ostream& log_;
  Level level_;
  bool terminal_;
  LogStyle style_;
  bool drawn_ = false;
  std::mutex guard_;
};

/// A bar with rate and time left, drawn at most ten times a second; erased with the object. Must outlive its callback.
class Progress {
 public:
  Progress(Console& console, std::string label);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void update(int64_t done, int64_t total);
  std::function<void(int64_t done, int64_t total)> callback();

 private:
  using Clock = std::chrono::steady_clock;
  Console& console_;
  std::string label_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_;
};

/// One line of at most `columns` characters; `total` 0 means unknown.
std::string progress_line(const std::string& label, int64_t done, int64_t total, double seconds, int columns);
/// {"time": …, "event": name, …} as one line. Bytes that are not UTF-8 are replaced.
std::string event_line(const std::string& name, const Json& fields);
/// "2026-05-01T12:00:00Z": now.
std::string time_text();
/// "01:02:03"
std::string clock_text(double seconds);

}  // namespace arcuate::cli
