// What was heard during a scan of BIDS: events.tsv, then behind a line "---" a table of the study (dataset.tasks). An
// Error, a reason, or words and an onset.
#include <cmath>

#include "brain/bids_heard.h"
#include "one_folder.h"
#include "only_errors.h"

using namespace arcuate;

static const fs::path& folder() {
  static const fuzz::Folder folder("bids_events");
  static const bool written = [] {
    for (const char* part : {"stimuli", "sub-01/func"}) fs::create_directories(folder.path() / part);
    for (const char* name : {"tale.TextGrid", "tale_audio.wav"}) write_file(folder.path() / "stimuli" / name, "");
    return true;
  }();
  if (!written) std::abort();
  return folder.path();
}

static void check(const BidsScan& scan, const std::vector<TaskRow>& tasks) {
  std::string why;
  const auto heard = heard_during(scan, folder(), tasks, why);
  if (!heard && why.empty()) std::abort();
  if (heard && (heard->words.empty() || heard->story.empty() || !std::isfinite(heard->onset) || heard->tr < 0))
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), 2);
  const auto events = folder() / "sub-01/func/sub-01_task-tale_events.tsv", tasks = folder() / "tasks.tsv";
  write_file(events, parts[0]);
  write_file(tasks, parts[1]);
  const BidsScan scan{.name = *parse_bids_name("sub-01_task-tale_desc-preproc_bold.nii.gz")};
  fuzz::only_errors([&] { check(scan, {}); });
  fuzz::only_errors([&] { check(scan, read_task_table(tasks, folder())); });
  fuzz::only_errors([&] {
    if (!same_words(events, events, 0)) std::abort();
  });
  return 0;
}
