#include "study/responses.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <utility>

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

// [story][repeat] as stored; the dataset lets go of them.
static std::vector<std::vector<Tensor>> heard_by(Dataset& dataset, size_t subject) {
  std::vector<std::vector<Tensor>> raw(dataset.stories.size());
  for (auto& recording : dataset.recordings)
    if (recording.subject == subject) raw[recording.story].push_back(std::exchange(recording.responses, {}));
  for (size_t s = 0; s < raw.size(); ++s)
    if (raw[s].empty())
      bad_input(
          "subject {} has no recording of the story {}; choose subjects or stories so that all have heard the same",
          dataset.subjects[subject], dataset.stories[s].name);
  return raw;
}

// Stories stacked in time; bad columns (of any recording) are flagged and set to 0 before any filter sees them.
static SubjectResponses subject_responses(const Study& study, Dataset& dataset, size_t subject) {
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

// Columns of one subject.
static Tensor columns_of(const Responses& responses, int64_t subject) {
  const int64_t targets = responses.target_count();
  return responses.matrix.slice(1, subject * targets, (subject + 1) * targets);
}

// The same, NaN where flagged.
static Tensor with_holes(const Responses& responses, int64_t subject) {
  auto columns = columns_of(responses, subject).clone();
  for (int64_t v = 0; v < responses.target_count(); ++v)
    if (responses.flags[static_cast<size_t>(subject * responses.target_count() + v)] != Flag::ok)
      columns.select(1, v).fill_(std::numeric_limits<double>::quiet_NaN());
  return columns;
}

// Mean over subjects of z-scored responses, z-scored again; a target that is bad in some subjects averages the others.
static Tensor mean_subject(const Responses& responses, int64_t subjects) {
  Tensor sum = zscore(columns_of(responses, 0));
  for (int64_t s = 1; s < subjects; ++s) sum += zscore(columns_of(responses, s));
  return zscore(sum / static_cast<double>(subjects));
}

static std::string hash_of(const Tensor& matrix, const std::vector<int64_t>& lengths) {
  auto text = sha256({static_cast<const char*>(matrix.data_ptr()), matrix.nbytes()});
  for (int64_t length : lengths) text += "," + std::to_string(length);
  return sha256(text);
}

// Rows of each story that are left after trimming.
static std::vector<int64_t> rows_left(const Study& study, const Dataset& dataset) {
  std::vector<int64_t> lengths;
  for (const auto& story : dataset.stories)
    lengths.push_back(story.volumes - study.align.trim_start - study.align.trim_end);
  return lengths;
}

// All subjects' cleaned recordings, side by side in a matrix that has columns for the mean subject too.
static void fill(Responses& result, const Study& study, Dataset& dataset) {
  const auto subjects = static_cast<int64_t>(dataset.subjects.size());
  const int64_t columns = (subjects + (study.encode.mean_subject ? 1 : 0)) * result.target_count();
  std::vector<Tensor> repeat_ceilings;
  for (int64_t s = 0; s < subjects; ++s) {
    const auto subject = subject_responses(study, dataset, static_cast<size_t>(s));
    if (s == 0) result.matrix = at::empty({subject.mean.size(0), columns}, at::kDouble);
    columns_of(result, s).copy_(subject.mean);
    result.flags.insert(result.flags.end(), subject.flags.begin(), subject.flags.end());
    result.repeats = s == 0 ? subject.repeats : std::min(result.repeats, subject.repeats);
    repeat_ceilings.push_back(subject.repeat_ceiling);
  }
  if (result.repeats > 1) result.repeat_ceiling = at::stack(repeat_ceilings);
}

Responses clean_responses(const Study& study, Dataset& dataset) {
  Responses result{.subjects = dataset.subjects, .targets = dataset.targets};
  const auto lengths = rows_left(study, dataset);
  const auto subjects = static_cast<int64_t>(dataset.subjects.size());
  fill(result, study, dataset);
  result.ceiling = inter_subject_correlation(subjects, [&](int64_t subject) { return with_holes(result, subject); });
  if (study.encode.mean_subject) {
    const auto mean = mean_subject(result, subjects);
    columns_of(result, subjects).copy_(mean);
    result.subjects.emplace_back("mean");
    for (const auto flag : flag_targets(mean)) result.flags.push_back(flag);
    const auto unknown = at::full({1, result.target_count()}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
    result.ceiling = at::cat({result.ceiling, unknown}, 0);
    if (result.repeats > 1) result.repeat_ceiling = at::cat({result.repeat_ceiling, unknown}, 0);
  }
  result.stories = stack_ranges(lengths);
  result.hash = hash_of(result.matrix, lengths);
  return result;
}

}  // namespace arcuate
