#include "analysis/neuron_signals.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

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

struct KeptColumns {
  Tensor values{};  // R x kept, float32
  Tensor kept{};    // numbers of the columns
};

// Columns that vary, centred within each run and of norm 1.
KeptColumns unit_columns(const Tensor& series, std::span<const RowRange> runs) {
  const auto centred = centred_within(series, runs);
  const auto usable = varies(centred, series).nonzero().flatten();
  const auto values = centred.index_select(1, usable);
  return {(values / values.norm(2, 0, true)).to(at::kFloat), usable};
}

std::vector<int64_t> numbers_of(const Tensor& values) {
  const auto plain = values.contiguous();
  return {plain.data_ptr<int64_t>(), plain.data_ptr<int64_t>() + plain.numel()};
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

static KeptColumns signals_of(const Tensor& series, std::span<const RowRange> runs, const SignalOptions& options) {
  check_rows(series, runs, "neurons");
  if (!at::isfinite(series).all().item<bool>()) bad_input("the neurons hold NaN or infinite values");
  const auto kept_runs = without_lead_in(runs, options.lead_in);
  const auto plain = series.to(at::kDouble);
  auto signals = centred_within(plain, runs);
  const auto candidates = varies(signals, plain).nonzero().flatten();
  signals = signals.index_select(1, candidates);
  if (options.haemodynamic) signals = convolved(signals, spm_weights(options.tr), runs);
  auto result = unit_columns(rows_after_lead_in(signals, runs, options.lead_in), kept_runs);
  result.kept = candidates.index_select(0, result.kept);
  return result;
}

UnitColumns neuron_signals(const Tensor& series, std::span<const RowRange> runs, const SignalOptions& options) {
  return neuron_signals(1, [&](size_t) { return series; }, runs, options);
}

UnitColumns neuron_signals(size_t parts, const std::function<Tensor(size_t)>& part, std::span<const RowRange> runs,
                           const SignalOptions& options) {
  std::vector<Tensor> values, kept;
  int64_t neurons = 0;
  for (size_t i = 0; i < parts; ++i) {
    const auto series = part(i);
    const auto own = signals_of(series, runs, options);
    values.push_back(own.values);
    kept.push_back(own.kept + neurons);
    neurons += series.size(1);
  }
  UnitColumns result{.values = values.size() == 1 ? values.front() : at::cat(values, 1),
                     .kept = numbers_of(at::cat(kept))};
  if (result.kept.empty()) bad_input("all {} neurons are constant: there is nothing to find networks in", neurons);
  return result;
}

namespace {

// Columns of responses that are in memory at once; fixed, so that no number depends on where responses are.
constexpr int64_t response_columns = 2048;

std::vector<RowRange> column_blocks(int64_t columns) {
  std::vector<RowRange> blocks;
  for (int64_t first = 0; first < columns; first += response_columns)
    blocks.push_back({first, std::min(first + response_columns, columns)});
  return blocks;
}

// Finite columns that vary; none is no error.
KeptColumns usable_columns(const Tensor& responses, std::span<const RowRange> runs, int64_t lead_in) {
  const auto kept_runs = without_lead_in(runs, lead_in);
  const auto rows = rows_after_lead_in(responses.to(at::kDouble), runs, lead_in);
  const auto finite = at::isfinite(rows).all(0).nonzero().flatten();
  auto result = unit_columns(rows.index_select(1, finite), kept_runs);
  result.kept = finite.index_select(0, result.kept);
  return result;
}

void check_any(const std::vector<int64_t>& kept, int64_t columns) {
  if (kept.empty())
    bad_input("none of the {} columns of the responses can be used: all are constant or hold NaN or infinite values",
              columns);
}

std::vector<int64_t> usable_vertices(const ResponseMatrix& responses, std::span<const RowRange> runs, int64_t lead_in) {
  std::vector<int64_t> usable;
  for (const auto& block : column_blocks(responses.targets())) {
    const auto own = responses.columns(block);
    check_rows(own, runs, "responses");
    for (const int64_t vertex : numbers_of(usable_columns(own, runs, lead_in).kept))
      usable.push_back(block.begin + vertex);
  }
  check_any(usable, responses.targets());
  return usable;
}

// Signals at the vertices that all subjects have, made from the responses as they are read.
class SignalSource : public ResponseSource {
 public:
  SignalSource(ResponseMatrix responses, const std::vector<int64_t>& vertices, std::span<const RowRange> runs,
               int64_t lead_in)
      : responses_(std::move(responses)),
        vertices_(index_tensor(vertices)),
        runs_(runs.begin(), runs.end()),
        lead_in_(lead_in) {}
  int64_t rows() const override { return without_lead_in(runs_, lead_in_).back().end; }
  int64_t targets() const override { return vertices_.numel(); }
  Tensor read(const RowRange& range) const override {
    return usable_columns(responses_.columns(vertices_.slice(0, range.begin, range.end)), runs_, lead_in_).values;
  }

 private:
  const ResponseMatrix responses_;
  const Tensor vertices_;
  const std::vector<RowRange> runs_;
  const int64_t lead_in_;
};

// block_of(columns) gives a block of R x V: all of them, in float32.
Tensor in_float(int64_t rows, int64_t columns, const std::function<Tensor(const RowRange&)>& block_of) {
  const auto all = at::empty({rows, columns}, at::kFloat);
  for (const auto& block : column_blocks(columns)) all.slice(1, block.begin, block.end).copy_(block_of(block));
  return all;
}

Tensor mean_signals(const std::vector<ResponseMatrix>& subjects) {
  return in_float(subjects.front().rows(), subjects.front().targets(), [&](const RowRange& block) {
    auto sum = subjects.front().columns(block).to(at::kDouble);
    for (size_t s = 1; s < subjects.size(); ++s) sum += subjects[s].columns(block);
    const auto mean = sum / static_cast<double>(subjects.size());
    return mean / mean.norm(2, 0, true);
  });
}

}  // namespace

UnitColumns response_signals(const Tensor& responses, std::span<const RowRange> runs, int64_t lead_in) {
  check_rows(responses, runs, "responses");
  const auto own = usable_columns(responses, runs, lead_in);
  UnitColumns result{.values = own.values, .kept = numbers_of(own.kept)};
  check_any(result.kept, responses.size(1));
  return result;
}

UsableResponses usable_responses(const std::vector<ResponseMatrix>& responses, std::span<const RowRange> runs,
                                 int64_t lead_in, SubjectUse use) {
  std::vector<int64_t> left(static_cast<size_t>(responses.front().targets()), 0);
  for (size_t s = 0; s < responses.size(); ++s)
    for (const int64_t vertex : within(fmt::format("reading subject {} of the responses", s + 1),
                                       [&] { return usable_vertices(responses[s], runs, lead_in); }))
      ++left[static_cast<size_t>(vertex)];
  UsableResponses usable;
  for (size_t v = 0; v < left.size(); ++v)
    if (left[v] == std::ssize(responses)) usable.vertices.push_back(static_cast<int64_t>(v));
  if (usable.vertices.empty()) bad_input("no column of the responses can be used in all {} subjects", responses.size());
  for (const auto& subject : responses)
    usable.subjects.emplace_back(std::make_shared<SignalSource>(subject, usable.vertices, runs, lead_in));
  if (use == SubjectUse::mean) {
    usable.subjects = {mean_signals(usable.subjects)};
    return usable;
  }
  for (size_t s = 0; s < responses.size(); ++s) {
    const auto& own = usable.subjects[s];
    if (responses[s].in_memory())
      usable.subjects[s] =
          in_float(own.rows(), own.targets(), [&](const RowRange& block) { return own.columns(block); });
  }
  return usable;
}

}  // namespace arcuate
