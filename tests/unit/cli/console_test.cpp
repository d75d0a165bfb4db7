// Messages and progress: what is written where, and when nothing is.
#include "cli/console.h"

#include <sstream>

#include "support.h"

using namespace arcuate;
using arcuate::test::contains;

TEST(Console, results_and_messages_use_different_streams) {
  std::ostringstream out, log;
  cli::Console console(out, log, cli::Level::normal, false);
  console.out() << "result\n";
  console.info("{} words", 3);
  EXPECT_EQ(out.str(), "result\n");
  EXPECT_EQ(log.str(), "3 words\n");
}

TEST(Console, colours_only_a_terminal) {
  std::ostringstream out, log, screen;
  cli::Console(out, log, cli::Level::normal, false).warn("x");
  cli::Console(out, screen, cli::Level::normal, true).warn("x");
  EXPECT_EQ(log.str(), "warning: x\n");
  EXPECT_TRUE(contains(screen.str(), {"\033["}));
}

static std::string drawn(cli::Level level, bool terminal) {
  std::ostringstream out, log;
  cli::Console console(out, log, level, terminal);
  {
    auto bar = console.progress("fitting");
    const auto report = bar.callback();
    for (int i = 0; i <= 1000; ++i) report(i, 1000);
  }
  return log.str();
}

TEST(Progress, is_silent_without_a_terminal_and_when_quiet) {
  EXPECT_EQ(drawn(cli::Level::normal, false), "");
  EXPECT_EQ(drawn(cli::Level::quiet, true), "");
}

TEST(Progress, draws_seldom_always_the_end_and_erases_itself) {
  const auto text = drawn(cli::Level::normal, true);
  EXPECT_TRUE(contains(text, {"fitting [", "1000/1000"}));
  EXPECT_LT(std::count(text.begin(), text.end(), '\r'), 100);
  EXPECT_TRUE(text.ends_with("\r\033[K"));
}

TEST(Progress, a_message_does_not_land_in_the_bar) {
  std::ostringstream out, log;
  cli::Console console(out, log, cli::Level::normal, true);
  auto bar = console.progress("fitting");
  bar.update(5, 5);
  console.info("note");
  EXPECT_TRUE(contains(log.str(), {"\r\033[Knote\n"}));
}

TEST(Progress, line_tells_rate_and_time_left) {
  EXPECT_EQ(cli::progress_line("fit", 50, 200, 10, 80), "fit [######------------------] 50/200  5.00/s  00:00:30 left");
  EXPECT_EQ(cli::progress_line("fit", 0, 200, 10, 80), "fit [------------------------] 0/200");
  EXPECT_EQ(cli::progress_line("fit", 50, 0, 2, 80), "fit 50  25/s");
  EXPECT_EQ(cli::progress_line("fit", 50, 200, 10, 12).size(), 12u);
}

TEST(Progress, clock_has_hours) {
  EXPECT_EQ(cli::clock_text(0), "00:00:00");
  EXPECT_EQ(cli::clock_text(3723.4), "01:02:03");
  EXPECT_EQ(cli::clock_text(360000), "100:00:00");
}
