#include "study/timing_check.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "brain/clean.h"
#include "core/text.h"
#include "io/sound_file.h"
#include "study/design.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int furthest_lag = 20;                              // seconds, in steps of one
constexpr double earliest_response = 2, latest_response = 9;  // seconds: 3 to 8, and what a TR may hide
constexpr double memory_of_responses = 8;                     // seconds after which a response is another one
constexpr double clear_distance = 3;                          // standard errors
constexpr double long_after = 60, shortly_after = 10;         // seconds
constexpr size_t told_gaps = 3;

std::vector<WordGap> longest_gaps(const TimedStory& story) {
  std::vector<WordGap> gaps;
  for (size_t w = 1; w < story.spoken.size(); ++w)
    gaps.push_back({story.spoken[w - 1].offset, story.spoken[w].onset - story.spoken[w - 1].offset});
  std::stable_sort(gaps.begin(), gaps.end(), [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  gaps.resize(std::min(gaps.size(), told_gaps));
  return gaps;
}

StoryTiming story_timing(const TimedStory& story) {
  const auto& stimulus = *story.stimulus;
  const auto scan = static_cast<double>(stimulus.lead + stimulus.volumes);
  const double start = stimulus.first_volume - stimulus.tr / 2;
  StoryTiming timing{.name = stimulus.name,
                     .words_a_volume = static_cast<double>(story.words.size()) / scan,
                     .gaps = longest_gaps(story),
                     .first_word = nan,
                     .last_word = nan,
                     .sound_end = nan,
                     .rows_start = start,
                     .rows_end = start + scan * stimulus.tr};
  if (!story.spoken.empty()) {
    timing.first_word = story.spoken.front().onset + story.offset;
    timing.last_word = story.spoken.back().offset + story.offset;
  }
  if (!stimulus.sound.empty())
    timing.sound_end = stimulus.sound_start + sound_file_seconds(stimulus.sound) + story.offset;
  return timing;
}

// Mean over single subjects and good targets of z-scored responses: T. A block of columns at a time.
Tensor mean_response(const PreparedStudy& prepared) {
  const auto& responses = prepared.responses;
  const auto columns = static_cast<int64_t>(prepared.dataset.subjects.size()) * responses.target_count();
  auto sum = at::zeros({responses.matrix.rows()}, at::kDouble);
  for (int64_t first = 0; first < columns; first += targets_of_a_part) {
    const RowRange block{first, std::min(first + targets_of_a_part, columns)};
    sum += zscore(responses.matrix.columns(block)).sum(1);  // bad columns are 0
  }
  return sum;
}

// Word rate of a story, each word so many seconds later: T.
Tensor late_word_rate(const PreparedStudy& prepared, const TimedStory& story, double seconds) {
  auto align = prepared.study.align_of(story.stimulus->name);
  align.delays = {0};
  TimedValues words{at::ones({std::ssize(story.times), 1}, at::kDouble), story.times};
  for (auto& time : words.times) time += seconds;
  return story_design(words, story, align).squeeze(1);
}

Tensor z_of(const Tensor& series) { return zscore(series.unsqueeze(1)).squeeze(1); }

double seconds_of(const PreparedStudy& prepared, size_t story) {
  return static_cast<double>(prepared.responses.stories[story].size()) * prepared.stories[story].stimulus->tr;
}

// The largest r of the scan, and whether it is one.
void find_peak(LagScan& scan, double seconds) {
  const auto largest = std::max_element(scan.r.begin(), scan.r.end());
  scan.peak_r = *largest;
  scan.peak = scan.peak_r > 0 ? scan.lags[static_cast<size_t>(largest - scan.r.begin())] : nan;
  scan.clear = scan.peak_r > clear_distance / std::sqrt(seconds / memory_of_responses);
}

// Fills the scan of each story and of all together: every story is z-scored, so that none counts for its loudness.
void scan_lags(const PreparedStudy& prepared, TimingCheck& check) {
  const auto response = mean_response(prepared);
  double all_rows = 0, all_seconds = 0;
  std::vector<Tensor> own;
  for (size_t s = 0; s < prepared.stories.size(); ++s) {
    const auto& rows = prepared.responses.stories[s];
    own.push_back(z_of(response.slice(0, rows.begin, rows.end)));
    all_rows += static_cast<double>(rows.size());
    all_seconds += seconds_of(prepared, s);
  }
  for (int lag = -furthest_lag; lag <= furthest_lag; ++lag) {
    double sum = 0;
    for (size_t s = 0; s < own.size(); ++s) {
      const auto rate = z_of(late_word_rate(prepared, prepared.stories[s], lag));
      const double r = (rate * own[s]).mean().item<double>();
      check.stories[s].scan.lags.push_back(lag);
      check.stories[s].scan.r.push_back(r);
      sum += r * static_cast<double>(own[s].size(0));
    }
    check.scan.lags.push_back(lag);
    check.scan.r.push_back(sum / all_rows);
  }
  for (size_t s = 0; s < own.size(); ++s) find_peak(check.stories[s].scan, seconds_of(prepared, s));
  find_peak(check.scan, all_seconds);
}

bool is_late_or_early(const LagScan& scan) {
  return scan.clear && (scan.peak < earliest_response || scan.peak > latest_response);
}

std::string lag_words(const LagScan& scan) {
  return fmt::format("{:g} s {} (r = {:.2f})", std::abs(scan.peak), scan.peak < 0 ? "before them" : "after them",
                     scan.peak_r);
}

void warn_of_ends(const StoryTiming& story, std::vector<std::string>& warnings) {
  const double end = std::isnan(story.sound_end) ? story.last_word : std::max(story.last_word, story.sound_end);
  if (story.last_word > story.rows_end + shortly_after)
    warnings.push_back(
        fmt::format("story {}: words go on to {:.1f} s, and the volumes end at {:.1f} s: is this its "
                    "recording, with its tr and first_volume?",
                    story.name, story.last_word, story.rows_end));
  if (end < story.rows_end - long_after)
    warnings.push_back(
        fmt::format("story {}: the last word or sound ends at {:.1f} s, and volumes go on to {:.1f} s: "
                    "is the recording that of another story?",
                    story.name, end, story.rows_end));
  if (story.first_word < story.rows_start - shortly_after)
    warnings.push_back(
        fmt::format("story {}: the first word begins at {:.1f} s, and the first volume at {:.1f} s: are "
                    "volumes missing (lead), or is first_volume wrong?",
                    story.name, story.first_word, story.rows_start));
}

void warn_of_lags(const TimingCheck& check, std::vector<std::string>& warnings) {
  if (is_late_or_early(check.scan)) {
    warnings.push_back(fmt::format(
        "responses follow the word rate best {}; blood flow follows by about 3 to 8 s: are first_volume, tr and "
        "align.offset right, and do words and recordings belong together?",
        lag_words(check.scan)));
    return;
  }
  for (const auto& story : check.stories)
    if (check.stories.size() > 1 && is_late_or_early(story.scan))
      warnings.push_back(
          fmt::format("story {}: responses follow its word rate best {}, unlike those of the other stories or of blood "
                      "flow (about 3 to 8 s): is its first_volume right, and is this its recording?",
                      story.name, lag_words(story.scan)));
}

std::string line(const std::string& name, const std::string& text) { return fmt::format("{:<10}{}\n", name, text); }

std::string story_text(const StoryTiming& story) {
  std::vector<std::string> gaps;
  for (const auto& gap : story.gaps) gaps.push_back(fmt::format("{:.1f} s at {:.1f} s", gap.seconds, gap.start));
  const auto sound = std::isnan(story.sound_end) ? "" : fmt::format(", sound to {:.1f} s", story.sound_end);
  const auto peak = story.scan.clear ? fmt::format("; response {:g} s after words", story.scan.peak) : "";
  return fmt::format("{}: volumes {:.1f} to {:.1f} s, words {:.1f} to {:.1f} s{}; longest gaps {}{}", story.name,
                     story.rows_start, story.rows_end, story.first_word, story.last_word, sound, join(gaps, ", "),
                     peak);
}

}  // namespace

TimingCheck check_timing(const PreparedStudy& prepared) {
  TimingCheck check;
  for (const auto& story : prepared.stories) check.stories.push_back(story_timing(story));
  scan_lags(prepared, check);
  for (const auto& story : check.stories) warn_of_ends(story, check.warnings);
  warn_of_lags(check, check.warnings);
  return check;
}

std::string timing_text(const TimingCheck& check) {
  std::string text;
  for (const auto& story : check.stories) text += line("timing", story_text(story));
  const auto& scan = check.scan;
  if (scan.clear)
    text += line("timing", fmt::format("the mean response follows the word rate best {}", lag_words(scan)));
  else
    text +=
        line("timing", fmt::format("the mean response does not follow the word rate clearly at any lag from -{0} to "
                                   "{0} s (largest r = {1:.2f}), which says nothing about clocks",
                                   furthest_lag, scan.peak_r));
  return text;
}

}  // namespace arcuate
