// Ctrl-C and termination requests. A signal can only set a flag: this is the program's one piece of global state.
#pragma once

namespace arcuate {

/// SIGINT, SIGTERM and SIGUSR1 set the flag from now on (a second SIGINT ends the process at once).
/// A file that reaches the limit on its size no longer ends the process: writing fails, which has a message.
void catch_interrupts();
bool interrupted();
/// Throws Error(Fault::interrupted) if the flag is set. Long loops call it once per piece of work.
void stop_if_interrupted();

}  // namespace arcuate
