// The activation functions of feed-forward networks.
#pragma once
#include <ATen/core/Tensor.h>

#include "model/spec.h"

namespace arcuate {

/// Element by element. GELU (Hendrycks & Gimpel 2016) is x Phi(x) with the normal distribution's Phi, `gelu_tanh` its
/// approximation x / (1 + exp(-2 sqrt(2 / pi) (x + 0.044715 x^3))). SiLU is x / (1 + exp(-x)).
at::Tensor activate(Activation activation, const at::Tensor& x);

}  // namespace arcuate
