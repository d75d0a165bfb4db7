// Whether words and volumes of a study have one clock: what can be told before anything is fitted.
//
// Blood flow follows the words by some seconds, so the mean response follows the word rate: shifted by all lags, their
// correlation peaks there. A peak elsewhere says that the times of words, of volumes, or the order of recordings is
// wrong.
#pragma once
#include <string>
#include <vector>

#include "study/prepared_study.h"

namespace arcuate {

/// Between two words of a story, in seconds on its clock.
struct WordGap {
  double start = 0, seconds = 0;
};

/// r of the mean response with the word rate, shifted by each lag (seconds that the response comes after the words).
struct LagScan {
  std::vector<double> lags{}, r{};
  double peak = 0, peak_r = 0;  ///< The lag of the largest r, and that; NaN where there is none.
  bool clear = false;           ///< Far above what unrelated slow series have with each other.
};

struct StoryTiming {
  std::string name{};
  double words_a_volume = 0;
  std::vector<WordGap> gaps{};           ///< The three longest.
  double first_word = 0, last_word = 0;  ///< Beginning and end.
  double sound_end = 0;                  ///< NaN without a recording of the sound.
  double rows_start = 0, rows_end = 0;   ///< Of the scan, with the volumes before the first stored row.
  LagScan scan{};
};

struct TimingCheck {
  std::vector<StoryTiming> stories{};
  LagScan scan{};                       ///< Of all stories together.
  std::vector<std::string> warnings{};  ///< What does not fit, and what to look at.
};

/// Reads the responses once.
TimingCheck check_timing(const PreparedStudy& prepared);
/// Lines of `plan`.
std::string timing_text(const TimingCheck& check);

}  // namespace arcuate
