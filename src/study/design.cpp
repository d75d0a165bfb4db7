#include "study/design.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "encode/delays.h"
#include "io/hdf5.h"
#include "study/extraction.h"

namespace arcuate {

using at::Tensor;

Tensor story_design(const TimedValues& values, const TimedStory& story, const AlignEntry& options) {
  const Stimulus& stimulus = *story.stimulus;
  std::vector<double> volumes;
  for (int64_t i = 0; i < stimulus.lead + stimulus.volumes; ++i)
    volumes.push_back(stimulus.first_volume + stimulus.tr * static_cast<double>(i));
  const auto aligned = align(values.values, values.times, volumes, stimulus.tr, options.options);
  const std::vector<RowRange> whole{{0, aligned.size(0)}};
  return clean_story(delayed(aligned, options.delays, whole).slice(0, stimulus.lead), options, stimulus.tr);
}

Tensor design_of(const EncodingPlan& plan, const std::function<TimedValues(const TimedStory&)>& values_of) {
  std::vector<Tensor> rows;
  for (const auto& story : plan.stories)
    rows.push_back(story_design(values_of(story), story, plan.study.align_of(story.stimulus->name)));
  return at::cat(rows, 0);
}

TimedValues stored_values(const std::filesystem::path& work, const FeatureSpace& space, const std::string& layer,
                          const TimedStory& story) {
  const Hdf5Reader file(activation_file(work, space, story.stimulus->name));
  TimedValues made{file.read("layer/" + layer), story.times};
  if (!space.hears) return made;
  made.times = to_vector(file.read("times"));
  for (auto& time : made.times) time = story_moment(story, time);
  return made;
}

TimedValues story_values(const EncodingPlan& plan, const FeatureSpace& space, const std::string& layer,
                         const TimedStory& story) {
  if (!space.model) return feature_values(space, story, plan.study.seed);
  auto made = stored_values(plan.work, space, layer, story);
  made.values = made.values.to(at::kDouble);
  return made;
}

bool is_of_words(const FeatureSpace& space) {
  return space.model ? !space.hears : feature_kind(space.feature->kind).moments == FeatureKind::Moments::words;
}

Tensor space_design(const EncodingPlan& plan, const FeatureSpace& space, const std::string& layer) {
  return design_of(plan, [&](const TimedStory& story) { return story_values(plan, space, layer, story); });
}

}  // namespace arcuate
