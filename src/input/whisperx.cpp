#include "input/whisperx.h"

#include <utility>

#include "core/error.h"
#include "input/alignment_json.h"
#include "input/timed_words.h"

namespace arcuate {

std::vector<Word> parse_whisperx(const SortedJson& json, const std::string& source, const StoryOptions& options) {
  Problems problems(source);
  std::vector<TimedWord> rows;
  read_each(alignment_list(json, "segments", source), problems, [&](const Node& segment) {
    if (!segment.has("words"))
      bad_input("{}: no list 'words'; were the words aligned, or word timestamps asked for?", segment.where());
    read_each(segment.at("words").items(), problems, [&](const Node& item) {
      const double onset = alignment_seconds(item, "start"), offset = alignment_seconds(item, "end");
      if (auto text = spoken_text(item.at("word").text(), options))
        rows.push_back({{onset, offset, std::move(*text)}, item.where()});
    });
  });
  check_sound_times(rows, problems);
  return settle_words(std::move(rows), options.untimed, problems);
}

}  // namespace arcuate
