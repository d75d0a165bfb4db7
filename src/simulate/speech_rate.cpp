#include "simulate/speech_rate.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <sstream>

#include "core/error.h"
#include "core/random.h"
#include "core/text.h"

namespace arcuate {
namespace {

bool is_letter(unsigned char byte) { return std::isalnum(byte) != 0 || byte >= 0xC0; }  // one byte of each UTF-8 letter

double letters(std::string_view word) {
  return static_cast<double>(std::count_if(word.begin(), word.end(), is_letter));
}

// Words of one paragraph; marks without a letter join a neighbour.
std::vector<std::string> paragraph_words(const std::string& paragraph) {
  std::vector<std::string> words;
  std::string before;
  std::istringstream stream(paragraph);
  for (std::string piece; stream >> piece;) {
    if (letters(piece) > 0) {
      words.push_back(before + piece);
      before.clear();
    } else if (words.empty()) {
      before += piece + " ";
    } else {
      words.back() += " " + piece;
    }
  }
  return words;
}

std::vector<std::vector<std::string>> text_paragraphs(std::string_view text) {
  std::vector<std::vector<std::string>> found;
  std::string paragraph;
  const auto finish = [&] {
    if (auto words = paragraph_words(paragraph); !words.empty()) found.push_back(std::move(words));
    paragraph.clear();
  };
  for (const auto& line : split_fields(text, '\n')) {
    if (trim(line).empty()) finish();
    paragraph += line + "\n";
  }
  finish();
  return found;
}

// The silence that the word's last mark asks for; quotes and brackets after the mark do not hide it.
double pause_after(std::string_view word, const SpeechRate& rate) {
  while (!word.empty() && std::string_view("\"')]").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  if (word.empty()) return 0;
  if (std::string_view(".?!").find(word.back()) != std::string_view::npos) return rate.sentence_pause;
  if (std::string_view(";:").find(word.back()) != std::string_view::npos || word.ends_with("--"))
    return rate.clause_pause;
  return word.back() == ',' ? rate.comma_pause : 0;
}

double milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

}  // namespace

std::vector<Word> time_words(const std::vector<std::vector<std::string>>& paragraphs, const SpeechRate& rate) {
  Random random(derive_seed(rate.seed, "speech rate"));
  const auto varied = [&](double seconds) { return seconds * (1 + rate.jitter * (2 * random.uniform() - 1)); };
  std::vector<Word> words;
  double now = rate.start;
  for (const auto& paragraph : paragraphs)
    for (size_t i = 0; i < paragraph.size(); ++i) {
      const double end = now + varied(rate.word_base + rate.word_letter * letters(paragraph[i]));
      words.push_back({milliseconds(now), milliseconds(end), paragraph[i]});
      const bool last = i + 1 == paragraph.size();
      now = end + varied(last ? rate.paragraph_pause : pause_after(paragraph[i], rate));
    }
  if (words.empty()) bad_input("the text has no word: a story in plain text is expected");
  return words;
}

std::vector<Word> speak(std::string_view text, const SpeechRate& rate) {
  if (const auto byte = invalid_utf8(text))
    bad_input("the text is not valid UTF-8 at byte {}; save it as UTF-8", *byte);
  return time_words(text_paragraphs(text), rate);
}

}  // namespace arcuate
