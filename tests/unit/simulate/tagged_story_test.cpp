// Stories told by a grammar: trees, weights, twins that share all but their words, and tables that read back.
#include "simulate/tagged_story.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

static Grammar tales() { return read_grammar(test::source_path("../assets/grammar/tales.grammar")); }

// Pairs (first, last) of words by sentence, last excluded.
static std::vector<std::pair<size_t, size_t>> sentences(const std::vector<TaggedWord>& story) {
  std::vector<std::pair<size_t, size_t>> found;
  for (size_t i = 0; i < story.size(); ++i) {
    if (i == 0 || story[i].sentence != story[i - 1].sentence) found.emplace_back(i, i);
    found.back().second = i + 1;
  }
  return found;
}

static std::string marks(const std::string& text) {
  std::string left;
  std::copy_if(text.begin(), text.end(), std::back_inserter(left), [](unsigned char c) { return !std::isalpha(c); });
  return left;
}
static std::string lower_letters(const std::string& text) {
  std::string left;
  for (const unsigned char c : text)
    if (std::isalpha(c)) left += static_cast<char>(std::tolower(c));
  return left;
}

TEST(TaggedStory, has_whole_sentences_and_at_least_the_words_asked_for) {
  const auto grammar = tales();
  for (const int64_t words : {1, 50, 1000}) {
    const auto story = generate_story(grammar, words, 3);
    const auto last = sentences(story).back();
    EXPECT_GE(story.size(), static_cast<size_t>(words));
    EXPECT_LT(last.first, static_cast<size_t>(words));
    EXPECT_TRUE(std::string_view(".\"").find(story.back().text.back()) != std::string_view::npos) << story.back().text;
    EXPECT_EQ(story.back().depth, 0);
  }
  EXPECT_TRUE(generate_story(grammar, 0, 3).empty());
}

TEST(TaggedStory, is_decided_by_the_seed_and_grows_at_its_end) {
  const auto grammar = tales();
  const auto text = story_text(generate_story(grammar, 300, 1));
  EXPECT_EQ(text, story_text(generate_story(grammar, 300, 1)));
  EXPECT_NE(text, story_text(generate_story(grammar, 300, 2)));
  EXPECT_TRUE(story_text(generate_story(grammar, 600, 1)).starts_with(text.substr(0, text.size() - 1)));
}

TEST(TaggedStory, every_sentence_is_a_projective_tree_with_one_root) {
  const auto story = generate_story(tales(), 5000, 4);
  for (const auto& [first, last] : sentences(story)) {
    int roots = 0;
    for (size_t i = first; i < last; ++i) {
      const auto& word = story[i];
      ASSERT_EQ(word.head == -1, word.relation == "root") << word.text;
      if (word.head == -1) {
        ++roots;
        continue;
      }
      ASSERT_TRUE(word.head >= static_cast<int64_t>(first) && word.head < static_cast<int64_t>(last)) << word.text;
      // Every word between a word and its head depends, in the end, on that head.
      const auto head = static_cast<size_t>(word.head);
      for (size_t between = std::min(i, head) + 1; between < std::max(i, head); ++between) {
        auto at = static_cast<int64_t>(between);
        for (size_t steps = 0; at != word.head; ++steps) {
          ASSERT_TRUE(at != -1 && steps < story.size()) << story[between].text << " within " << word.text;
          at = story[static_cast<size_t>(at)].head;
        }
      }
    }
    ASSERT_EQ(roots, 1);
  }
}

TEST(TaggedStory, heads_and_depths_are_those_of_the_expansions) {
  const auto grammar = parse_grammar(
      "grammar 1\nrule s\n  1 nsubj:np *verb advmod:alone .\nrule np\n  1 det:the *inner\nrule inner\n  1 amod:old "
      "*noun\n"
      "rule alone\n  1 *here\nwords the DET\n  the\nwords old ADJ\n  old\nwords noun NOUN\n  ox\n"
      "words verb VERB\n  ran\nwords here ADV\n  here\n",
      "g");
  const auto story = generate_story(grammar, 1, 0);
  EXPECT_EQ(story_text(story), "The old ox ran here.\n");
  std::vector<int64_t> heads, depths;
  for (const auto& word : story) heads.push_back(word.head), depths.push_back(word.depth);
  EXPECT_EQ(heads, (std::vector<int64_t>{2, 2, 3, -1, 3}));
  EXPECT_EQ(depths, (std::vector<int64_t>{2, 3, 1, 1, 0}));
}

TEST(TaggedStory, capitals_commas_quotes_and_articles_are_as_in_print) {
  const auto grammar = parse_grammar(
      "grammar 1\nrule s\n  1 ccomp:thing , `` *thing ? ''\nrule thing\n  1 det:a *noun ,\nwords a DET\n  a|an\n"
      "words noun NOUN\n  apple pear plum\n",
      "g");
  const auto story = generate_story(grammar, 40, 0);
  std::set<std::string> seen;
  for (size_t i = 0; i < story.size(); ++i) seen.insert(story[i].text);
  EXPECT_EQ(seen, (std::set<std::string>{"A", "An", "\"A", "\"An", "apple,", "pear,", "plum,", "apple?\"", "pear?\"",
                                         "plum?\""}));
  for (size_t i = 0; i + 1 < story.size(); i += 2)
    EXPECT_EQ(lower_letters(story[i].text) == "an", story[i + 1].text.starts_with("apple")) << i;
}

TEST(TaggedStory, expansions_are_drawn_by_their_weights) {
  const auto grammar = parse_grammar(
      "grammar 1\nrule s\n  1 *a .\n  2 *b .\n  3 *c .\n  4 *d .\n"
      "words a DET\n  a\nwords b DET\n  b\nwords c DET\n  c\nwords d DET\n  d\n",
      "g");
  constexpr int64_t draws = 20000;
  std::map<std::string, double> counts;
  for (const auto& word : generate_story(grammar, draws, 11)) ++counts[word.category];
  double chi_square = 0;
  for (const auto& [name, weight] : std::map<std::string, double>{{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}}) {
    const double expected = weight / 10 * draws;
    chi_square += (counts[name] - expected) * (counts[name] - expected) / expected;
  }
  EXPECT_LT(chi_square, 16.27);  // p = 0.001 with three degrees of freedom
}

TEST(TaggedStory, words_are_drawn_by_their_weights_and_open_ones_never_twice_in_a_row) {
  const auto grammar = parse_grammar(
      "grammar 1\nrule s\n  1 det:closed *open .\nwords closed DET\n  x:3 y\nwords open NOUN\n  u v w\n", "g");
  const auto story = generate_story(grammar, 20000, 5);
  double x = 0;
  for (size_t i = 0; i < story.size(); i += 2) x += story[i].text == "X";
  EXPECT_NEAR(x / 10000, 0.75, 0.015);  // three standard errors
  for (size_t i = 3; i < story.size(); i += 2) ASSERT_NE(story[i].text, story[i - 2].text);
}

TEST(TaggedStory, sentences_that_hardly_end_are_errors) {
  const auto nested = parse_grammar("grammar 1\nrule s\n  99999 *s\n  1 *verb\nwords verb VERB\n  ran\n", "g");
  EXPECT_TRUE(
      contains(message_of([&] { generate_story(nested, 1, 0); }), {"g: a sentence nests more than 1000", "'s'"}));
  // One sentence in two thousand has 2^18 words, the others one.
  std::string text = "grammar 1\nrule s\n  1999 *verb\n  1 *a\n";
  for (char name = 'a'; name < 'r'; ++name) {
    const auto next = std::string(1, static_cast<char>(name + 1));
    text += "rule " + std::string(1, name) + "\n  1 *" + next + " conj:" + next + "\n";
  }
  const auto long_winded = parse_grammar(text + "rule r\n  1 *verb conj:verb\nwords verb VERB\n  ran\n", "g");
  EXPECT_TRUE(contains(message_of([&] { generate_story(long_winded, 100000, 0); }), {"more than 100000 words"}));
}

TEST(SyntacticTwin, shares_all_but_its_open_words_from_the_given_word_on) {
  const auto grammar = tales();
  const auto story = generate_story(grammar, 3000, 6);
  std::map<std::string, size_t> sizes;
  for (const auto& list : grammar.classes) sizes[list.name] = list.words.size();
  for (const size_t from : {size_t{0}, size_t{777}, story.size()}) {
    const auto twin = syntactic_twin(grammar, story, static_cast<int64_t>(from), 9);
    ASSERT_EQ(twin.size(), story.size());
    for (size_t i = 0; i < story.size(); ++i) {
      ASSERT_EQ(twin[i].tag, story[i].tag);
      ASSERT_EQ(twin[i].head, story[i].head);
      ASSERT_EQ(twin[i].relation, story[i].relation);
      ASSERT_EQ(twin[i].depth, story[i].depth);
      ASSERT_EQ(marks(twin[i].text), marks(story[i].text)) << story[i].text << " " << twin[i].text;
      const bool article = story[i].category == "a";  // may become "an"
      const bool renewed = i >= from && open_class(story[i].tag) && sizes.at(story[i].category) > 1;
      if (renewed) {
        ASSERT_NE(lower_letters(twin[i].text), lower_letters(story[i].text)) << i;
      } else if (i < from || !article) {
        ASSERT_EQ(twin[i].text, story[i].text) << i;
      }
    }
  }
}

TEST(SyntacticTwin, agrees_with_the_articles_on_both_sides_of_its_beginning) {
  const auto grammar = tales();
  const auto story = generate_story(grammar, 3000, 6);
  int checked = 0;
  for (size_t i = 0; i + 1 < story.size(); ++i) {
    if (story[i].category != "a") continue;
    const auto twin = syntactic_twin(grammar, story, static_cast<int64_t>(i + 1), i);
    for (size_t k = i; k + 1 < twin.size(); ++k) {
      if (twin[k].category != "a") continue;
      const bool vowel = std::string_view("aeiou").find(twin[k + 1].text[0]) != std::string_view::npos;
      ASSERT_EQ(lower_letters(twin[k].text) == "an", vowel) << twin[k].text << " " << twin[k + 1].text;
    }
    if (++checked == 30) return;
  }
  FAIL() << "only " << checked << " articles";
}

TEST(SyntacticTwin, keeps_capitals_where_the_place_asks_for_them) {
  const auto grammar = parse_grammar(
      "grammar 1\nrule s\n  1 nsubj:name *verb\n  1 *verb obj:name\nwords name PROPN\n  Anna Tom\nwords verb VERB\n  "
      "see find\n",
      "g");
  const auto story = generate_story(grammar, 40, 2), twin = syntactic_twin(grammar, story, 0, 3);
  for (size_t i = 0; i < story.size(); ++i)
    EXPECT_EQ(std::isupper(story[i].text[0]) != 0, std::isupper(twin[i].text[0]) != 0) << story[i].text;
}

TEST(SyntacticTwin, is_decided_by_the_seed) {
  const auto grammar = tales();
  const auto story = generate_story(grammar, 200, 6);
  EXPECT_EQ(story_text(syntactic_twin(grammar, story, 20, 1)), story_text(syntactic_twin(grammar, story, 20, 1)));
  EXPECT_NE(story_text(syntactic_twin(grammar, story, 20, 1)), story_text(syntactic_twin(grammar, story, 20, 2)));
}

TEST(SyntacticTwin, refuses_places_and_words_that_do_not_exist) {
  const auto grammar = tales();
  auto story = generate_story(grammar, 20, 6);
  EXPECT_TRUE(contains(message_of([&] { syntactic_twin(grammar, story, 10000, 1); }), {"from word 10000"}));
  story[3].category = "elsewhere";
  EXPECT_TRUE(contains(message_of([&] { syntactic_twin(grammar, story, 0, 1); }), {"word 4", "'elsewhere'"}));
}

TEST(TaggedStory, the_table_reads_back_with_tags_and_heads) {
  const test::TemporaryFolder folder;
  const auto story = generate_story(tales(), 300, 8);
  const auto words = time_story(story);
  write_tagged_words(folder / "story.tsv", words, story);
  EXPECT_TRUE(read_file(folder / "story.tsv").starts_with("onset\toffset\tword\ttag\thead\trelation\tsentence\n"));
  const auto read = read_story(folder / "story.tsv").words;
  ASSERT_EQ(read.size(), story.size());
  for (size_t i = 0; i < read.size(); ++i) {
    ASSERT_EQ(read[i].text, story[i].text);
    ASSERT_EQ(read[i].onset, words[i].onset);
    ASSERT_EQ(read[i].offset, words[i].offset);
    ASSERT_EQ(read[i].tag, story[i].tag);
    ASSERT_EQ(read[i].head, story[i].head + 1);
  }
}

TEST(TaggedStory, is_spoken_like_its_text) {
  const auto story = generate_story(tales(), 300, 8);
  const auto timed = time_story(story, {.seed = 4}), spoken = speak(story_text(story), {.seed = 4});
  ASSERT_EQ(timed.size(), spoken.size());
  for (size_t i = 0; i < timed.size(); ++i) {
    ASSERT_EQ(timed[i].text, spoken[i].text);
    ASSERT_EQ(timed[i].onset, spoken[i].onset);
    ASSERT_EQ(timed[i].offset, spoken[i].offset);
  }
}
