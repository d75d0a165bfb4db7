#include "core/interrupt.h"

#include <csignal>

#include "core/error.h"

namespace arcuate {

static volatile std::sig_atomic_t stop_requested = 0;

static void request_stop(int signal) {
  stop_requested = 1;
  if (signal == SIGINT) std::signal(SIGINT, SIG_DFL);
}

void catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = request_stop;
  for (int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaction(signal, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);
}

bool interrupted() { return stop_requested != 0; }

void stop_if_interrupted() {
  if (interrupted()) fail(Fault::interrupted, "interrupted");
}

}  // namespace arcuate
