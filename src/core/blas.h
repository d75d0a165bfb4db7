// Which of its kernels OpenBLAS multiplies matrices with.
#pragma once

namespace arcuate {

/// An OpenBLAS that is older than the processor does not recognise it and falls back to a kernel of long ago, at a
/// third of the speed and less. Where that happened, and OPENBLAS_CORETYPE asks for nothing else, it is told to take
/// the kernel of the processor's instructions (AVX-512 or AVX2), and so are the processes started from here. Call once,
/// before any arithmetic. Does nothing with another BLAS.
void use_fitting_blas_kernel();

}  // namespace arcuate
