#include "study/test_stories.h"

#include <algorithm>

#include "core/error.h"

namespace arcuate {

void put_test_stories_last(const Study& study, Dataset& dataset) {
  if (study.encode.test.empty()) return;
  std::vector<std::string> names;
  for (const auto& story : dataset.stories) names.push_back(story.name);
  const auto test = within("'encode.test'", [&] { return chosen_names(study.encode.test, names, "story"); });
  if (test.size() == names.size())
    bad_usage("'encode.test' names all {} stories and leaves none to train on", names.size());
  std::vector<size_t> order(names.size()), place(names.size());
  for (size_t s = 0; s < order.size(); ++s) order[s] = s;
  std::stable_partition(order.begin(), order.end(), [&](size_t s) { return !study.is_test(names[s]); });
  std::vector<Stimulus> stories;
  for (size_t s = 0; s < order.size(); ++s) {
    stories.push_back(std::move(dataset.stories[order[s]]));
    place[order[s]] = s;
  }
  dataset.stories = std::move(stories);
  for (auto& recording : dataset.recordings) recording.story = place[recording.story];
}

}  // namespace arcuate
