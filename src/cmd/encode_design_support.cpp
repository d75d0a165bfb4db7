#include "cmd/encode_design_support.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/error.h"
#include "core/tensor.h"
#include "encode/kernel_features.h"
#include "encode/prior.h"

namespace arcuate {

using at::Tensor;

void describe_encode_design(cli::Spec<EncodeDesign>& s) {
  s.section("Design");
  s.flag(
      "kernel", &EncodeDesign::kernel,
      "the feature files are kernels, rows x rows, symmetric and positive semidefinite: kernel ridge regression; test "
      "feature files are then kernels of the test rows (rows) with the training rows (columns)");
  s.option(
       "prior", &EncodeDesign::prior,
       "prior of the weights, an array as for --features: their covariance, columns x columns, positive definite, or "
       "their variances, one a column; the columns are those of all feature files, before delays (Tikhonov "
       "regression)")
      .metavar("FILE");
  s.option("pca", &EncodeDesign::components,
           "principal components of each outer fold's training rows that take the place of the design's columns, "
           "delayed copies included; with --bands so many for each band")
      .range(1, std::numeric_limits<double>::infinity())
      .metavar("N");
}

void check_encode_design(const EncodeDesign& options, bool bands, bool delays, const RidgeOptions& ridge) {
  const bool scales = ridge.standardize == Standardize::features || ridge.standardize == Standardize::both;
  Problems problems("options exclude each other", Fault::usage);
  if (options.kernel && delays) problems.add("--kernel holds no columns that --delays could copy; delay the features");
  if (options.kernel && scales) problems.add("--kernel holds no columns that --standardize could scale");
  if (options.kernel && !options.prior.empty()) problems.add("--kernel holds no columns for a --prior");
  if (!options.prior.empty() && scales) problems.add("--standardize would scale away the variances of --prior");
  if (!options.prior.empty() && bands) problems.add("--prior covers all columns at once and --bands sets them apart");
  problems.raise();
}

namespace {

EncodeData from_kernels(const ArrayNames& arrays, EncodeData data) {
  std::vector<Tensor> features;
  const int64_t rows = data.train_rows;
  int64_t begin = 0;
  for (size_t i = 0; i < data.widths.size(); ++i) {
    const auto own = data.features.slice(1, begin, begin + data.widths[i]);
    const auto across = data.features.size(0) > rows ? own.slice(0, rows) : Tensor();
    const auto made =
        within(fmt::format("'{}'", arrays.features[i]), [&] { return kernel_features(own.slice(0, 0, rows), across); });
    begin += data.widths[i];
    data.widths[i] = made.train.size(1);
    features.push_back(across.defined() ? at::cat({made.train, made.test}, 0) : made.train);
  }
  data.features = at::cat(features, 1);
  data.constant_features = 0;
  return data;
}

}  // namespace

EncodeData with_design(const EncodeDesign& options, const ArrayNames& arrays, EncodeData data) {
  if (options.kernel) return from_kernels(arrays, std::move(data));
  if (options.prior.empty()) return data;
  data.features = within(fmt::format("'{}'", options.prior), [&] {
    auto prior = read_named_array(options.prior);
    if (prior.dim() == 2 && prior.size(1) == 1) prior = prior.squeeze(1);
    if (prior.dim() != 1 && prior.dim() != 2) bad_input("expected one or two dimensions, found {}", shape_text(prior));
    return with_prior(data.features, prior);
  });
  return data;
}

std::vector<std::filesystem::path> design_files(const EncodeDesign& options) {
  if (options.prior.empty()) return {};
  return {array_file(options.prior)};
}

}  // namespace arcuate
