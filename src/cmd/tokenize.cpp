// arcuate tokenize: what a model's tokenizer makes of lines of text.
#include <iostream>

#include "cli/command.h"
#include "cli/run.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "input/tokenizer.h"
#include "io/json.h"

namespace arcuate {
namespace {

struct Options {
  fs::path model;
  bool special = false;
  bool tokens = false;
  bool positions = false;
  bool quoted = false;
};

void describe(cli::Spec<Options>& s) {
  s.summary("token ids of lines of text");
  s.description(
      "Reads text from standard input and writes one line for each of its lines: the ids of its tokens, separated by "
      "spaces. Each line is a text of its own; the line break is not part of it.");
  s.informational();
  s.option("model", &Options::model, "folder of the model, in the layout of Hugging Face").required().metavar("DIR");
  s.flag("special", &Options::special, "with the tokens that the tokenizer's template puts around a text");
  s.flag("tokens", &Options::tokens, "write the tokens as the vocabulary spells them instead of their ids");
  s.flag("positions", &Options::positions,
         "write ID:BEGIN:END, the bytes of the text that a token covers, counted from 0, END not among them");
  s.flag("quoted", &Options::quoted,
         "each line of the input is a text as JSON quotes it (\"a\\nb\"), so that texts may hold line breaks");
  s.example("echo 'Once upon a time' | arcuate tokenize --model models/tales-1m", "the ids of four words");
}

std::string unquoted(const std::string& line) {
  const auto text = SortedJson::parse(line, nullptr, false);
  if (!text.is_string()) bad_input("expected a text in quotation marks, as JSON writes it, found '{}'", line);
  return text.get<std::string>();
}

std::string line_of(const Tokenizer& tokenizer, const std::string& input, const Options& options) {
  const std::string text = options.quoted ? unquoted(input) : input;
  std::string line;
  for (const auto& [id, range] :
       tokenizer.encode_with_ranges(text, options.special ? Special::template_ : Special::none)) {
    if (!line.empty()) line += ' ';
    line += options.tokens ? tokenizer.token(id) : std::to_string(id);
    if (options.positions) line += fmt::format(":{}:{}", range.begin, range.end);
  }
  return line;
}

int run(const Options& options, cli::Run& run) {
  const Tokenizer tokenizer = Tokenizer::load(options.model);
  size_t number = 0;
  for (std::string text; std::getline(std::cin, text);) {
    stop_if_interrupted();
    const std::string where = fmt::format("line {} of standard input", ++number);
    run.console.out() << within(where, [&] { return line_of(tokenizer, text, options); }) << '\n';
  }
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command tokenize = cli::command<Options, describe, run>("tokenize");
}
}  // namespace arcuate
