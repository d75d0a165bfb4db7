#include "study/responses.h"

#include <ATen/ATen.h>

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

// A subject's stories stacked in time; bad columns (of any story) are flagged and set to 0 before any filter sees them.
static Tensor stack_subject(const Study& study, const Dataset& dataset, size_t subject, std::vector<Flag>& flags) {
  std::vector<Tensor> raw(dataset.stories.size()), clean;
  for (const auto& recording : dataset.recordings)
    if (recording.subject == subject) raw[recording.story] = recording.responses;
  for (size_t s = 0; s < raw.size(); ++s)
    if (!raw[s].defined())
      bad_input(
          "subject {} has no recording of the story {}; choose subjects or stories so that all have heard the same",
          dataset.subjects[subject], dataset.stories[s].name);
  const auto own = flag_targets(at::cat(raw, 0));
  flags.insert(flags.end(), own.begin(), own.end());
  for (size_t s = 0; s < raw.size(); ++s)
    clean.push_back(clean_story(without_bad_targets(raw[s], own), study.align, dataset.stories[s].tr));
  return at::cat(clean, 0);
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
  std::vector<Tensor> subjects;
  for (size_t s = 0; s < dataset.subjects.size(); ++s)
    subjects.push_back(stack_subject(study, dataset, s, result.flags));
  const int64_t targets = result.target_count();
  auto with_holes = at::stack(subjects);  // subjects x rows x targets, NaN where flagged
  for (size_t c = 0; c < result.flags.size(); ++c)
    if (result.flags[c] != Flag::ok)
      with_holes.select(0, static_cast<int64_t>(c) / targets)
          .select(1, static_cast<int64_t>(c) % targets)
          .fill_(std::numeric_limits<double>::quiet_NaN());
  result.ceiling = inter_subject_correlation(with_holes);
  if (study.encode.mean_subject) {
    subjects.push_back(mean_subject(subjects));
    result.subjects.emplace_back("mean");
    for (const auto flag : flag_targets(subjects.back())) result.flags.push_back(flag);
    result.ceiling =
        at::cat({result.ceiling, at::full({1, targets}, std::numeric_limits<double>::quiet_NaN(), at::kDouble)}, 0);
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
