#include "brain/drift.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr int64_t highest_order = 20;
constexpr double usual_window = 120;  // seconds, as of LeBel et al. 2023
constexpr int64_t usual_order = 2;
constexpr int64_t block = 256;  // rows that are smoothed in one product

[[noreturn]] void bad_detrend(const std::string& text) {
  bad_usage("'{}' is no way to detrend; expected none, polynomial:ORDER (0 to {}) or savgol[:SECONDS[:ORDER]]", text,
            highest_order);
}

int64_t read_order(const std::string& field, const std::string& text) {
  const auto order = to_integer(field);
  if (!order || *order < 0 || *order > highest_order) bad_detrend(text);
  return *order;
}

}  // namespace

Detrend parse_detrend(const std::string& text) {
  const auto fields = split_fields(text, ':');
  if (text == "none") return {};
  if (fields[0] == "polynomial" && fields.size() == 2)
    return {.kind = Detrend::Kind::polynomial, .order = read_order(fields[1], text)};
  if (fields[0] != "savgol" || fields.size() > 3) bad_detrend(text);
  Detrend detrend{.kind = Detrend::Kind::savgol, .order = usual_order, .window = usual_window};
  if (fields.size() > 1) detrend.window = to_double(fields[1]).value_or(0);
  if (fields.size() > 2) detrend.order = read_order(fields[2], text);
  if (!(detrend.window > 0 && std::isfinite(detrend.window))) bad_detrend(text);
  return detrend;
}

std::string detrend_text(const Detrend& detrend) {
  switch (detrend.kind) {
    case Detrend::Kind::polynomial:
      return fmt::format("polynomial:{}", detrend.order);
    case Detrend::Kind::savgol:
      return fmt::format("savgol:{}:{}", shortest(detrend.window), detrend.order);
    default:
      return "none";
  }
}

Tensor cosine_waves(int64_t rows, double tr, double cutoff) {
  const double wanted = std::floor(2.0 * static_cast<double>(rows) * tr / cutoff);
  const auto highest = static_cast<int64_t>(std::min(static_cast<double>(rows - 1), wanted));
  const auto time = at::arange(rows, at::kDouble) + 0.5;
  const auto order = at::arange(highest + 1, at::kDouble);
  const auto waves = at::cos(at::outer(time, order) * (std::numbers::pi / static_cast<double>(rows)));
  return waves / waves.norm(2, 0, true);
}

Tensor polynomials(int64_t rows, int64_t order) {
  // Powers of a time from -1 to 1 lose no digits that matter at the orders that are allowed.
  const auto time = at::linspace(-1, 1, rows, at::kDouble).unsqueeze(1);
  const auto powers = at::pow(time, at::arange(order + 1, at::kDouble));
  return std::get<0>(at::linalg_qr(powers));
}

int64_t odd_rows(double seconds, double tr) { return 2 * static_cast<int64_t>(std::floor(seconds / tr / 2)) + 1; }

Tensor savgol_smoothed(const Tensor& series, int64_t window, int64_t order) {
  const int64_t rows = series.size(0);
  if (window > rows || order >= window)
    bad_usage(
        "a Savitzky-Golay filter of {} volumes and order {} does not fit a scan of {} volumes; its window must be "
        "longer than its order and no longer than the scan",
        window, order, rows);
  const auto x = series.to(at::kDouble);
  const auto basis = polynomials(window, order);
  const auto fit = basis.mm(basis.t());  // row i: the value at row i of a window of the polynomial fitted to it
  const auto first = [&](int64_t row) { return std::clamp(row - window / 2, int64_t{0}, rows - window); };
  auto smooth = at::empty_like(x);
  for (int64_t begin = 0; begin < rows; begin += block) {
    const int64_t end = std::min(begin + block, rows), seen = first(begin), unseen = first(end - 1) + window;
    auto weights = at::zeros({end - begin, unseen - seen}, at::kDouble);
    for (int64_t row = begin; row < end; ++row)
      weights[row - begin].slice(0, first(row) - seen, first(row) - seen + window).copy_(fit[row - first(row)]);
    smooth.slice(0, begin, end) = weights.mm(x.slice(0, seen, unseen));
  }
  return smooth;
}

}  // namespace arcuate
