#include "simulate/grammar.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr double largest_weight = 1e6;  // sums of weights stay far from overflow
constexpr size_t most_rules = 1000;     // their mean numbers are a matrix of rules x rules
constexpr double longest_mean =
    1000;  // words a sentence; beyond is a slip, and a story would not end in reasonable time

// Universal Dependencies, version 2.
std::vector<std::string> known_tags() {
  return {"ADJ",  "ADP",  "ADV",   "AUX",   "CCONJ", "DET", "INTJ", "NOUN", "NUM",
          "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"};
}
std::vector<std::string> known_relations() {
  return {"acl",    "advcl",    "advmod", "amod",     "appos",     "aux",        "case",     "cc",        "ccomp",
          "clf",    "compound", "conj",   "cop",      "csubj",     "dep",        "det",      "discourse", "dislocated",
          "expl",   "fixed",    "flat",   "goeswith", "iobj",      "list",       "mark",     "nmod",      "nsubj",
          "nummod", "obj",      "obl",    "orphan",   "parataxis", "reparandum", "vocative", "xcomp"};
}

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || byte >= 0x80;
}

std::vector<std::string> fields_of(std::string_view line) {
  std::istringstream stream{std::string(line.substr(0, line.find('#')))};
  std::vector<std::string> fields;
  for (std::string field; stream >> field;) fields.push_back(field);
  return fields;
}

std::optional<double> to_weight(std::string_view text) {
  const auto weight = to_double(text);
  return weight && *weight > 0 && *weight <= largest_weight ? weight : std::nullopt;
}

// Reads line by line; a name is looked up only when all are known.
class Reader {
 public:
  explicit Reader(const std::string& source) : problems_(source) { grammar_.source = source; }

  Grammar read(std::string_view bytes) {
    const auto lines = split_fields(without_bom(bytes), '\n');
    for (size_t i = 0; i < lines.size(); ++i) {
      line_ = static_cast<int>(i) + 1;
      if (const auto fields = fields_of(lines[i]); !fields.empty())
        lines[i].front() == ' ' || lines[i].front() == '\t' ? read_entry(fields) : read_heading(fields);
    }
    if (!versioned_) problems_.add("no line 'grammar 1', which says the version of the format");
    check_blocks();
    resolve();
    problems_.raise();
    return std::move(grammar_);
  }

 private:
  enum class Block { none, unknown, rule, words };

  void read_heading(const std::vector<std::string>& fields);
  void read_version(const std::vector<std::string>& fields);
  void read_paragraph(const std::vector<std::string>& fields);
  void open_rule(const std::vector<std::string>& fields);
  void open_class(const std::vector<std::string>& fields);
  void claim(const std::string& name);
  void read_entry(const std::vector<std::string>& fields);
  void read_expansion(const std::vector<std::string>& fields);
  void read_item(Expansion& expansion, const std::string& field, std::string& opening, size_t& heads);
  void read_mark(Expansion& expansion, const std::string& field, std::string& opening);
  void read_word(const std::string& field);
  void check_relation(const std::string& relation);
  void check_blocks();
  void resolve();

  Grammar grammar_;
  Problems problems_;
  Block block_ = Block::none;
  bool versioned_ = false;
  int line_ = 0;
  std::map<std::string, int> names_;  // of rules and classes, with their lines
  std::set<std::string> class_words_;
};

void Reader::read_heading(const std::vector<std::string>& fields) {
  block_ = Block::unknown;
  const auto& keyword = fields[0];
  if (keyword == "grammar") return read_version(fields);
  if (keyword == "paragraph") return read_paragraph(fields);
  if (keyword == "rule") return open_rule(fields);
  if (keyword == "words") return open_class(fields);
  problems_.add("line {}: unknown '{}'{}; expansions and words are indented", line_, excerpt(keyword),
                suggestion(keyword, std::vector<std::string>{"grammar", "paragraph", "rule", "words"}));
}

void Reader::read_version(const std::vector<std::string>& fields) {
  versioned_ = true;
  if (fields.size() != 2 || fields[1] != "1")
    problems_.add("line {}: expected 'grammar 1', the one version that this program reads", line_);
}

void Reader::read_paragraph(const std::vector<std::string>& fields) {
  constexpr long long longest = 1000;
  const auto low = fields.size() == 3 ? to_integer(fields[1]).value_or(0) : 0;
  const auto high = fields.size() == 3 ? to_integer(fields[2]).value_or(0) : 0;
  if (low < 1 || high < low || high > longest)
    return problems_.add("line {}: expected 'paragraph SHORTEST LONGEST', sentences from 1 to {}", line_, longest);
  grammar_.shortest_paragraph = low;
  grammar_.longest_paragraph = high;
}

void Reader::claim(const std::string& name) {
  const auto [place, fresh] = names_.try_emplace(name, line_);
  if (!fresh) problems_.add("line {}: '{}' is already the name of line {}", line_, excerpt(name), place->second);
}

void Reader::open_rule(const std::vector<std::string>& fields) {
  if (fields.size() != 2) return problems_.add("line {}: expected 'rule NAME'", line_);
  block_ = Block::rule;
  claim(fields[1]);
  grammar_.rules.push_back({fields[1], {}, line_});
}

void Reader::open_class(const std::vector<std::string>& fields) {
  if (fields.size() != 3) return problems_.add("line {}: expected 'words NAME TAG'", line_);
  block_ = Block::words;
  class_words_.clear();
  claim(fields[1]);
  const auto tags = known_tags();
  if (std::find(tags.begin(), tags.end(), fields[2]) == tags.end())
    problems_.add("line {}: unknown part of speech '{}'{}", line_, excerpt(fields[2]), suggestion(fields[2], tags));
  grammar_.classes.push_back({fields[1], fields[2], {}, line_});
}

void Reader::read_entry(const std::vector<std::string>& fields) {
  if (block_ == Block::rule) return read_expansion(fields);
  if (block_ == Block::words)
    for (const auto& field : fields) read_word(field);
  if (block_ == Block::none)
    problems_.add("line {}: an indented line belongs to a line 'rule' or 'words' above it", line_);
}

void Reader::read_expansion(const std::vector<std::string>& fields) {
  Expansion expansion{.line = line_};
  if (const auto weight = to_weight(fields[0]))
    expansion.weight = *weight;
  else
    problems_.add("line {}: expected a weight above 0 and up to {} before the expansion, found '{}'", line_,
                  largest_weight, excerpt(fields[0]));
  std::string opening;
  size_t heads = 0;
  for (const auto& field : std::span(fields).subspan(1)) read_item(expansion, field, opening, heads);
  if (!opening.empty()) problems_.add("line {}: no word follows the opening quote", line_);
  if (heads != 1)
    problems_.add("line {}: {} marked with '*'; an expansion has exactly one head", line_,
                  heads == 0 ? "no head is" : std::to_string(heads) + " heads are");
  grammar_.rules.back().expansions.push_back(std::move(expansion));
}

void Reader::read_item(Expansion& expansion, const std::string& field, std::string& opening, size_t& heads) {
  if (std::none_of(field.begin(), field.end(), is_letter)) return read_mark(expansion, field, opening);
  GrammarItem item{.symbol = field, .before = std::exchange(opening, {})};
  if (field.front() == '*') {
    item.symbol.erase(0, 1);
    expansion.head = expansion.items.size();
    ++heads;
  } else if (const auto colon = field.rfind(':'); colon != field.npos) {
    item.relation = field.substr(0, colon);
    item.symbol.erase(0, colon + 1);
    check_relation(item.relation);
  } else {
    problems_.add("line {}: '{}': expected '*NAME' for the head, else 'RELATION:NAME'", line_, excerpt(field));
  }
  expansion.items.push_back(std::move(item));
}

void Reader::read_mark(Expansion& expansion, const std::string& field, std::string& opening) {
  if (field == "``") {
    opening = "\"";
  } else if (field != "''" && (field.size() != 1 || std::string_view(",;:.?!").find(field) == std::string_view::npos)) {
    problems_.add("line {}: unknown mark '{}'; known: , ; : . ? ! `` ''", line_, excerpt(field));
  } else if (expansion.items.empty() || !opening.empty()) {
    problems_.add("line {}: no word stands before the mark {}", line_, field);
  } else {
    expansion.items.back().after += field == "''" ? "\"" : field;
  }
}

void Reader::check_relation(const std::string& relation) {
  const auto relations = known_relations();
  const auto base = relation.substr(0, relation.find(':'));
  if (std::find(relations.begin(), relations.end(), base) == relations.end())
    problems_.add("line {}: unknown relation '{}'{}", line_, excerpt(relation), suggestion(base, relations));
}

void Reader::read_word(const std::string& field) {
  const auto colon = std::min(field.rfind(':'), field.size());
  const auto weight = colon < field.size() ? to_weight(std::string_view(field).substr(colon + 1)) : 1.0;
  const auto forms = split_fields(std::string_view(field).substr(0, colon), '|');
  const auto spoken = [](const auto& form) {
    return !form.empty() && is_letter(form.front()) && is_letter(form.back());
  };
  if (!weight)
    problems_.add("line {}: '{}': expected a weight above 0 and up to {} after the colon", line_, excerpt(field),
                  largest_weight);
  if (forms.size() > 2 || !std::all_of(forms.begin(), forms.end(), spoken))
    problems_.add("line {}: '{}' is no word: one begins and ends with a letter, and may have a second form after '|'",
                  line_, excerpt(field));
  if (!class_words_.insert(forms[0]).second)
    problems_.add("line {}: '{}' is already a word of '{}'", line_, excerpt(forms[0]),
                  excerpt(grammar_.classes.back().name));
  grammar_.classes.back().words.push_back({forms[0], forms.size() > 1 ? forms[1] : "", weight.value_or(1)});
}

void Reader::check_blocks() {
  if (grammar_.rules.empty()) problems_.add("no rule: the first one says what a sentence is");
  if (grammar_.rules.size() > most_rules)
    problems_.add("{} rules, where at most {} are read", grammar_.rules.size(), most_rules);
  for (const auto& rule : grammar_.rules)
    if (rule.expansions.empty()) problems_.add("line {}: rule '{}' has no expansion", rule.line, excerpt(rule.name));
  for (const auto& words : grammar_.classes)
    if (words.words.empty()) problems_.add("line {}: class '{}' has no word", words.line, excerpt(words.name));
}

void Reader::resolve() {
  std::map<std::string, std::pair<bool, size_t>> places;
  for (size_t i = 0; i < grammar_.classes.size(); ++i) places[grammar_.classes[i].name] = {false, i};
  for (size_t i = 0; i < grammar_.rules.size(); ++i) places[grammar_.rules[i].name] = {true, i};
  std::vector<std::string> names;
  names.reserve(places.size());
  for (const auto& place : places) names.push_back(place.first);
  for (auto& rule : grammar_.rules)
    for (auto& expansion : rule.expansions)
      for (auto& item : expansion.items) {
        if (const auto found = places.find(item.symbol); found != places.end())
          std::tie(item.is_rule, item.index) = found->second;
        else
          problems_.add("line {}: no rule and no class is called '{}'{}", expansion.line, excerpt(item.symbol),
                        suggestion(item.symbol, names));
      }
}

void check_use(const Grammar& grammar, Problems& problems) {
  std::vector<bool> rules(grammar.rules.size()), classes(grammar.classes.size());
  std::vector<size_t> waiting{0};
  rules[0] = true;
  while (!waiting.empty()) {
    const size_t rule = waiting.back();
    waiting.pop_back();
    for (const auto& expansion : grammar.rules[rule].expansions)
      for (const auto& item : expansion.items) {
        auto&& used = item.is_rule ? rules[item.index] : classes[item.index];
        if (item.is_rule && !used) waiting.push_back(item.index);
        used = true;
      }
  }
  const auto tell = [&](const char* kind, const auto& list, const std::vector<bool>& used) {
    for (size_t i = 0; i < list.size(); ++i)
      if (!used[i])
        problems.add("line {}: {} '{}' is never used by '{}' or what it leads to", list[i].line, kind,
                     excerpt(list[i].name), excerpt(grammar.rules[0].name));
  };
  tell("rule", grammar.rules, rules);
  tell("class", grammar.classes, classes);
}

// With M[i][j] the mean number of rules j in an expansion of rule i, and b[i] that of words, the mean lengths solve
// (I - M) x = b. Gaussian elimination in order leaves, as pivot i, one less the mean number of rules i that a rule i
// holds by way of the rules before it: lengths are finite where all pivots are positive (I - M is then an M-matrix).
void check_length(const Grammar& grammar, Problems& problems) {
  const size_t n = grammar.rules.size();
  std::vector<std::vector<double>> rows(n, std::vector<double>(n + 1));
  for (size_t i = 0; i < n; ++i) {
    double total = 0;
    for (const auto& expansion : grammar.rules[i].expansions) total += expansion.weight;
    for (const auto& expansion : grammar.rules[i].expansions)
      for (const auto& item : expansion.items)
        rows[i][item.is_rule ? item.index : n] += (item.is_rule ? -1 : 1) * expansion.weight / total;
    rows[i][i] += 1;
  }
  constexpr double smallest_pivot = 1e-6;
  for (size_t i = 0; i < n; ++i) {
    if (rows[i][i] < smallest_pivot) {
      problems.add(
          "line {}: rule '{}' holds {:.3g} of itself on average, so that a sentence may never end; less than 1 is "
          "needed: give more weight to expansions that do not lead back to it",
          grammar.rules[i].line, excerpt(grammar.rules[i].name), 1 - rows[i][i]);
      rows[i].assign(n + 1, 0);
      rows[i][i] = 1;
    }
    for (size_t k = i + 1; k < n; ++k)
      if (const double factor = rows[k][i] / rows[i][i]; factor != 0)
        for (size_t j = i; j <= n; ++j) rows[k][j] -= factor * rows[i][j];
  }
  std::vector<double> lengths(n);
  for (size_t i = n; i-- > 0;) {
    lengths[i] = rows[i][n];
    for (size_t j = i + 1; j < n; ++j) lengths[i] -= rows[i][j] * lengths[j];
    lengths[i] /= rows[i][i];
  }
  if (!(lengths[0] <= longest_mean))
    problems.add("a sentence has {:.3g} words on average; at most {} are told", lengths[0], longest_mean);
}

}  // namespace

Grammar parse_grammar(std::string_view bytes, const std::string& source) {
  if (const auto byte = invalid_utf8(bytes))
    bad_input("'{}' is not valid UTF-8 at byte {}; save it as UTF-8", source, *byte);
  auto grammar = Reader(source).read(bytes);
  Problems problems(source);
  check_use(grammar, problems);
  check_length(grammar, problems);
  problems.raise();
  return grammar;
}

Grammar read_grammar(const fs::path& path) { return parse_grammar(read_file(path), path.string()); }

}  // namespace arcuate
