// BIDS: a raw dataset with events and stimuli, and derivatives as fMRIPrep names them: volumes with brain masks,
// surfaces or CIFTI. brain/bids_scans.h finds the scans, brain/bids_heard.h what was heard, brain/bids_targets.h what
// their columns are.
//
// Row i of a recording is volume k + i of its scan, centred at first_volume + TR i on the clock of the words: the k
// volumes that ended before the clock's 0 (the onset of the sound) are left away, so that scans of one story whose
// sounds began with other volumes come to lie upon each other.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "brain/bids_heard.h"
#include "brain/bids_scans.h"
#include "brain/bids_targets.h"
#include "brain/layout_parts.h"
#include "core/error.h"
#include "core/text.h"
#include "io/cifti.h"
#include "io/json.h"
#include "io/nifti.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr double header_precision = 1e-3;  // of TRs: headers have float32, some in milliseconds
constexpr double same_time = 0.05;         // TRs by which two scans of a story may differ
constexpr double longest_tr = 100;         // seconds; more are milliseconds

struct HeardScan {
  BidsScan scan{};
  ScanStory heard{};
  double tr = 0, centre = 0;  // seconds; centre: of a volume, after its start
  int64_t cut = 0;            // volumes before the sound
};

// TR and centre by the sidecars: of the derivative itself, then by inheritance, there and in the raw dataset.
std::vector<fs::path> sidecars(const BidsScan& scan, const DatasetOptions& options) {
  std::vector<fs::path> found;
  auto own = scan.file().string();
  own.resize(own.size() - parse_bids_name(scan.file().filename().string())->extension.size());
  if (fs::exists(own + ".json")) found.emplace_back(own + ".json");
  for (const auto& root : {derivative_folder(options), options.root})
    if (auto path = inherited_file(root, scan.name, "bold", ".json"); !path.empty()) found.push_back(std::move(path));
  return found;
}

// A key of a sidecar: seconds, which are mistaken for milliseconds now and then.
double sidecar_seconds(const Json& json, const char* key, const std::string& source) {
  const auto value = json_value<double>(json, key, source);
  if (!(value >= 0 && value <= longest_tr))
    bad_input("'{}': {} is {}; seconds from 0 to {} expected", source, key, value, longest_tr);
  return value;
}

double repetition_time(const Json& json, const std::string& source) {
  constexpr const char* key = "RepetitionTime";
  if (!json.contains(key) || json.at(key).is_null()) return 0;
  const double value = sidecar_seconds(json, key, source);
  if (value == 0) bad_input("'{}': {} is 0", source, key);
  return value;
}

// TR by the header; 0 where it tells none.
double header_tr(const BidsScan& scan) {
  if (scan.kind == BidsKind::volume) return read_nifti_header(scan.file()).tr;
  if (scan.kind == BidsKind::surface) return 0;
  const auto header = read_cifti_header(scan.file());
  return header.kind == CiftiKind::series && header.series.unit == "SECOND" ? header.series.step : 0;
}

void find_timing(HeardScan& item, const DatasetOptions& options, Dataset& dataset, Problems& problems) {
  const double by_header = header_tr(item.scan);
  double by_sidecar = 0;
  std::optional<double> centre;
  for (const auto& path : sidecars(item.scan, options)) {
    const auto json = read_json(path);
    const auto source = path.string();
    if (by_sidecar == 0) by_sidecar = repetition_time(json, source);
    if (!centre && json_value_or<bool>(json, "SliceTimingCorrected", false, source) && json.contains("StartTime"))
      centre = sidecar_seconds(json, "StartTime", source);
    dataset.inputs.push_back(path);
  }
  item.tr = item.heard.tr > 0 ? item.heard.tr : by_sidecar > 0 ? by_sidecar : by_header;
  item.centre = centre.value_or(item.tr / 2);
  if (!(item.tr > 0) || !std::isfinite(item.tr))
    problems.add("{}: neither its sidecars (RepetitionTime) nor its header tell the TR", item.scan.id());
  else if (item.heard.tr == 0 && by_header > 0 && std::abs(by_header - item.tr) > header_precision * item.tr)
    problems.add("{}: RepetitionTime is {} s, the header says {} s (a column tr of dataset.tasks would settle it)",
                 item.scan.id(), item.tr, by_header);
}

// Words with times of one scan serve all: the scan whose first word comes soonest lends its clock.
void settle_clocks(std::vector<HeardScan>& scans, Problems& problems) {
  std::map<std::string, const HeardScan*> earliest;
  for (const auto& item : scans) {
    auto& first = earliest[item.heard.story];
    if (item.heard.by_first_word && (first == nullptr || item.heard.onset < first->heard.onset)) first = &item;
  }
  std::map<std::string, ScanStory> lent;
  for (const auto& [story, item] : earliest)
    if (item != nullptr) lent[story] = item->heard;
  for (auto& item : scans)
    if (const auto found = lent.find(item.heard.story); found != lent.end() && item.heard.by_first_word) {
      if (!same_words(item.heard.words, found->second.words, same_time * item.tr))
        problems.add("story {}: '{}' has other words or other times between them than '{}'", item.heard.story,
                     item.heard.words.string(), found->second.words.string());
      item.heard.onset -= found->second.onset;
      item.heard.words = found->second.words;
    }
}

// Volumes that end before the sound begins are cut, also where their last moment hears its first; the centre of the
// first that is left, on the clock of the words.
double cut_before_sound(HeardScan& item) {
  item.cut = std::max<int64_t>(static_cast<int64_t>(std::floor(item.heard.onset / item.tr + same_time)), 0);
  return item.centre + item.tr * static_cast<double>(item.cut) - item.heard.onset;
}

std::vector<HeardScan> scans_with_words(const DatasetOptions& options, Dataset& dataset, LeftOut& left_out) {
  const auto tasks = options.tasks.empty() ? std::vector<TaskRow>() : read_task_table(options.tasks, options.root);
  if (!options.tasks.empty()) dataset.inputs.push_back(options.tasks);
  std::vector<HeardScan> scans;
  for (auto& scan : find_bids_scans(options, left_out)) {
    if (auto events = events_of(scan, options.root); !events.empty()) dataset.inputs.push_back(std::move(events));
    std::string why;
    if (const auto heard = heard_during(scan, options.root, tasks, why))
      scans.push_back({.scan = std::move(scan), .heard = *heard});
    else
      left_out.add(why, scan.id());
  }
  if (scans.empty()) bad_input("of no scan is it known what was heard: {}", left_out.text());
  return scans;
}

std::vector<std::string> distinct(const std::vector<HeardScan>& scans, std::string (*part)(const HeardScan&)) {
  std::set<std::string> names;
  for (const auto& item : scans) names.insert(part(item));
  return {names.begin(), names.end()};
}

void choose(std::vector<HeardScan>& scans, const DatasetOptions& options, Dataset& dataset, LeftOut& left_out) {
  const auto stories =
      chosen_names(options.stories, distinct(scans, [](const HeardScan& s) { return s.heard.story; }), "story");
  const auto subjects =
      chosen_names(options.subjects, distinct(scans, [](const HeardScan& s) { return s.scan.subject(); }), "subject");
  std::set<std::pair<std::string, std::string>> heard;
  for (const auto& item : scans) heard.insert({item.scan.subject(), item.heard.story});
  dataset.subjects = who_heard_all(heard, subjects, stories, left_out);
  for (const auto& story : stories) dataset.stories.push_back({.name = story});
  const auto is_in = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  std::erase_if(scans, [&](const auto& item) {
    return !is_in(stories, item.heard.story) || !is_in(dataset.subjects, item.scan.subject());
  });
}

// Story by story: the words, and a time line that all scans share.
void settle_stories(std::vector<HeardScan>& scans, const DatasetOptions& options, Dataset& dataset) {
  Problems problems("the scans do not agree about their stories");
  for (auto& item : scans) find_timing(item, options, dataset, problems);
  problems.raise();
  settle_clocks(scans, problems);
  problems.raise();
  std::map<std::string, std::string> told_by;
  for (auto& item : scans) {
    const double first = cut_before_sound(item);
    auto& story = *std::find_if(dataset.stories.begin(), dataset.stories.end(),
                                [&](const auto& s) { return s.name == item.heard.story; });
    if (story.tr == 0) {
      story = {.name = story.name,
               .words = item.heard.words,
               .sound = item.heard.sound,
               .tr = item.tr,
               .first_volume = first};
      dataset.inputs.push_back(story.words);
      told_by[story.name] = item.scan.id();
      continue;
    }
    const auto& other = told_by[story.name];
    if (std::abs(story.tr - item.tr) > header_precision * story.tr)
      problems.add("story {}: the TR of {} is {} s, that of {} {} s", story.name, other, story.tr, item.scan.id(),
                   item.tr);
    else if (std::abs(story.first_volume - first) > same_time * story.tr)
      problems.add(
          "story {}: after the sound began, the first volume of {} is centred at {:.3f} s, that of {} at {:.3f} s",
          story.name, other, story.first_volume, item.scan.id(), first);
    if (story.words != item.heard.words)
      problems.add("story {}: the words of {} are '{}', those of {} '{}'", story.name, other, story.words.string(),
                   item.scan.id(), item.heard.words.string());
  }
  problems.raise();
}

void read_recordings(const std::vector<HeardScan>& scans, const DatasetOptions& options, Dataset& dataset) {
  std::vector<BidsScan> files;
  for (const auto& item : scans) files.push_back(item.scan);
  const auto reader = settle_bids_targets(files, options, dataset);
  std::map<std::string, size_t> subject_of, story_of;
  for (size_t i = 0; i < dataset.subjects.size(); ++i) subject_of[dataset.subjects[i]] = i;
  for (size_t i = 0; i < dataset.stories.size(); ++i) story_of[dataset.stories[i].name] = i;
  std::map<std::pair<size_t, size_t>, int64_t> repeats;
  std::vector<int64_t> volumes;
  Problems problems("the recordings do not fit together");
  const auto reading = [&reader](const HeardScan& item) {
    return [reader, scan = item.scan, cut = item.cut] {
      const auto rows = reader(scan);
      return rows.slice(0, std::min(cut, rows.size(0))).to(at::kDouble).contiguous();
    };
  };
  const auto add = [&](const HeardScan& item, at::Tensor responses) {
    for (const auto& [side, path] : item.scan.files) dataset.inputs.push_back(path);
    if (responses.size(0) < 2)
      problems.add("{}: the sound begins {} s after the scan, which leaves {} volumes", item.scan.id(),
                   item.heard.onset, responses.size(0));
    if (responses.size(1) != std::ssize(dataset.targets))
      problems.add("{} has {} targets, {} expected", item.scan.id(), responses.size(1), dataset.targets.size());
    const auto subject = subject_of[item.scan.subject()], story = story_of[item.heard.story];
    volumes.push_back(responses.size(0));
    add_recording(
        dataset, options,
        {.subject = subject,
         .story = story,
         .repeat = repeats[{subject, story}]++,
         .responses = std::move(responses),
         .read = reading(item),
         .confound_file = {.path = item.scan.confounds, .rows = volumes.back() + item.cut, .first = item.cut}});
  };
  const auto scan_of = [&](int64_t i) -> const HeardScan& { return scans[static_cast<size_t>(i)]; };
  read_ahead(
      std::ssize(scans), options, [&](int64_t i) { return std::vector{reading(scan_of(i))()}; },
      [&](int64_t i, std::vector<at::Tensor> parts) { add(scan_of(i), std::move(parts.front())); });
  problems.raise();
  cut_to_shortest(dataset, volumes);
}

void tell_matches(const std::vector<HeardScan>& scans, Dataset& dataset) {
  for (const auto& story : dataset.stories) {
    std::vector<std::string> ids;
    for (const auto& item : scans)
      if (item.heard.story == story.name) ids.push_back(item.scan.id());
    dataset.matches.push_back(fmt::format(
        "{}: {} scans ({}), words '{}'{}", story.name, ids.size(), join(ids, ", "), story.words.filename().string(),
        story.sound.empty() ? "" : ", sound '" + story.sound.filename().string() + "'"));
  }
}

Dataset read(const DatasetOptions& options) {
  Dataset dataset;
  LeftOut left_out;
  auto scans = scans_with_words(options, dataset, left_out);
  choose(scans, options, dataset, left_out);
  settle_stories(scans, options, dataset);
  read_recordings(scans, options, dataset);
  tell_matches(scans, dataset);
  std::sort(dataset.inputs.begin(), dataset.inputs.end());  // some files are about several scans
  dataset.inputs.erase(std::unique(dataset.inputs.begin(), dataset.inputs.end()), dataset.inputs.end());
  left_out.tell(dataset);
  return dataset;
}

}  // namespace

extern const Layout bids_layout;
const Layout bids_layout{"bids", "a BIDS dataset with derivatives as fMRIPrep names them", read};

}  // namespace arcuate
