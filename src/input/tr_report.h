// Reports of a scan with sound (`STORY.report` of Huth's laboratory): when each volume began, on the clock of the
// sound.
//
// One event a line, its time in seconds and its label: `init-trigger`, `trigger` and `first…` begin a volume;
// `sound-start`, `start…` and `START…` begin the sound; `sound-stop` and `END…` end it. Where two volumes are more than
// 1.5 times the mean interval apart, a trigger was missed and one volume is put `expected_tr` after the first of the
// two (LeBel et al. 2023).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

struct TrReportOptions {
  double expected_tr = 2.0045;  ///< seconds from a volume to one whose trigger was missed
};

struct TrReportLabel {
  double seconds = 0;  ///< on the clock of the sound
  std::string text{};
};

/// Times in seconds after the sound began.
struct TrReport {
  std::vector<double> volumes{};        ///< the beginnings of the volumes, rising
  std::vector<size_t> filled{};         ///< which of them had no trigger, from 0
  double tr = 0;                        ///< mean time from volume to volume
  double sound_end = 0;                 ///< NaN: not reported
  std::vector<TrReportLabel> labels{};  ///< the other events
};

/// Errors: input, all lines at once; no sound, fewer than two volumes, times that do not rise.
TrReport parse_tr_report(std::string_view bytes, const std::string& source, const TrReportOptions& options = {});

/// The middle of each volume, onto which features are brought: its beginning and half the mean interval.
std::vector<double> volume_centres(const TrReport& report);

}  // namespace arcuate
