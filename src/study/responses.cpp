#include "study/responses.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "brain/clean.h"
#include "core/error.h"
#include "core/hash.h"
#include "stats/ceiling.h"

namespace arcuate {

using at::Tensor;

std::vector<int64_t> Responses::story_lengths() const {
  std::vector<int64_t> lengths;
  for (const auto& story : stories) lengths.push_back(story.size());
  return lengths;
}

Tensor clean_story(const Tensor& series, const AlignEntry& align, double tr) {
  const int64_t rows = series.size(0) - align.trim_start - align.trim_end;
  if (rows < 2)
    bad_usage("trimming {} and {} rows leaves nothing of a story of {} volumes", align.trim_start, align.trim_end,
              series.size(0));
  auto clean = series.slice(0, align.trim_start, align.trim_start + rows);
  if (align.highpass > 0) clean = highpass(clean, tr, align.highpass);
  return align.zscore ? zscore(clean) : clean;
}

// What one subject's recordings come to.
struct SubjectResponses {
  Tensor mean{};            // rows x targets, over repeats
  Tensor repeat_ceiling{};  // targets; undefined without repeats
  int64_t repeats = 1;      // of the story heard least often
  std::vector<Flag> flags{};
};

// [story][repeat] as stored.
static std::vector<std::vector<Tensor>> heard_by(const Dataset& dataset, size_t subject) {
  std::vector<std::vector<Tensor>> raw(dataset.stories.size());
  for (const auto& recording : dataset.recordings)
    if (recording.subject == subject) raw[recording.story].push_back(recording.responses);
  for (size_t s = 0; s < raw.size(); ++s)
    if (raw[s].empty())
      bad_input(
          "subject {} has no recording of the story {}; choose subjects or stories so that all have heard the same",
          dataset.subjects[subject], dataset.stories[s].name);
  return raw;
}

// Stories stacked in time; bad columns (of any recording) are flagged and set to 0 before any filter sees them.
static SubjectResponses subject_responses(const Study& study, const Dataset& dataset, size_t subject) {
  auto heard = heard_by(dataset, subject);
  std::vector<Tensor> all;
  for (const auto& story : heard) all.insert(all.end(), story.begin(), story.end());
  SubjectResponses result{.flags = flag_targets(all.size() == 1 ? all.front() : at::cat(all, 0))};
  result.repeats = static_cast<int64_t>(heard.front().size());
  for (const auto& story : heard) result.repeats = std::min(result.repeats, static_cast<int64_t>(story.size()));
  std::vector<Tensor> means;
  std::vector<std::vector<Tensor>> by_repeat(static_cast<size_t>(result.repeats));
  for (size_t s = 0; s < heard.size(); ++s) {
    for (auto& repeat : heard[s])
      repeat = clean_story(without_bad_targets(repeat, result.flags), study.align, dataset.stories[s].tr);
    means.push_back(heard[s].size() == 1 ? heard[s].front() : at::stack(heard[s]).mean(0));
    for (size_t r = 0; r < by_repeat.size(); ++r) by_repeat[r].push_back(heard[s][r]);
  }
  result.mean = at::cat(means, 0);
  if (result.repeats > 1) {
    std::vector<Tensor> repeats;
    for (const auto& repeat : by_repeat) repeats.push_back(at::cat(repeat, 0));
    result.repeat_ceiling = repeat_ceiling(at::stack(repeats));
  }
  return result;
}

// Mean over subjects of z-scored responses, z-scored again; a target that is bad in some subjects averages the others.
static Tensor mean_subject(const std::vector<Tensor>& subjects) {
  Tensor sum = at::zeros_like(subjects.front());
  for (const auto& subject : subjects) sum += zscore(subject);
  return zscore(sum / static_cast<double>(subjects.size()));
}

static std::string hash_of(const Tensor& matrix, const std::vector<int64_t>& lengths) {
  std::string bytes(static_cast<const char*>(matrix.data_ptr()), static_cast<size_t>(matrix.numel()) * sizeof(double));
  for (int64_t length : lengths) bytes += std::to_string(length) + ",";
  return sha256(bytes);
}

Responses clean_responses(const Study& study, const Dataset& dataset) {
  Responses result;
  result.targets = dataset.targets;
  result.subjects = dataset.subjects;
  std::vector<Tensor> subjects, repeat_ceilings;
  for (size_t s = 0; s < dataset.subjects.size(); ++s) {
    auto subject = subject_responses(study, dataset, s);
    subjects.push_back(std::move(subject.mean));
    result.flags.insert(result.flags.end(), subject.flags.begin(), subject.flags.end());
    result.repeats = s == 0 ? subject.repeats : std::min(result.repeats, subject.repeats);
    repeat_ceilings.push_back(std::move(subject.repeat_ceiling));
  }
  const int64_t targets = result.target_count();
  auto with_holes = at::stack(subjects);  // subjects x rows x targets, NaN where flagged
  for (size_t c = 0; c < result.flags.size(); ++c)
    if (result.flags[c] != Flag::ok)
      with_holes.select(0, static_cast<int64_t>(c) / targets)
          .select(1, static_cast<int64_t>(c) % targets)
          .fill_(std::numeric_limits<double>::quiet_NaN());
  result.ceiling = inter_subject_correlation(with_holes);
  if (result.repeats > 1) result.repeat_ceiling = at::stack(repeat_ceilings);
  if (study.encode.mean_subject) {
    subjects.push_back(mean_subject(subjects));
    result.subjects.emplace_back("mean");
    for (const auto flag : flag_targets(subjects.back())) result.flags.push_back(flag);
    const auto unknown = at::full({1, targets}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
    result.ceiling = at::cat({result.ceiling, unknown}, 0);
    if (result.repeats > 1) result.repeat_ceiling = at::cat({result.repeat_ceiling, unknown}, 0);
  }
  result.matrix = at::cat(subjects, 1).contiguous();
  std::vector<int64_t> lengths;
  for (const auto& story : dataset.stories)
    lengths.push_back(story.volumes - study.align.trim_start - study.align.trim_end);
  result.stories = stack_ranges(lengths);
  result.hash = hash_of(result.matrix, lengths);
  return result;
}

}  // namespace arcuate
