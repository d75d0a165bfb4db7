// The program: every command of this folder, from a table that CMake writes.
#include "cli/command.h"
#include "cli/program.h"
#include "core/blas.h"
#include "core/interrupt.h"
#include "core/parallel.h"

#define COMMAND(name) extern const arcuate::cli::Command name;
namespace arcuate::commands {
#include "command_table.inc"
}
#undef COMMAND

int main(int count, char** words) {
  arcuate::use_single_threaded_kernels();
  arcuate::use_fitting_blas_kernel();
  arcuate::reuse_freed_memory();
  arcuate::catch_interrupts();
#define COMMAND(name) &arcuate::commands::name,
  const arcuate::cli::Command* const commands[] = {
#include "command_table.inc"
  };
#undef COMMAND
  return arcuate::cli::run_program(commands, {words + 1, words + count}, arcuate::cli::process_surroundings());
}
