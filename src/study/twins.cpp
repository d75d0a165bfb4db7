#include "study/twins.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "input/story.h"
#include "input/tokenizer.h"

namespace arcuate {
namespace {

std::vector<std::filesystem::path> tables_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder))
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".tsv") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<TwinText> twins_of(const TimedStory& story, const std::filesystem::path& folder, Problems& problems) {
  std::vector<TwinText> twins;
  for (const auto& file : tables_of(folder)) {
    TwinText twin{.story = story.stimulus->name, .name = file.stem().string(), .file = file, .words = {}};
    for (const auto& word : read_story(file, {.silence = {}, .keep_empty = true}).words)
      twin.words.push_back(word.text);
    if (twin.words.size() != story.words.size())
      problems.add("'{}' has {} words, the story '{}' has {}", file.string(), twin.words.size(), twin.story,
                   story.words.size());
    twins.push_back(std::move(twin));
  }
  if (twins.size() < 2)
    problems.add("'{}' holds {} texts (.tsv), two or more are needed for the story '{}'", folder.string(), twins.size(),
                 story.stimulus->name);
  return twins;
}

}  // namespace

std::vector<std::vector<TwinText>> read_twins(const std::filesystem::path& folder,
                                              const std::vector<TimedStory>& stories) {
  Problems problems(fmt::format("the texts in '{}' do not fit the stories", folder.string()), Fault::input);
  std::vector<std::vector<TwinText>> twins;
  for (const auto& story : stories) {
    twins.push_back(twins_of(story, folder / story.stimulus->name, problems));
    if (twins.back().size() != twins.front().size())
      problems.add("the story '{}' has {} texts, '{}' has {}", story.stimulus->name, twins.back().size(),
                   stories.front().stimulus->name, twins.front().size());
  }
  problems.raise();
  return twins;
}

at::Tensor syntactic_states(const Model& model, const TwinReading& reading, const Compute& compute) {
  const auto& entry = *reading.space.model;
  const auto tokenizer = Tokenizer::load(entry.path);
  std::vector<std::vector<std::string>> texts;
  for (const auto& twin : reading.twins) texts.push_back(twin.words);
  const ExtractOptions extraction{
      .context = entry.context, .layers = {reading.layer}, .start_token = entry.start_token, .pooling = entry.pooling};
  return mean_twin_states(model, tokenizer, reading.story.words, texts, reading.options, extraction, compute)[0].to(
      at::kFloat);
}

}  // namespace arcuate
