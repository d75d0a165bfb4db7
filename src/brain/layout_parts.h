// What layouts share that are read from folders with names: telling what was left out, choosing subjects, cutting scans
// alike, reading.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "brain/dataset.h"

namespace arcuate {

/// What was not taken: one note for each reason.
class LeftOut {
 public:
  void add(const std::string& reason, const std::string& what) { reasons_[reason].push_back(what); }
  void tell(Dataset& dataset) const;
  /// All that was left out, for an error about nothing being left; "" if there is nothing.
  std::string text() const;

 private:
  std::map<std::string, std::vector<std::string>> reasons_{};
};

/// Subjects, of those given, that heard every story; the others are left out. heard: subject and story.
/// Errors: usage, when there are none.
std::vector<std::string> who_heard_all(const std::set<std::pair<std::string, std::string>>& heard,
                                       const std::vector<std::string>& subjects,
                                       const std::vector<std::string>& stories, LeftOut& left_out);

/// Scans of a story end at different times: all are cut to the shortest. `volumes`: of each recording. The stories'
/// own numbers are set, and notes say what was cut.
void cut_to_shortest(Dataset& dataset, const std::vector<int64_t>& volumes);

/// Both hemispheres side by side, in the order of the map (hemisphere -> GIfTI): volumes x vertices, float64.
/// Errors: input, also for hemispheres of unlike numbers of volumes.
at::Tensor read_hemispheres(const std::map<std::string, std::filesystem::path>& sides);

/// Reads n recordings by options.threads and uses them one after another, in their order: `read` gives what is in the
/// files of recording i, `use` takes it. As many are read ahead as there are threads, but not more than
/// options.kept_bytes hold.
void read_ahead(int64_t n, const DatasetOptions& options, const std::function<std::vector<at::Tensor>(int64_t)>& read,
                const std::function<void(int64_t, std::vector<at::Tensor>)>& use);

}  // namespace arcuate
