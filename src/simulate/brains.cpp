#include "simulate/brains.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>

#include "brain/clean.h"
#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double baseline = 100;
constexpr int64_t subject_with_nan = 1;  // the second one, or the only one

// Columns (vertices) of each kind of drive; for layers, by the lower of the two layers that are mixed.
struct Groups {
  std::map<Drive, std::vector<int64_t>> columns{};
  std::map<int64_t, std::vector<int64_t>> layers{};
};

Groups group(const std::vector<PlantedVertex>& vertices, int64_t depth) {
  Groups groups;
  for (size_t v = 0; v < vertices.size(); ++v) {
    if (!vertices[v].drive) continue;
    if (*vertices[v].drive == Drive::layers) {
      const auto lower = std::min(static_cast<int64_t>(vertices[v].depth), depth - 1);
      groups.layers[lower].push_back(static_cast<int64_t>(v));
    } else {
      groups.columns[*vertices[v].drive].push_back(static_cast<int64_t>(v));
    }
  }
  return groups;
}

Tensor row_of(const std::vector<PlantedVertex>& vertices, const std::vector<int64_t>& columns, auto value) {
  std::vector<double> values;
  for (int64_t column : columns) values.push_back(value(vertices[static_cast<size_t>(column)]));
  return to_tensor(values).unsqueeze(0);
}

// The series of a drive as one subject's vessels deliver them.
class Delivered {
 public:
  Delivered(const Drives& drives, const std::vector<PlantedVertex>& vertices, const PlantOptions& plant,
            uint64_t weight_seed, std::vector<double> response)
      : drives_(drives), vertices_(vertices), plant_(plant), seed_(weight_seed), response_(std::move(response)) {}

  Tensor plain(Drive drive) const { return zscore(convolve(drives_.features.at(drive))); }

  // T x columns
  Tensor of(Drive drive, const std::vector<int64_t>& columns) const {
    const auto count = static_cast<int64_t>(columns.size());
    const auto features = convolve(drives_.features.at(drive));
    switch (drive) {
      case Drive::word_rate:
        return features.expand({-1, count});
      case Drive::network: {
        std::vector<int64_t> networks;
        for (int64_t column : columns) networks.push_back(vertices_[static_cast<size_t>(column)].network);
        return features.index_select(1, index_tensor(networks));
      }
      case Drive::loop: {
        const auto phase = row_of(vertices_, columns, [](const auto& v) { return v.phase; });
        return features.slice(1, 0, 1) * phase.cos() + features.slice(1, 1, 2) * phase.sin();
      }
      case Drive::forecast:
        return of_forecast(features, columns);
      default:
        return features.mm(weights_of(drive, features.size(1), count));
    }
  }

  // A mixture of two neighbouring layers, read by the same weights.
  Tensor of_layers(int64_t lower, const std::vector<int64_t>& columns) const {
    const auto share = row_of(vertices_, columns, [&](const auto& v) { return v.depth - static_cast<double>(lower); });
    const auto below = convolve(drives_.layers[static_cast<size_t>(lower)]),
               above = convolve(drives_.layers[static_cast<size_t>(lower) + 1]);
    const auto weights = random_normals(below.size(1), static_cast<int64_t>(columns.size()),
                                        derive_seed(seed_, "weights of layer " + std::to_string(lower)));
    return (1 - share) * zscore(below.mm(weights)) + share * zscore(above.mm(weights));
  }

 private:
  // The word ahead is read out by the same weights as the present one; features hold one block a distance.
  Tensor of_forecast(const Tensor& features, const std::vector<int64_t>& columns) const {
    const int64_t components = drives_.present.size(1);
    const auto weights = weights_of(Drive::forecast, components, static_cast<int64_t>(columns.size()));
    auto blocks = at::zeros({features.size(1), weights.size(1)}, at::kDouble);
    for (int64_t i = 0; i < weights.size(1); ++i) {
      const int64_t first = components * vertices_[static_cast<size_t>(columns[static_cast<size_t>(i)])].ahead;
      blocks.select(1, i).slice(0, first, first + components).copy_(weights.select(1, i));
    }
    return std::sqrt(1 - plant_.forecast_share) * zscore(convolve(drives_.present).mm(weights)) +
           std::sqrt(plant_.forecast_share) * zscore(features.mm(blocks));
  }

  Tensor convolve(const Tensor& series) const { return convolved(series, response_, drives_.stories); }
  Tensor weights_of(Drive drive, int64_t features, int64_t columns) const {
    return random_normals(features, columns, derive_seed(seed_, "weights of " + drive_name(drive)));
  }

  const Drives& drives_;
  const std::vector<PlantedVertex>& vertices_;
  const PlantOptions& plant_;
  uint64_t seed_;
  std::vector<double> response_;
};

}  // namespace

std::string subject_name(int64_t subject) { return fmt::format("sim{:02}", subject + 1); }

Tensor autoregressive(const std::vector<RowRange>& stories, int64_t columns, double autocorrelation, uint64_t seed) {
  Random random(seed);
  const double fresh = std::sqrt(1 - autocorrelation * autocorrelation);
  const int64_t rows = stories.back().end;
  auto series = at::empty({rows, columns}, at::kFloat);
  auto* x = series.data_ptr<float>();
  for (const auto& story : stories)
    for (int64_t t = story.begin; t < story.end; ++t)
      for (int64_t v = 0; v < columns; ++v) {
        const double before = t == story.begin ? 0 : static_cast<double>(x[(t - 1) * columns + v]);
        const double scale = t == story.begin ? 1 : fresh;
        x[t * columns + v] = static_cast<float>(autocorrelation * before + scale * random.normal());
      }
  return series;
}

Brains::Brains(const Drives& drives, const std::vector<PlantedVertex>& vertices, const PlantOptions& plant,
               const DriveOptions& drive, const BrainOptions& options)
    : drives_(drives), vertices_(vertices), plant_(plant), drive_(drive), options_(options) {
  shared_ = autoregressive(drives.stories, static_cast<int64_t>(vertices.size()), options.autocorrelation,
                           derive_seed(options.seed, "shared noise"));
}

Tensor Brains::signals(int64_t subject) const {
  const auto own = own_response(options_.response, derive_seed(options_.seed, "response of " + subject_name(subject)));
  const Delivered delivered(drives_, vertices_, plant_, options_.seed, response_weights(own, drive_.tr));
  const auto groups = group(vertices_, static_cast<int64_t>(drives_.layers.size()) - 1);
  auto signals = at::zeros(shared_.sizes(), at::kFloat);
  const auto put = [&](const std::vector<int64_t>& columns, const Tensor& series) {
    signals.index_copy_(1, index_tensor(columns), zscore(series).to(at::kFloat));
  };
  for (const auto& [drive, columns] : groups.columns) put(columns, delivered.of(drive, columns));
  const auto rate = delivered.plain(Drive::word_rate);
  const auto sound = drives_.features.contains(Drive::sound) ? delivered.plain(Drive::sound) : at::zeros_like(rate);
  for (const auto& [lower, columns] : groups.layers) {
    const auto of_rate = row_of(vertices_, columns, [](const auto& v) { return v.word_rate; }),
               of_sound = row_of(vertices_, columns, [](const auto& v) { return v.sound; });
    put(columns, (1 - of_rate - of_sound).sqrt() * zscore(delivered.of_layers(lower, columns)) + of_rate.sqrt() * rate +
                     of_sound.sqrt() * sound);
  }
  return signals;
}

Tensor Brains::responses(const Tensor& signals, int64_t subject, int64_t repeat) const {
  const int64_t columns = signals.size(1);
  const auto who = fmt::format("{}, repeat {}", subject_name(subject), repeat);
  auto noise = autoregressive(drives_.stories, columns, options_.autocorrelation,
                              derive_seed(options_.seed, "private noise of " + who));
  noise.mul_(std::sqrt(1 - options_.shared_noise)).add_(shared_, std::sqrt(options_.shared_noise));
  auto ceiling = at::empty({1, columns}, at::kFloat), gain = at::empty({1, columns}, at::kFloat);
  Random random(derive_seed(options_.seed, "gain of " + subject_name(subject)));
  for (int64_t v = 0; v < columns; ++v) {
    ceiling.data_ptr<float>()[v] = static_cast<float>(vertices_[static_cast<size_t>(v)].ceiling);
    gain.data_ptr<float>()[v] = static_cast<float>(options_.gain * std::exp(options_.gain_spread * random.normal()));
  }
  auto responses = (signals * ceiling).add_(noise.mul_((1 - ceiling * ceiling).sqrt())).mul_(gain).add_(baseline);
  for (size_t v = 0; v < vertices_.size(); ++v) {
    const auto column = static_cast<int64_t>(v);
    const bool here = subject == std::min(subject_with_nan, options_.subjects - 1) && repeat == 0;
    if (vertices_[v].medial_wall) responses.select(1, column).zero_();
    if (vertices_[v].defect == Defect::constant) responses.select(1, column).fill_(baseline);
    if (vertices_[v].defect == Defect::nan && here)
      responses[responses.size(0) / 2][column] = std::numeric_limits<float>::quiet_NaN();
  }
  return responses;
}

}  // namespace arcuate
