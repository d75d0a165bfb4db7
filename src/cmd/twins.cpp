// arcuate twins: a story in other words with the same syntax.
#include <limits>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/groups.h"
#include "core/error.h"
#include "core/files.h"
#include "core/random.h"
#include "core/text.h"
#include "input/retold_story.h"
#include "input/same_syntax.h"
#include "input/word_table.h"

namespace arcuate {
namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

struct Options {
  fs::path words{}, syntax{}, lexicon{}, save_lexicon{};
  std::vector<fs::path> corpus{};
  std::string tier{};
  int64_t count = 10;
  groups::OutputFolder output{};
};

void describe(cli::Spec<Options>& s) {
  s.summary("texts with the syntax of a story and other words");
  s.description(
      "Reads a story and an analysis of its text (CoNLL-U, as parsers for Universal Dependencies write it) and writes "
      "texts in which each word gives way to another with the same part of speech, tag, features and relation, drawn "
      "by its count in a lexicon. Marks, times and heads stay. The mean of a model's states over several such texts "
      "keeps what syntax decides; what is left of the story's own states is their semantic part.");
  s.description(
      "Writes to the output folder twin-01.tsv, twin-02.tsv … (onset, offset, word: as many rows as the story has "
      "words) and manifest.json. In a study, a folder with one such folder a story, named like the story, is what the "
      "key 'twins' of the analysis `forecast` takes.");
  s.input("words", &Options::words,
          "words and their times: .TextGrid, what Gentle, the Montreal Forced Aligner or WhisperX wrote (.csv, .json), "
          "or .tsv or .csv with columns onset, offset (or duration) and word");
  s.option("syntax", &Options::syntax,
           "CoNLL-U table of the story's text: the same letters and digits in the same order; marks, capitals and what "
           "counts as a word may differ")
      .required();
  s.group(groups::output_folder, &Options::output);
  s.option("count", &Options::count, "how many texts; a mean wants two or more").range(1, no_limit);
  s.option("tier", &Options::tier,
           "TextGrid tier, by name or number from 1; if not given, the one called word(s), else the only one");
  s.section("Lexicon");
  s.option("corpus", &Options::corpus,
           "CoNLL-U tables whose words are drawn; if neither these nor --lexicon are given, those of the story itself");
  s.option("lexicon", &Options::lexicon,
           "table with columns word, upos, xpos, features, relation, count, in the place of a corpus");
  s.option("save-lexicon", &Options::save_lexicon, "write the lexicon that was used, as such a table").unrecorded();
  s.example("arcuate twins alice.tsv --syntax alice.conllu --corpus novels.conllu --output twins/alice",
            "ten texts with words of other books");
}

Lexicon lexicon_of(const Options& options, const std::vector<ConlluSentence>& analysis) {
  if (!options.lexicon.empty()) return read_lexicon(options.lexicon);
  if (options.corpus.empty()) return make_lexicon(analysis);
  std::vector<ConlluSentence> sentences;
  for (const auto& file : options.corpus) {
    auto read = read_conllu(file);
    std::move(read.begin(), read.end(), std::back_inserter(sentences));
  }
  return make_lexicon(sentences);
}

std::vector<fs::path> files_of(const Options& options) {
  std::vector<fs::path> files{options.words, options.syntax};
  files.insert(files.end(), options.corpus.begin(), options.corpus.end());
  if (!options.lexicon.empty()) files.push_back(options.lexicon);
  return files;
}

// Texts of an earlier run: those that are not replaced would be taken for some of this one's.
std::vector<fs::path> earlier_twins(const fs::path& folder) {
  std::vector<fs::path> files;
  if (fs::is_directory(folder))
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().filename().string().starts_with("twin-") && entry.path().extension() == ".tsv")
        files.push_back(entry.path());
  return files;
}

int64_t words_changed(const Story& story, const Story& other) {
  int64_t changed = 0;
  for (size_t n = 0; n < story.words.size(); ++n) changed += other.words[n].text != story.words[n].text;
  return changed;
}

int run(const Options& options, cli::Run& run) {
  if (!options.lexicon.empty() && !options.corpus.empty())
    bad_usage("--lexicon and --corpus both say which words are drawn; give one of them");
  const auto& folder = options.output.path;
  const auto earlier = earlier_twins(folder);
  if (!earlier.empty() && !run.common.force)
    bad_usage("'{}' holds {} texts already; --force replaces them all", folder.string(), earlier.size());
  const auto story = read_story(options.words, {.tier = options.tier});
  const auto analysis = read_conllu(options.syntax);
  const auto places = within(fmt::format("matching '{}' with '{}'", options.words.string(), options.syntax.string()),
                             [&] { return place_tokens(story, analysis); });
  const auto lexicon = lexicon_of(options, analysis);
  std::vector<Story> twins;
  int64_t changed = 0;
  for (int64_t i = 1; i <= options.count; ++i) {
    const auto seed = derive_seed(static_cast<uint64_t>(run.common.seed), fmt::format("twin {}", i));
    twins.push_back(retold(story, places, analysis, same_syntax(analysis, lexicon, 0, seed).sentences));
    changed += words_changed(story, twins.back());
  }
  if (changed == 0)
    bad_input("the lexicon has no other word for any of the story's {}: their tags must be spelled alike in both",
              story.words.size());
  run.console.info("words      {} in the story; {:.1f} % of them are others in a text", story.words.size(),
                   100.0 * static_cast<double>(changed) /
                       static_cast<double>(options.count * static_cast<int64_t>(story.words.size())));
  if (run.common.dry_run) return 0;
  ensure_writable_folder(folder);
  for (const auto& file : earlier) fs::remove(file);
  write_json(folder / "manifest.json", cli::manifest(run.record, files_of(options)));
  for (int64_t i = 1; i <= options.count; ++i)
    write_words(folder / fmt::format("twin-{:02}.tsv", i), twins[static_cast<size_t>(i - 1)].words);
  if (!options.save_lexicon.empty()) write_lexicon(options.save_lexicon, lexicon);
  run.console.info("written    {} texts in {}", options.count, folder.string());
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command twins = cli::command<Options, describe, run>("twins");
}
}  // namespace arcuate
