// Messages and the progress bar.
#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace arcuate::cli {

Progress Console::progress(std::string label) { return Progress(*this, std::move(label)); }

std::string time_text() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  char text[32] = "";
  std::strftime(text, sizeof text, "%FT%TZ", gmtime_r(&now, &parts));
  return text;
}

std::string event_line(const std::string& name, const Json& fields) {
  Json line{{"time", time_text()}, {"event", name}};
  line.update(fields);
  return json_text(line, -1);
}

void Console::event(const std::string& name, const Json& fields) {
  if (style_ != LogStyle::json) return;
  const std::lock_guard lock(guard_);
  log_ << event_line(name, fields) << '\n' << std::flush;
}

void Console::log(const std::string& level, const std::string& message) {
  if (style_ == LogStyle::json) return event("message", {{"level", level}, {"text", message}});
  const std::lock_guard lock(guard_);
  erase();
  const char* mark = level != "warning" ? "" : terminal_ ? "\033[1;33mwarning:\033[0m " : "warning: ";
  log_ << mark << message << '\n' << std::flush;
}

void Console::draw(const std::string& line) {
  const std::lock_guard lock(guard_);
  erase();
  log_ << line << std::flush;
  drawn_ = true;
}

void Console::erase() {
  if (drawn_) log_ << "\r\033[K" << std::flush;
  drawn_ = false;
}

static int terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

Progress::Progress(Console& console, std::string label) : console_(console), label_(std::move(label)) {}

Progress::~Progress() {
  const std::lock_guard lock(console_.guard_);
  console_.erase();
}

void Progress::update(int64_t done, int64_t total) {
  constexpr auto interval = std::chrono::milliseconds(100);
  const auto now = Clock::now();
  if (!console_.draws() || (now < next_ && done != total)) return;
  next_ = now + interval;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  console_.draw(progress_line(label_, done, total, seconds, terminal_columns() - 1));
}

std::function<void(int64_t, int64_t)> Progress::callback() {
  return [this](int64_t done, int64_t total) { update(done, total); };
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(std::clamp(seconds, 0.0, 3.6e6 - 1)));
  return fmt::format("{:02}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

static std::string rate_text(double rate) {
  return rate >= 10    ? fmt::format("{:.0f}/s", rate)
         : rate >= 0.1 ? fmt::format("{:.2f}/s", rate)
                       : fmt::format("{:.1f}/h", rate * 3600);
}

std::string progress_line(const std::string& label, int64_t done, int64_t total, double seconds, int columns) {
  constexpr int bar_width = 24;
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string line = label;
  if (total > 0) {
    const int filled = static_cast<int>(std::clamp<int64_t>(done * bar_width / total, 0, bar_width));
    line += fmt::format(" [{}{}] {}/{}", std::string(filled, '#'), std::string(bar_width - filled, '-'), done, total);
  } else {
    line += fmt::format(" {}", done);
  }
  if (rate > 0) line += "  " + rate_text(rate);
  if (rate > 0 && total > 0) line += "  " + clock_text(static_cast<double>(total - done) / rate) + " left";
  return line.substr(0, static_cast<size_t>(std::max(columns, 0)));
}

}  // namespace arcuate::cli
