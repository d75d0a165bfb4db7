// What was heard during a scan of BIDS, and when: from a table of the study, or from the scan's events and the folder
// stimuli/.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "brain/bids_scans.h"

namespace arcuate {

struct ScanStory {
  std::string story{};
  std::filesystem::path words{}, sound{};
  double onset = 0;  ///< Of the words' clock 0, in seconds after the start of the scan's first volume.
  double tr = 0;     ///< If the table says so; else 0.
  /// Times of the words are those of this one scan: onset is that of its first word, and another scan of the story is
  /// placed by its own first word.
  bool by_first_word = false;
};

/// One row of the study's table (dataset.tasks): what a task, or one run of it, is.
struct TaskRow {
  std::string task{}, run{}, story{};  ///< run: empty for every run.
  std::filesystem::path words{}, sound{};
  std::optional<double> onset{}, tr{};
};

/// Columns `task` and `words`, and if wanted `run`, `story`, `sound`, `onset`, `tr`; paths start at the root. Errors:
/// input, all files that are not there at once.
std::vector<TaskRow> read_task_table(const std::filesystem::path& path, const std::filesystem::path& root);

/// A row of the table for the scan, with the onset from its events where the table has none; else by the events:
/// a `stim_file`, whose words are a .TextGrid, .tsv or .csv of the same name in stimuli/ (the name may end with _audio,
/// and Gentle's stimuli/gentle/NAME/align.csv will do), or words in a column `word` of their own. Nothing, with the
/// reason in `why`, where neither says. Errors: input, for events that cannot be read.
std::optional<ScanStory> heard_during(const BidsScan& scan, const std::filesystem::path& root,
                                      const std::vector<TaskRow>& tasks, std::string& why);

/// Whether two tables of events hold the same words with the same times between them, up to `tolerance` seconds.
bool same_words(const std::filesystem::path& a, const std::filesystem::path& b, double tolerance);

/// The events of a scan by the inheritance principle; "" if there are none.
std::filesystem::path events_of(const BidsScan& scan, const std::filesystem::path& root);

}  // namespace arcuate
