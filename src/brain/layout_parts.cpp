#include "brain/layout_parts.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/gifti_series.h"

namespace arcuate {
namespace {

std::string listed(const std::vector<std::string>& names) {
  constexpr size_t most = 8;
  const std::vector<std::string> first(names.begin(), names.begin() + static_cast<long>(std::min(names.size(), most)));
  return join(first, ", ") + (names.size() > most ? fmt::format(" and {} more", names.size() - most) : "");
}

}  // namespace

void LeftOut::tell(Dataset& dataset) const {
  for (const auto& [reason, names] : reasons_)
    dataset.notes.push_back(fmt::format("left out, {}: {}", reason, listed(names)));
}

std::string LeftOut::text() const {
  std::vector<std::string> parts;
  for (const auto& [reason, names] : reasons_) parts.push_back(fmt::format("{}: {}", reason, listed(names)));
  return join(parts, "; ");
}

std::vector<std::string> who_heard_all(const std::set<std::pair<std::string, std::string>>& heard,
                                       const std::vector<std::string>& subjects,
                                       const std::vector<std::string>& stories, LeftOut& left_out) {
  std::vector<std::string> complete;
  for (const auto& subject : subjects) {
    const bool all = std::all_of(stories.begin(), stories.end(),
                                 [&](const auto& story) { return heard.contains({subject, story}); });
    if (all)
      complete.push_back(subject);
    else
      left_out.add("subjects who did not hear all chosen stories", subject);
  }
  if (complete.empty()) bad_usage("no subject heard all of {}; choose fewer with dataset.stories", join(stories, ", "));
  return complete;
}

void cut_to_shortest(Dataset& dataset, const std::vector<int64_t>& volumes) {
  std::vector<int64_t> longest(dataset.stories.size(), 0);
  for (size_t r = 0; r < dataset.recordings.size(); ++r) {
    auto& shortest = dataset.stories[dataset.recordings[r].story].volumes;
    shortest = shortest == 0 ? volumes[r] : std::min(shortest, volumes[r]);
    auto& most = longest[dataset.recordings[r].story];
    most = std::max(most, volumes[r]);
  }
  for (size_t r = 0; r < dataset.recordings.size(); ++r) {
    auto& recording = dataset.recordings[r];
    const int64_t rows = dataset.stories[recording.story].volumes;
    if (rows == volumes[r]) continue;
    if (recording.responses.defined()) recording.responses = recording.responses.slice(0, 0, rows).clone();
    recording.read = [read = recording.read, rows] { return read().slice(0, 0, rows); };
  }
  for (size_t s = 0; s < longest.size(); ++s)
    if (longest[s] != dataset.stories[s].volumes)
      dataset.notes.push_back(fmt::format("story {}: scans of up to {} volumes are cut to the shortest, {}",
                                          dataset.stories[s].name, longest[s], dataset.stories[s].volumes));
}

at::Tensor read_hemispheres(const std::map<std::string, std::filesystem::path>& sides) {
  std::vector<GiftiSeries> series;
  int64_t vertices = 0;
  for (const auto& [side, path] : sides) vertices += series.emplace_back(path).vertices();
  const auto volumes = series.front().volumes();
  for (const auto& other : series)
    if (other.volumes() != volumes)
      bad_input("'{}' has {} volumes, the other hemisphere {}", sides.begin()->second.string(), volumes,
                other.volumes());
  auto responses = empty_in_large_pages({volumes, vertices}, at::kDouble);
  int64_t first = 0;
  for (const auto& side : series) {
    side.read(responses.narrow(1, first, side.vertices()));
    first += side.vertices();
  }
  return responses;
}

void read_ahead(int64_t n, const DatasetOptions& options, const std::function<std::vector<at::Tensor>(int64_t)>& read,
                const std::function<void(int64_t, std::vector<at::Tensor>)>& use) {
  int64_t together = 1, largest = 1;  // the first one tells how large they are
  for (int64_t begin = 0; begin < n; begin += together) {
    if (begin > 0) together = std::clamp<int64_t>(options.kept_bytes / largest, 1, std::max(options.threads, 1));
    const auto count = std::min(together, n - begin);
    std::vector<std::vector<at::Tensor>> found(static_cast<size_t>(count));
    parallel_for(count, options.threads, [&](int64_t i) { found[static_cast<size_t>(i)] = read(begin + i); });
    for (int64_t i = 0; i < count; ++i) {
      auto& parts = found[static_cast<size_t>(i)];
      int64_t bytes = 0;
      for (const auto& part : parts) bytes += static_cast<int64_t>(part.nbytes());
      largest = std::max(largest, bytes);
      use(begin + i, std::move(parts));
    }
  }
}

}  // namespace arcuate
