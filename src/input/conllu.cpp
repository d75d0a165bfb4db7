#include "input/conllu.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr size_t columns = 10;
enum Column : size_t { id, form, lemma, upos, xpos, features, head, relation, deps, misc };

std::string given(const std::string& field) { return field == "_" ? "" : field; }

bool says_no_space(const std::string& field) {
  const auto notes = split_fields(field, '|');
  return std::find(notes.begin(), notes.end(), "SpaceAfter=No") != notes.end();
}

class Reader {
 public:
  explicit Reader(Problems& problems) : problems_(problems) {}

  void read_line(std::string_view text, int line) {
    line_ = line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) return end_sentence();
    if (text.starts_with('#')) return;
    const auto fields = split_fields(text, '\t');
    if (fields.size() != columns) return bad("expected 10 columns between tabs, found {}", fields.size());
    const auto& number = fields[id];
    if (number.find('.') != number.npos) return;  // an empty node
    if (const auto dash = number.find('-'); dash != number.npos) return read_range(fields, dash);
    read_word(fields);
  }

  void end_sentence() {
    if (multiword_end_ > size()) bad("a multiword token up to word {} in a sentence of {}", multiword_end_, size());
    check_heads();
    if (!sentence_.words.empty()) sentences_.push_back(std::move(sentence_));
    sentence_ = {};
    lines_.clear();
    multiword_end_ = 0;
  }

  std::vector<ConlluSentence> take() { return std::move(sentences_); }

 private:
  template <class... Args>
  void bad(fmt::format_string<Args...> format, Args&&... args) {
    problems_.add("line {}: {}", line_, fmt::format(format, std::forward<Args>(args)...));
  }
  int64_t size() const { return static_cast<int64_t>(sentence_.words.size()); }

  void read_range(const std::vector<std::string>& fields, size_t dash) {
    const auto first = to_integer(std::string_view(fields[id]).substr(0, dash)),
               last = to_integer(std::string_view(fields[id]).substr(dash + 1));
    if (!first || !last || *first != size() + 1 || *last <= *first || multiword_end_ > size())
      return bad("'{}': expected a range of the next words", excerpt(fields[id]));
    if (fields[form].empty()) return bad("a multiword token without a form");
    multiword_begin_ = *first;
    multiword_end_ = *last;
    multiword_ = fields[form];
    multiword_space_ = !says_no_space(fields[misc]);
  }

  void read_word(const std::vector<std::string>& fields) {
    const auto number = to_integer(fields[id]);
    const auto governor = fields[head] == "_" ? 0 : to_integer(fields[head]);
    if (!number || *number != size() + 1) bad("word number '{}': expected {}", excerpt(fields[id]), size() + 1);
    if (!governor || *governor < 0) bad("head '{}': expected a word's number, 0 or _", excerpt(fields[head]));
    if (fields[form].empty()) bad("a word without a form");
    ConlluWord word{.form = fields[form],
                    .upos = given(fields[upos]),
                    .xpos = given(fields[xpos]),
                    .features = given(fields[features]),
                    .relation = given(fields[relation]),
                    .head = governor.value_or(0),
                    .written = fields[form],
                    .in_multiword = false,
                    .space_after = !says_no_space(fields[misc])};
    const int64_t place = size() + 1;
    if (place <= multiword_end_) {
      word.in_multiword = true;
      word.written = place == multiword_begin_ ? multiword_ : "";
      word.space_after = place == multiword_end_ && multiword_space_;
    }
    sentence_.words.push_back(std::move(word));
    lines_.push_back(line_);
  }

  // Every word leads to a root in at most as many steps as there are words.
  void check_heads() {
    std::vector<int> state(sentence_.words.size(), 0);  // 1: on the present way, 2: leads to a root
    for (size_t i = 0; i < state.size(); ++i) {
      std::vector<size_t> way;
      size_t at = i;
      while (state[at] == 0) {
        state[at] = 1;
        way.push_back(at);
        const int64_t next = sentence_.words[at].head;
        if (next > size()) problems_.add("line {}: head {} in a sentence of {} words", lines_[at], next, size());
        if (next <= 0 || next > size()) break;
        at = static_cast<size_t>(next - 1);
        if (state[at] == 1) problems_.add("line {}: the heads lead round in a circle", lines_[at]);
      }
      for (const size_t word : way) state[word] = 2;
    }
  }

  Problems& problems_;
  std::vector<ConlluSentence> sentences_;
  ConlluSentence sentence_;
  std::vector<int> lines_;
  std::string multiword_;
  int64_t multiword_begin_ = 0, multiword_end_ = 0;
  bool multiword_space_ = true;
  int line_ = 0;
};

}  // namespace

std::vector<ConlluSentence> parse_conllu(std::string_view bytes, const std::string& source) {
  auto text = without_bom(bytes);
  if (const auto wrong = invalid_utf8(text)) bad_input("'{}' is not UTF-8: see byte {}", source, *wrong + 1);
  Problems problems(fmt::format("'{}' is not CoNLL-U", source));
  Reader reader(problems);
  for (int line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.read_line(text.substr(0, end), line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  reader.end_sentence();
  problems.raise();
  auto sentences = reader.take();
  if (sentences.empty()) bad_input("'{}' holds no words; expected CoNLL-U, ten columns between tabs", source);
  return sentences;
}

std::vector<ConlluSentence> read_conllu(const fs::path& path) { return parse_conllu(read_file(path), path.string()); }

std::string conllu_text(const std::vector<ConlluSentence>& sentences) {
  std::string text;
  bool space = false;
  for (const auto& sentence : sentences) {
    for (const auto& word : sentence.words) {
      if (space && !word.written.empty()) text += ' ';
      text += word.written;
      space = word.space_after || (space && word.written.empty());
    }
    space = true;
  }
  return text;
}

}  // namespace arcuate
