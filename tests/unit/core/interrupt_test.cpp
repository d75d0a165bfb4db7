#include "core/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "core/error.h"

namespace arcuate {
namespace {

// Runs in a child: the flag and the handlers are the process's own.
[[noreturn]] void exit_as_told_by(int signal) {
  catch_interrupts();
  if (interrupted()) std::_Exit(1);
  stop_if_interrupted();
  std::raise(signal);
  if (!interrupted()) std::_Exit(2);
  try {
    stop_if_interrupted();
  } catch (const Error& error) {
    std::_Exit(error.fault() == Fault::interrupted ? 130 : 3);
  }
  std::_Exit(4);
}

TEST(InterruptDeathTest, a_signal_sets_the_flag_and_the_next_check_throws) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (int signal : {SIGINT, SIGTERM, SIGUSR1})
    EXPECT_EXIT(exit_as_told_by(signal), testing::ExitedWithCode(130), "") << signal;
}

TEST(InterruptDeathTest, a_second_ctrl_c_ends_the_process) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        catch_interrupts();
        std::raise(SIGINT);
        std::raise(SIGINT);
        std::_Exit(0);
      },
      testing::KilledBySignal(SIGINT), "");
}

TEST(InterruptDeathTest, a_second_termination_request_does_not) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        catch_interrupts();
        std::raise(SIGTERM);
        std::raise(SIGTERM);
        std::_Exit(interrupted() ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Interrupt, nothing_is_requested_without_a_signal) {
  EXPECT_FALSE(interrupted());
  EXPECT_NO_THROW(stop_if_interrupted());
}

}  // namespace
}  // namespace arcuate
