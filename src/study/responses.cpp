#include "study/responses.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "brain/clean.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "stats/ceiling.h"
#include "study/ceilings.h"
#include "study/localiser.h"
#include "study/study_names.h"

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
  Tensor mean{};                         // rows x targets, over repeats
  int64_t repeats = 1;                   // of the scored story heard least often
  std::vector<NamedCeiling> ceilings{};  // CC_max first; none without repeats
  Tensor localiser{};                    // targets; where repeats say which respond
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
static std::vector<std::vector<Heard>> heard_by(Dataset& dataset, size_t subject, int threads) {
  std::vector<Recording*> own;
  for (auto& recording : dataset.recordings)
    if (recording.subject == subject) own.push_back(&recording);
  std::vector<Tensor> taken(own.size());  // all at once: they are needed side by side
  parallel_for(std::ssize(own), threads,
               [&](int64_t i) { taken[static_cast<size_t>(i)] = take(dataset, *own[static_cast<size_t>(i)]); });
  std::vector<std::vector<Heard>> raw(dataset.stories.size());
  for (size_t i = 0; i < own.size(); ++i) raw[own[i]->story].push_back({std::move(taken[i]), own[i]->confounds});
  for (size_t s = 0; s < raw.size(); ++s)
    if (raw[s].empty())
      bad_input(
          "subject {} has no recording of the story {}; choose subjects or stories so that all have heard the same",
          dataset.subjects[subject], dataset.stories[s].name);
  return raw;
}

// Stories whose rows are scored, or the others.
static std::vector<size_t> stories_of(const Study& study, const Dataset& dataset, bool scored) {
  std::vector<size_t> chosen;
  for (size_t s = 0; s < dataset.stories.size(); ++s)
    if ((study.encode.test.empty() || study.is_test(dataset.stories[s].name)) == scored) chosen.push_back(s);
  return chosen;
}

// Stories stacked in time; bad columns (of any recording) are flagged and set to 0 before any filter sees them.
static SubjectResponses subject_responses(const Study& study, Dataset& dataset, size_t subject,
                                          const ResponsePlace& place) {
  auto heard = heard_by(dataset, subject, place.threads);
  std::vector<Tensor> all;
  for (const auto& story : heard)
    for (const auto& repeat : story) all.push_back(repeat.responses);
  SubjectResponses result{.flags = flag_targets(all.size() == 1 ? all.front() : at::cat(all, 0))};
  all.clear();
  std::vector<std::vector<Tensor>> clean;  // [story][repeat]
  std::vector<Tensor> means;
  for (size_t s = 0; s < heard.size(); ++s) {
    const auto align = study.align_of(dataset.stories[s].name);
    auto& of_story = clean.emplace_back();
    for (auto& repeat : heard[s]) {
      repeat.responses = without_bad_targets(repeat.responses, result.flags);
      of_story.push_back(clean_responses_of(repeat, study.dataset.clean.detrend, align, dataset.stories[s].tr));
      repeat = {};
    }
    means.push_back(of_story.size() == 1 ? of_story.front() : at::stack(of_story).mean(0));
  }
  result.mean = at::cat(means, 0);
  const auto repeats = stacked_repeats(clean, stories_of(study, dataset, true));
  result.repeats = repeats.count;
  result.ceilings = ceilings_of_repeats(study, repeats, place);
  if (!asks_repeats(study.localiser)) return result;
  const bool scored = study.localiser.rows == LocaliserRows::scored;
  result.localiser =
      localiser_of_repeats(study, scored ? repeats : stacked_repeats(clean, stories_of(study, dataset, false)));
  return result;
}

// Some rows of one subject, NaN where flagged.
static Tensor with_holes(const Responses& responses, int64_t subject, const RowRange& rows) {
  auto columns = responses.matrix.columns(responses.columns_of(subject)).slice(0, rows.begin, rows.end).clone();
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
        place_(place),
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
    localise(subjects);
    add_inter_subject(subjects);
    add_ceilings_of_repeats();
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
    const auto subject = subject_responses(study_, dataset_, static_cast<size_t>(s), place_);
    add(s, subject.mean, subject.flags);
    result_.repeats = s == 0 ? subject.repeats : std::min(result_.repeats, subject.repeats);
    repeat_ceilings_.push_back(subject.ceilings);
    localiser_.push_back(subject.localiser);
  }

  // What tells which targets respond: subjects x targets.
  Tensor localiser_values(int64_t subjects) const {
    const auto& localiser = study_.localiser;
    if (localiser.by == LocaliserSource::map)
      return localiser_map(localiser, result_.subjects, result_.targets).clone();
    if (asks_repeats(localiser)) return at::stack(localiser_);
    if (subjects < 2) bad_usage("'localiser.by' is isc, which needs at least two subjects; the study has one");
    const auto rows = localiser.rows == LocaliserRows::scored ? result_.scored : RowRange{0, result_.scored.begin};
    return inter_subject_correlation(subjects, [&](int64_t subject) { return with_holes(result_, subject, rows); });
  }

  // Masks the targets that do not respond.
  void localise(int64_t subjects) {
    if (study_.localiser.by == LocaliserSource::none) return;
    auto values = localiser_values(subjects);
    const auto flag = [&](int64_t subject, int64_t target) -> Flag& {
      return result_.flags[static_cast<size_t>(subject * result_.target_count() + target)];
    };
    for (int64_t s = 0; s < subjects; ++s)
      for (int64_t v = 0; v < result_.target_count(); ++v)
        if (flag(s, v) != Flag::ok) values[s][v] = std::numeric_limits<double>::quiet_NaN();
    const auto regions = study_.localiser.within == LocaliserExtent::region ? targets_of_regions(dataset_.places)
                                                                            : std::vector<Tensor>{};
    const auto responding = responding_targets(study_.localiser, values, result_.subjects, regions);
    for (int64_t s = 0; s < subjects; ++s) {
      const auto columns = result_.columns_of(s);
      store_.write(columns.begin,
                   at::where(responding[s].unsqueeze(0), result_.matrix.columns(columns), at::zeros({1}, at::kDouble)));
      for (int64_t v = 0; v < result_.target_count(); ++v)
        if (flag(s, v) == Flag::ok && !responding[s][v].item<bool>()) flag(s, v) = Flag::masked;
    }
    hashes_ += hash_of(responding);
  }

  void add_inter_subject(int64_t subjects) {
    const auto responses_of = [&](int64_t subject) { return with_holes(result_, subject, result_.scored); };
    result_.ceiling = inter_subject_correlation(subjects, responses_of);
    if (study_.ceiling.interval <= 0 || !place_.intervals) return;
    const auto bootstrap = ceiling_bootstrap(study_, result_.scored_lengths());
    std::vector<Tensor> low, high;
    each_against_others(subjects, responses_of, [&](int64_t, const Tensor& own, const Tensor& others) {
      const auto interval = correlation_interval(own, others, bootstrap, place_.threads);
      low.push_back(interval.low);
      high.push_back(interval.high);
    });
    result_.ceilings = interval_ends("ceiling", {at::stack(low), at::stack(high)}, study_.ceiling.interval);
  }

  // NaN where the localiser masked: subjects x targets.
  Tensor without_masked(Tensor values) const {
    for (size_t c = 0; c < static_cast<size_t>(values.numel()); ++c)
      if (result_.flags[c] == Flag::masked)
        values.view({-1})[static_cast<int64_t>(c)] = std::numeric_limits<double>::quiet_NaN();
    return values;
  }

  // Those that every subject has.
  void add_ceilings_of_repeats() {
    if (result_.repeats < 2) {
      for (const auto kind : {CeilingKind::explainable_variance, CeilingKind::split_half})
        if (study_.ceiling.has(kind))
          bad_usage("'ceiling.kinds' names {}, which needs {} that every subject heard more than once",
                    name_of(kind, ceiling_kinds), study_.encode.test.empty() ? "stories" : "test stories");
      return;
    }
    for (size_t i = 0; i < repeat_ceilings_.front().size(); ++i) {
      auto ceiling = repeat_ceilings_.front()[i];
      std::vector<Tensor> rows;
      for (const auto& subject : repeat_ceilings_) rows.push_back(subject[i].values);
      ceiling.values = without_masked(at::stack(rows));
      if (i == 0)
        result_.repeat_ceiling = ceiling.values;
      else
        result_.ceilings.push_back(std::move(ceiling));
    }
  }

  void add_mean(int64_t subjects) {
    const auto mean = mean_subject(result_, subjects);
    auto flags = flag_targets(mean);
    for (size_t v = 0; v < flags.size(); ++v)  // constant, because it was masked in those whose mean it is
      for (int64_t s = 0; s < subjects; ++s)
        if (flags[v] == Flag::constant && result_.flags[static_cast<size_t>(s) * flags.size() + v] == Flag::masked)
          flags[v] = Flag::masked;
    add(subjects, mean, flags);
    result_.subjects.emplace_back("mean");
    const auto unknown = at::full({1, result_.target_count()}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
    result_.ceiling = at::cat({result_.ceiling, unknown}, 0);
    if (result_.repeats > 1) result_.repeat_ceiling = at::cat({result_.repeat_ceiling, unknown}, 0);
    for (auto& ceiling : result_.ceilings) ceiling.values = at::cat({ceiling.values, unknown}, 0);
  }

  const Study& study_;
  Dataset& dataset_;
  const ResponsePlace& place_;
  std::vector<int64_t> lengths_;
  Responses result_;
  ResponseStore store_;
  std::vector<std::vector<NamedCeiling>> repeat_ceilings_{};  // [subject]
  std::vector<Tensor> localiser_{};                           // [subject]
  std::string hashes_{};
};

Responses clean_responses(const Study& study, Dataset& dataset, const ResponsePlace& place) {
  return ResponseBuilder(study, dataset, place).build();
}

}  // namespace arcuate
