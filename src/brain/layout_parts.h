// What layouts share that are read from folders with names: telling what was left out, choosing subjects, cutting scans
// alike.
#pragma once
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

}  // namespace arcuate
