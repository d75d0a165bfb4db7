// Runs the benchmarks of one executable with the kernels that the program uses.
#include <benchmark/benchmark.h>

#include <iostream>

#include "core/blas.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/version.h"

int main(int count, char** words) {
  arcuate::use_single_threaded_kernels();
  arcuate::use_fitting_blas_kernel();
  benchmark::Initialize(&count, words);
  if (benchmark::ReportUnrecognizedArguments(count, words)) return 2;
  benchmark::AddCustomContext("arcuate", std::string(arcuate::version));
  benchmark::AddCustomContext("blas_kernel", arcuate::blas_kernel());
  benchmark::AddCustomContext("available_cores", std::to_string(arcuate::available_cores()));
  try {
    benchmark::RunSpecifiedBenchmarks();
  } catch (const arcuate::Error& error) {
    std::cerr << "benchmark: " << error.what() << "\n";
    return static_cast<int>(error.fault());
  }
}
