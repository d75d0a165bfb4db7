#include "encode/pca.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"

namespace arcuate {
namespace {

using at::Tensor;

// The last `count` eigenvectors of a symmetric matrix as rows, by falling eigenvalue.
struct Eigen {
  Tensor values, vectors;
};
Eigen largest_eigen(const Tensor& matrix, int64_t count) {
  const auto [values, vectors] = at::linalg_eigh(matrix);
  const int64_t size = matrix.size(0);
  return {values.slice(0, size - count).flip(0), vectors.slice(1, size - count).flip(1).t()};
}

Tensor with_positive_peaks(const Tensor& components) {
  const auto peak = components.abs().argmax(1, true);
  return components * components.gather(1, peak).sign();
}

}  // namespace

Pca fit_pca(const Tensor& rows, int64_t components) {
  const int64_t count = rows.size(0), columns = rows.size(1), most = std::min(count - 1, columns);
  if (components < 1 || components > most)
    bad_usage("{} principal components of {} rows x {} columns: from 1 to {} are possible", components, count, columns,
              std::max<int64_t>(most, 0));
  Pca pca;
  const auto x = rows.to(at::kDouble);
  pca.mean = x.mean(0, true);
  const auto centred = x - pca.mean;
  // The smaller of the two matrices with the same eigenvalues.
  const bool by_columns = columns <= count;
  auto found = largest_eigen(by_columns ? centred.t().mm(centred) : centred.mm(centred.t()), components);
  // Squaring doubles the digits that rounding takes: what is below is not told from 0.
  constexpr double smallest = 1e-13;
  const auto varying = found.values.gt(smallest * found.values[0]).sum().item<int64_t>();
  if (varying < components)
    bad_input("{} principal components of rows that vary in only {} directions; ask for fewer", components, varying);
  if (!by_columns) found.vectors = found.vectors.mm(centred) / found.values.sqrt().unsqueeze(1);
  pca.components = with_positive_peaks(found.vectors).contiguous();
  pca.variances = found.values / static_cast<double>(count - 1);
  return pca;
}

Tensor pca_scores(const Pca& pca, const Tensor& rows) {
  return (rows.to(at::kDouble) - pca.mean).mm(pca.components.t());
}

}  // namespace arcuate
