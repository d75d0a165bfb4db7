#include "study/responses.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "brain/clean.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/tensor.h"
#include "stats/ceiling.h"

namespace arcuate {

using at::Tensor;

std::vector<int64_t> Responses::story_lengths() const {
  std::vector<int64_t> lengths;
  for (const auto& story : stories) lengths.push_back(story.size());
  return lengths;
}

std::vector<RowRange> Responses::scored_stories() const {
  std::vector<RowRange> own;
  for (const auto& story : stories)
    if (story.begin >= scored.begin) own.push_back({story.begin - scored.begin, story.end - scored.begin});
  return own;
}

std::vector<int64_t> Responses::scored_lengths() const {
  std::vector<int64_t> lengths;
  for (const auto& story : scored_stories()) lengths.push_back(story.size());
  return lengths;
}

Tensor Responses::scored_columns(const RowRange& columns) const {
  return matrix.columns(columns).slice(0, scored.begin, scored.end);
}

std::vector<int64_t> Responses::scored_places(const Fold& outer) const {
  auto places = outer.test;
  for (auto& row : places) row -= scored.begin;
  return places;
}

static int64_t rows_after_trim(int64_t volumes, const AlignEntry& align) {
  const int64_t rows = volumes - align.trim_start - align.trim_end;
  if (rows < 2)
    bad_usage("trimming {} and {} rows leaves nothing of a story of {} volumes", align.trim_start, align.trim_end,
              volumes);
  return rows;
}

Tensor clean_story(const Tensor& series, const AlignEntry& align, double tr) {
  const int64_t rows = rows_after_trim(series.size(0), align);
  auto clean = series.slice(0, align.trim_start, align.trim_start + rows);
  if (align.highpass > 0) clean = highpass(clean, tr, align.highpass);
  return align.zscore ? zscore(clean) : clean;
}

// What one subject's recordings come to.
struct SubjectResponses {
  Tensor mean{};            // rows x targets, over repeats
  Tensor repeat_ceiling{};  // targets; undefined without repeats
  int64_t repeats = 1;      // of the scored story heard least often
  std::vector<Flag> flags{};
};

// A recording and its confounds, if there are any to take out.
struct Heard {
  Tensor responses{}, confounds{};
};

static Tensor clean_responses_of(const Heard& heard, const Detrend& detrend, const AlignEntry& align, double tr) {
  if (detrend.kind == Detrend::Kind::none && !heard.confounds.defined()) return clean_story(heard.responses, align, tr);
  rows_after_trim(heard.responses.size(0), align);
  const auto clean = without_drift({.responses = heard.responses,
                                    .confounds = heard.confounds,
                                    .tr = tr,
                                    .highpass = align.highpass,
                                    .trim_start = align.trim_start,
                                    .trim_end = align.trim_end},
                                   detrend);
  return align.zscore ? zscore(clean) : clean;
}

// As stored; the dataset lets go of it.
static Tensor take(Dataset& dataset, Recording& recording) {
  auto responses = take_responses(recording);
  const int64_t volumes = dataset.stories[recording.story].volumes, targets = std::ssize(dataset.targets);
  if (responses.size(0) != volumes || responses.size(1) != targets)
    bad_input("the recording of subject {} and story {} was {} x {}, and is {} now: it changed while it was read",
              dataset.subjects[recording.subject], dataset.stories[recording.story].name, volumes, targets,
              shape_text(responses));
  return responses;
}

// [story][repeat]
static std::vector<std::vector<Heard>> heard_by(Dataset& dataset, size_t subject) {
  std::vector<std::vector<Heard>> raw(dataset.stories.size());
  for (auto& recording : dataset.recordings)
    if (recording.subject == subject) raw[recording.story].push_back({take(dataset, recording), recording.confounds});
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
  for (const auto& story : heard)
    for (const auto& repeat : story) all.push_back(repeat.responses);
  SubjectResponses result{.flags = flag_targets(all.size() == 1 ? all.front() : at::cat(all, 0))};
  const auto is_scored = [&](size_t s) { return study.encode.test.empty() || study.is_test(dataset.stories[s].name); };
  result.repeats = static_cast<int64_t>(heard.back().size());
  for (size_t s = 0; s < heard.size(); ++s)
    if (is_scored(s)) result.repeats = std::min(result.repeats, static_cast<int64_t>(heard[s].size()));
  std::vector<Tensor> means;
  std::vector<std::vector<Tensor>> by_repeat(static_cast<size_t>(result.repeats));
  for (size_t s = 0; s < heard.size(); ++s) {
    const auto align = study.align_of(dataset.stories[s].name);
    std::vector<Tensor> clean;
    for (auto& repeat : heard[s]) {
      repeat.responses = without_bad_targets(repeat.responses, result.flags);
      clean.push_back(clean_responses_of(repeat, study.dataset.clean.detrend, align, dataset.stories[s].tr));
      repeat = {};
    }
    means.push_back(clean.size() == 1 ? clean.front() : at::stack(clean).mean(0));
    if (!is_scored(s)) continue;
    for (size_t r = 0; r < by_repeat.size(); ++r) by_repeat[r].push_back(clean[r]);
  }
  result.mean = at::cat(means, 0);
  if (result.repeats > 1) {
    std::vector<Tensor> repeats;
    for (const auto& repeat : by_repeat) repeats.push_back(at::cat(repeat, 0));
    result.repeat_ceiling = repeat_ceiling(at::stack(repeats));
  }
  return result;
}

// One subject's scored rows, NaN where flagged.
static Tensor with_holes(const Responses& responses, int64_t subject) {
  auto columns = responses.scored_columns(responses.columns_of(subject)).clone();
  for (int64_t v = 0; v < responses.target_count(); ++v)
    if (responses.flags[static_cast<size_t>(subject * responses.target_count() + v)] != Flag::ok)
      columns.select(1, v).fill_(std::numeric_limits<double>::quiet_NaN());
  return columns;
}

// Mean over subjects of z-scored responses, z-scored again; a target that is bad in some subjects averages the others.
static Tensor mean_subject(const Responses& responses, int64_t subjects) {
  const auto z_of = [&](int64_t subject) { return zscore(responses.matrix.columns(responses.columns_of(subject))); };
  Tensor sum = z_of(0);
  for (int64_t s = 1; s < subjects; ++s) sum += z_of(s);
  return zscore(sum / static_cast<double>(subjects));
}

// Rows of each story that are left after trimming.
static std::vector<int64_t> rows_left(const Study& study, const Dataset& dataset) {
  std::vector<int64_t> lengths;
  for (const auto& story : dataset.stories) {
    const auto align = study.align_of(story.name);
    lengths.push_back(story.volumes - align.trim_start - align.trim_end);
  }
  return lengths;
}

static std::string hash_of(const Tensor& columns) {
  const auto whole = columns.contiguous();
  return sha256({static_cast<const char*>(whole.data_ptr()), whole.nbytes()});
}

// Puts the matrix together, subject after subject.
class ResponseBuilder {
 public:
  ResponseBuilder(const Study& study, Dataset& dataset, const ResponsePlace& place)
      : study_(study),
        dataset_(dataset),
        lengths_(rows_left(study, dataset)),
        result_{.subjects = dataset.subjects, .targets = dataset.targets},
        store_(make_store(place)) {
    result_.matrix = store_.matrix();
  }

  Responses build() {
    const auto subjects = std::ssize(dataset_.subjects);
    for (int64_t s = 0; s < subjects; ++s) add_subject(s);
    result_.stories = stack_ranges(lengths_);
    result_.scored = scored_rows();
    if (result_.repeats > 1) result_.repeat_ceiling = at::stack(repeat_ceilings_);
    result_.ceiling =
        inter_subject_correlation(subjects, [&](int64_t subject) { return with_holes(result_, subject); });
    if (study_.encode.mean_subject) add_mean(subjects);
    for (const auto& story : lengths_) hashes_ += "," + std::to_string(story);
    result_.hash = sha256(hashes_);
    return std::move(result_);
  }

 private:
  // Test stories are the last ones.
  RowRange scored_rows() const {
    RowRange rows{0, result_.stories.back().end};
    if (study_.encode.test.empty()) return rows;
    for (size_t s = dataset_.stories.size(); s-- > 0 && study_.is_test(dataset_.stories[s].name);)
      rows.begin = result_.stories[s].begin;
    return rows;
  }

  ResponseStore make_store(const ResponsePlace& place) const {
    // Below 0 where more was trimmed than there is, which a subject's first story tells.
    const auto rows = std::max(std::accumulate(lengths_.begin(), lengths_.end(), int64_t{0}), int64_t{0});
    const auto columns =
        (std::ssize(dataset_.subjects) + (study_.encode.mean_subject ? 1 : 0)) * std::ssize(dataset_.targets);
    const bool fits = rows * columns * static_cast<int64_t>(sizeof(double)) <= place.memory;
    return {rows, columns, fits ? std::filesystem::path() : place.folder};
  }

  void add(int64_t subject, const Tensor& columns, const std::vector<Flag>& flags) {
    store_.write(result_.columns_of(subject).begin, columns);
    result_.flags.insert(result_.flags.end(), flags.begin(), flags.end());
    hashes_ += hash_of(columns);
  }

  void add_subject(int64_t s) {
    const auto subject = subject_responses(study_, dataset_, static_cast<size_t>(s));
    add(s, subject.mean, subject.flags);
    result_.repeats = s == 0 ? subject.repeats : std::min(result_.repeats, subject.repeats);
    repeat_ceilings_.push_back(subject.repeat_ceiling);
  }

  void add_mean(int64_t subjects) {
    const auto mean = mean_subject(result_, subjects);
    add(subjects, mean, flag_targets(mean));
    result_.subjects.emplace_back("mean");
    const auto unknown = at::full({1, result_.target_count()}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
    result_.ceiling = at::cat({result_.ceiling, unknown}, 0);
    if (result_.repeats > 1) result_.repeat_ceiling = at::cat({result_.repeat_ceiling, unknown}, 0);
  }

  const Study& study_;
  Dataset& dataset_;
  std::vector<int64_t> lengths_;
  Responses result_;
  ResponseStore store_;
  std::vector<Tensor> repeat_ceilings_{};
  std::string hashes_{};
};

Responses clean_responses(const Study& study, Dataset& dataset, const ResponsePlace& place) {
  return ResponseBuilder(study, dataset, place).build();
}

}  // namespace arcuate
