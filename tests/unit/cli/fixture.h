// A command with an option of every kind, and a stand-in for the world around the program.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/program.h"
#include "cli/run.h"

namespace arcuate::cli::test {

namespace fs = std::filesystem;

enum class Select { mse, r2, r };

struct Folds {
  int outer = 5;
};

struct Everything {
  std::vector<fs::path> inputs{};
  bool truth = false;
  int whole = 3;
  int64_t large = 1;
  double real = 0.5;
  std::string text = "plain";
  fs::path path{};
  std::vector<std::string> words{};
  std::vector<double> numbers{1, 10};
  std::vector<int> wholes{};
  std::vector<fs::path> paths{};
  std::optional<int> maybe{};
  std::optional<std::string> maybe_text{};
  std::optional<std::vector<double>> maybe_numbers{};
  std::string method = "sum";
  Select select = Select::mse;
  std::vector<Select> selects{};
  Bytes size{};
  bool intercept = true;
  bool extra = false;
  Folds folds{};
};

inline void describe_folds(Spec<Folds>& s) {
  s.section("Cross-validation");
  s.option("folds", &Folds::outer, "contiguous folds").range(2, 100).metavar("K");
}

inline void describe_everything(Spec<Everything>& s) {
  s.summary("has an option of every kind");
  s.description("Nothing is computed here.");
  s.optional_input("inputs", &Everything::inputs, "files to read");
  s.option("truth", &Everything::truth, "yes or no");
  s.option("whole", &Everything::whole, "a count").short_name('w').range(1, 10);
  s.option("large", &Everything::large, "a large number");
  s.option("real", &Everything::real, "a share").range(0, 1);
  s.option("text", &Everything::text, "any text");
  s.option("path", &Everything::path, "a place").unrecorded();
  s.option("words", &Everything::words, "several words");
  s.option("numbers", &Everything::numbers, "several numbers").range(0, 1000);
  s.option("wholes", &Everything::wholes, "several counts");
  s.option("paths", &Everything::paths, "several places");
  s.option("maybe", &Everything::maybe, "perhaps a count");
  s.option("maybe-text", &Everything::maybe_text, "perhaps a text");
  s.option("maybe-numbers", &Everything::maybe_numbers, "perhaps numbers");
  s.option("method", &Everything::method, "how").choices({"sum", "mean", "lanczos"});
  s.option("select", &Everything::select, "what chooses")
      .choices({{"mse", Select::mse}, {"r2", Select::r2}, {"r", Select::r}});
  s.option("selects", &Everything::selects, "several")
      .choices({{"mse", Select::mse}, {"r2", Select::r2}, {"r", Select::r}});
  s.option("size", &Everything::size, "memory");
  s.flag("no-intercept", &Everything::intercept, "leave the intercept out");
  s.flag("extra", &Everything::extra, "more of it").short_name('e');
  s.group(describe_folds, &Everything::folds);
  s.example("arcuate everything --whole 4", "with another count");
}

/// A description bound to an object of ours, for looking into the fields.
struct Described {
  Everything fields{};
  Common common{};
  Description description{};
  Described() {
    Spec<Everything> spec(fields, description);
    describe_everything(spec);
    add_common_options(description, common);
  }
};

using Variables = std::map<std::string, std::string>;

inline Environment environment_of(const Variables& variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

inline const std::vector<std::string> command_names{"everything", "other"};

inline void resolve_into(Described& target, const std::vector<std::string>& arguments,
                         const Variables& variables = {}) {
  resolve(target.description, "everything", arguments, environment_of(variables), command_names);
}

/// What a run of the program left behind.
struct Ran {
  int code = 0;
  std::string out{};
  std::string log{};
};

inline Ran run_words(std::span<const Command* const> commands, const std::vector<std::string>& words,
                     const Variables& variables = {}, bool terminal = false) {
  std::ostringstream out, log;
  const int code = run_program(commands, words, {out, log, terminal, environment_of(variables)});
  return {code, out.str(), log.str()};
}

}  // namespace arcuate::cli::test
