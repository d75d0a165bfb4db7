#include "analysis/neuron_signals.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/tensor.h"
#include "encode/haemodynamics.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double rounding = 1e-6;  // of float32: a constant column's deviation relative to its size

Tensor centred_within(const Tensor& series, std::span<const RowRange> runs) {
  std::vector<Tensor> parts;
  for (const auto& run : runs) {
    const auto part = series.slice(0, run.begin, run.end);
    parts.push_back(part - part.mean(0, true));
  }
  return at::cat(parts, 0);
}

Tensor rows_after_lead_in(const Tensor& series, std::span<const RowRange> runs, int64_t lead_in) {
  std::vector<Tensor> parts;
  for (const auto& run : runs) parts.push_back(series.slice(0, run.begin + lead_in, run.end));
  return at::cat(parts, 0);
}

// Columns whose centred values are more than the rounding of the plain ones; false for what is not finite.
Tensor varies(const Tensor& centred, const Tensor& plain) {
  return centred.abs().amax(0) > rounding * plain.abs().amax(0);
}

UnitColumns unit_columns(const Tensor& series, std::span<const RowRange> runs, const Tensor& candidates) {
  const auto centred = centred_within(series, runs);
  const auto usable = varies(centred, series).nonzero().flatten();
  const auto values = centred.index_select(1, usable);
  UnitColumns result{.values = (values / values.norm(2, 0, true)).to(at::kFloat)};
  const auto kept = candidates.index_select(0, usable).contiguous();
  result.kept.assign(kept.data_ptr<int64_t>(), kept.data_ptr<int64_t>() + kept.numel());
  return result;
}

void check_rows(const Tensor& series, std::span<const RowRange> runs, const char* what) {
  const int64_t rows = runs.empty() ? 0 : runs.back().end;
  if (series.dim() != 2 || series.size(0) != rows)
    bad_input("{} must be volumes x columns with {} volumes in all runs, found {}", what, rows, shape_text(series));
}

}  // namespace

std::vector<RowRange> without_lead_in(std::span<const RowRange> runs, int64_t lead_in) {
  std::vector<int64_t> lengths;
  for (size_t i = 0; i < runs.size(); ++i) {
    constexpr int64_t fewest = 2;  // rows that can differ from their mean
    if (runs[i].size() < lead_in + fewest)
      bad_usage("run {} has {} volumes: too few for a lead-in of {}; drop fewer", i + 1, runs[i].size(), lead_in);
    lengths.push_back(runs[i].size() - lead_in);
  }
  return stack_ranges(lengths);
}

at::Tensor word_units_to_volumes(const Tensor& values, std::span<const double> times, std::span<const double> volumes,
                                 double tr, AlignMethod method) {
  const auto units = values.to(at::kDouble);
  const auto centred = units - units.mean(0, true);
  // A neuron that is the same for every word stays exactly 0, so that it is found to be constant.
  return align(at::where(varies(centred, units), centred, at::zeros_like(centred)), times, volumes, tr,
               {.method = method});
}

UnitColumns neuron_signals(const Tensor& series, std::span<const RowRange> runs, const SignalOptions& options) {
  check_rows(series, runs, "neurons");
  if (!at::isfinite(series).all().item<bool>()) bad_input("the neurons hold NaN or infinite values");
  const auto kept_runs = without_lead_in(runs, options.lead_in);
  const auto plain = series.to(at::kDouble);
  auto signals = centred_within(plain, runs);
  const auto candidates = varies(signals, plain).nonzero().flatten();
  signals = signals.index_select(1, candidates);
  if (options.haemodynamic) signals = convolved(signals, spm_weights(options.tr), runs);
  auto result = unit_columns(rows_after_lead_in(signals, runs, options.lead_in), kept_runs, candidates);
  if (result.kept.empty())
    bad_input("all {} neurons are constant: there is nothing to find networks in", series.size(1));
  return result;
}

UnitColumns response_signals(const Tensor& responses, std::span<const RowRange> runs, int64_t lead_in) {
  check_rows(responses, runs, "responses");
  const auto kept_runs = without_lead_in(runs, lead_in);
  const auto rows = rows_after_lead_in(responses.to(at::kDouble), runs, lead_in);
  const auto finite = at::isfinite(rows).all(0).nonzero().flatten();
  auto result = unit_columns(rows.index_select(1, finite), kept_runs, finite);
  if (result.kept.empty())
    bad_input("none of the {} columns of the responses can be used: all are constant or hold NaN or infinite values",
              responses.size(1));
  return result;
}

UsableResponses usable_responses(const std::vector<Tensor>& responses, std::span<const RowRange> runs, int64_t lead_in,
                                 SubjectUse use) {
  std::vector<int64_t> left(static_cast<size_t>(responses.front().size(1)), 0);
  std::vector<UnitColumns> subjects;
  for (size_t s = 0; s < responses.size(); ++s) {
    subjects.push_back(within(fmt::format("reading subject {} of the responses", s + 1),
                              [&] { return response_signals(responses[s], runs, lead_in); }));
    for (const int64_t vertex : subjects.back().kept) ++left[static_cast<size_t>(vertex)];
  }
  UsableResponses usable;
  for (size_t v = 0; v < left.size(); ++v)
    if (left[v] == static_cast<int64_t>(responses.size())) usable.vertices.push_back(static_cast<int64_t>(v));
  if (usable.vertices.empty()) bad_input("no column of the responses can be used in all {} subjects", responses.size());
  for (const auto& subject : subjects) {
    std::vector<int64_t> places;
    for (const int64_t vertex : usable.vertices)
      places.push_back(std::lower_bound(subject.kept.begin(), subject.kept.end(), vertex) - subject.kept.begin());
    usable.subjects.push_back(subject.values.index_select(1, index_tensor(places)));
  }
  if (use == SubjectUse::each) return usable;
  const auto mean = at::stack(usable.subjects).to(at::kDouble).mean(0);
  usable.subjects = {(mean / mean.norm(2, 0, true)).to(at::kFloat)};
  return usable;
}

}  // namespace arcuate
