// Values of every type, precedence of their sources, and the messages for what is wrong.
#include "cli/resolve.h"

#include "core/error.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::cli::test;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;
using arcuate::test::write_text;

static std::string complaint(const std::vector<std::string>& arguments, const Variables& variables = {}) {
  return message_of([&] {
    Described target;
    resolve_into(target, arguments, variables);
  });
}

TEST(Resolve, leaves_defaults_alone) {
  Described target;
  resolve_into(target, {});
  EXPECT_EQ(target.fields.whole, 3);
  EXPECT_EQ(target.fields.numbers, (std::vector<double>{1, 10}));
  EXPECT_TRUE(target.fields.intercept);
  EXPECT_FALSE(target.fields.maybe);
}

TEST(Resolve, reads_single_values_of_every_type) {
  Described target;
  resolve_into(target, {"--truth", "yes", "--whole", "7", "--large=9007199254740993", "--real", "0.25", "--text", "a b",
                        "--path", "x/y", "--method", "lanczos", "--select", "r2", "--size", "1.5GB"});
  EXPECT_TRUE(target.fields.truth);
  EXPECT_EQ(target.fields.whole, 7);
  EXPECT_EQ(target.fields.large, 9007199254740993);
  EXPECT_EQ(target.fields.real, 0.25);
  EXPECT_EQ(target.fields.text, "a b");
  EXPECT_EQ(target.fields.path, fs::path("x/y"));
  EXPECT_EQ(target.fields.method, "lanczos");
  EXPECT_EQ(target.fields.select, Select::r2);
  EXPECT_EQ(target.fields.size.count, 1'500'000'000);
}

TEST(Resolve, reads_lists_from_commas_words_and_repetition) {
  Described target;
  resolve_into(target, {"--words", "a,b", "c", "--numbers", "1,2.5", "--numbers", "3", "--wholes", "-1,2", "--paths",
                        "p", "q", "--selects", "r,mse"});
  EXPECT_EQ(target.fields.words, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(target.fields.numbers, (std::vector<double>{1, 2.5, 3}));
  EXPECT_EQ(target.fields.wholes, (std::vector<int>{-1, 2}));
  EXPECT_EQ(target.fields.paths, (std::vector<fs::path>{"p", "q"}));
  EXPECT_EQ(target.fields.selects, (std::vector<Select>{Select::r, Select::mse}));
}

TEST(Resolve, reads_optional_values) {
  Described target;
  resolve_into(target, {"--maybe", "-4", "--maybe-text", "here", "--maybe-numbers", "1,2"});
  EXPECT_EQ(target.fields.maybe, -4);
  EXPECT_EQ(target.fields.maybe_text, "here");
  EXPECT_EQ(target.fields.maybe_numbers, (std::vector<double>{1, 2}));
}

TEST(Resolve, gives_positional_words_to_the_inputs_in_order) {
  Described target;
  resolve_into(target, {"one", "--whole", "4", "two"});
  EXPECT_EQ(target.fields.inputs, (std::vector<fs::path>{"one", "two"}));
}

TEST(Resolve, flags_turn_the_default_around) {
  Described target;
  resolve_into(target, {"--no-intercept", "-e"});
  EXPECT_FALSE(target.fields.intercept);
  EXPECT_TRUE(target.fields.extra);
}

TEST(Resolve, a_flag_may_be_taken_back_on_the_command_line) {
  Described target;
  resolve_into(target, {"--no-intercept=false"}, {{"ARCUATE_NO_INTERCEPT", "1"}});
  EXPECT_TRUE(target.fields.intercept);
}

TEST(Resolve, fills_nested_groups_and_short_names) {
  Described target;
  resolve_into(target, {"--folds", "8", "-w", "9"});
  EXPECT_EQ(target.fields.folds.outer, 8);
  EXPECT_EQ(target.fields.whole, 9);
}

TEST(Resolve, accepts_a_value_that_begins_with_a_minus) {
  Described target;
  resolve_into(target, {"--text", "-10:30"});
  EXPECT_EQ(target.fields.text, "-10:30");
}

TEST(Resolve, command_line_beats_environment_beats_file_beats_default) {
  const TemporaryFolder folder;
  const auto file = (folder / "f.toml").string();
  write_text(file, "whole = 5\n");
  const auto whole = [&](std::vector<std::string> arguments, const Variables& variables) {
    Described target;
    resolve_into(target, arguments, variables);
    return target.fields.whole;
  };
  EXPECT_EQ(whole({"--config", file, "--whole", "7"}, {{"ARCUATE_WHOLE", "6"}}), 7);
  EXPECT_EQ(whole({"--config", file}, {{"ARCUATE_WHOLE", "6"}}), 6);
  EXPECT_EQ(whole({"--config", file}, {}), 5);
  EXPECT_EQ(whole({}, {{"ARCUATE_CONFIG", file}}), 5);
  EXPECT_EQ(whole({}, {}), 3);
}

TEST(Resolve, environment_serves_lists_flags_and_dashed_names) {
  Described target;
  resolve_into(
      target, {},
      {{"ARCUATE_NUMBERS", "4,5"}, {"ARCUATE_EXTRA", "on"}, {"ARCUATE_MAYBE_TEXT", "e"}, {"ARCUATE_OTHER", "?"}});
  EXPECT_EQ(target.fields.numbers, (std::vector<double>{4, 5}));
  EXPECT_TRUE(target.fields.extra);
  EXPECT_EQ(target.fields.maybe_text, "e");
}

TEST(Resolve, the_table_of_the_command_beats_top_level_keys_of_a_file) {
  const TemporaryFolder folder;
  const auto file = (folder / "f.toml").string();
  write_text(file,
             "whole = 5\nreal = 0.75\n[everything]\nwhole = 6\nno_intercept = true\nnumbers = [1, 2.5]\n"
             "words = 'a,b'\nmaybe-text = 'x'\ninputs = ['i']\n[other]\nunheard_of = 1\n");
  Described target;
  resolve_into(target, {"--config", file});
  EXPECT_EQ(target.fields.whole, 6);
  EXPECT_EQ(target.fields.real, 0.75);
  EXPECT_FALSE(target.fields.intercept);
  EXPECT_EQ(target.fields.numbers, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(target.fields.words, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(target.fields.maybe_text, "x");
  EXPECT_EQ(target.fields.inputs, (std::vector<fs::path>{"i"}));
}

TEST(Resolve, an_empty_array_in_a_file_empties_a_list) {
  const TemporaryFolder folder;
  write_text(folder / "f.toml", "numbers = []\n");
  Described target;
  resolve_into(target, {"--config", (folder / "f.toml").string()});
  EXPECT_TRUE(target.fields.numbers.empty());
}

TEST(Resolve, unknown_keys_and_tables_of_a_file_are_errors_with_the_nearest_name) {
  const TemporaryFolder folder;
  const auto file = (folder / "f.toml").string();
  write_text(file, "whole = 5\nwhule = 5\nhelp = true\n");
  EXPECT_TRUE(
      contains(complaint({"--config", file}), {"line 2: key 'whule' is unknown; did you mean 'whole'?", "'help'"}));
  write_text(file, "[everythin]\nwhole = 5\n");
  EXPECT_TRUE(contains(complaint({"--config", file}), {"line 1", "[everythin]", "did you mean 'everything'?"}));
}

TEST(Resolve, broken_files_are_told_with_their_line) {
  const TemporaryFolder folder;
  const auto file = (folder / "f.toml").string();
  write_text(file, "whole = 5\nreal = = 2\n");
  EXPECT_TRUE(contains(complaint({"--config", file}), {"not valid TOML", "line 2, column"}));
  write_text(file, "[everything.folds]\nouter = 5\n");
  EXPECT_TRUE(contains(complaint({"--config", file}), {"key 'folds'", "expected text, a number"}));
  write_text(file, "whole = [1, 2]\nreal = 'x'\n");
  EXPECT_TRUE(
      contains(complaint({"--config", file}), {"line 1: key 'whole' expects a whole number from 1 to 10, found a list",
                                               "line 2: key 'real' expects a number from 0 to 1, found 'x'"}));
}

TEST(Resolve, tells_every_problem_at_once) {
  const auto text = complaint({"--whole", "0", "--real", "2", "--select", "best", "--nubmers", "3", "--text", "a",
                               "--text", "b", "--numbers", "1,x"},
                              {{"ARCUATE_FOLDS", "1"}});
  EXPECT_TRUE(contains(
      text, {"everything: 7 problems", "unknown option '--nubmers'; did you mean '--numbers'?",
             "--whole expects a whole number from 1 to 10, found '0'", "--real expects a number from 0 to 1, found '2'",
             "--select expects one of mse, r2, r, found 'best'", "--text is given 2 times ('a', 'b')",
             "--numbers expects a number from 0 to 1000, found 'x'",
             "the environment's ARCUATE_FOLDS expects a whole number from 2 to 100, found '1'"}));
}

TEST(Resolve, refuses_numbers_that_are_not_whole_finite_or_small_enough) {
  EXPECT_TRUE(contains(complaint({"--whole", "2.5"}), {"found '2.5'"}));
  EXPECT_TRUE(contains(complaint({"--whole", "99999999999"}), {"found '99999999999'"}));
  EXPECT_TRUE(contains(complaint({"--real", "nan"}), {"found 'nan'"}));
  EXPECT_TRUE(contains(complaint({"--size", "many"}), {"4GB", "found 'many'"}));
  EXPECT_TRUE(contains(complaint({"--extra=perhaps"}), {"--extra expects true or false, found 'perhaps'"}));
  EXPECT_TRUE(contains(complaint({"--path", ""}), {"--path expects a path, found ''"}));
}

TEST(Resolve, an_option_is_not_taken_for_the_value_of_another) {
  EXPECT_TRUE(contains(complaint({"--text", "--whole", "3"}), {"--text expects text, found the option '--whole'"}));
  EXPECT_TRUE(contains(complaint({"--whole", "3", "--text"}), {"'--text' is the last word and needs a value"}));
}

TEST(Resolve, usage_problems_have_their_own_fault) {
  Described target;
  try {
    resolve_into(target, {"--whole", "x"});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::usage);
  }
}

TEST(Resolve, common_options_reach_their_fields) {
  Described target;
  resolve_into(target, {"--threads", "2", "--seed", "5", "--device", "cuda", "--memory-limit", "2GiB", "--force",
                        "--dry-run", "-v"});
  EXPECT_EQ(target.common.threads, 2);
  EXPECT_EQ(target.common.seed, 5);
  EXPECT_EQ(target.common.device, cli::Device::cuda);
  EXPECT_EQ(target.common.memory_limit.count, int64_t{2} << 30);
  EXPECT_TRUE(target.common.force);
  EXPECT_TRUE(target.common.dry_run);
  EXPECT_TRUE(target.common.verbose);
  EXPECT_FALSE(target.common.quiet);
}

namespace {

struct Strict {
  fs::path input{};
  fs::path output{};
};

void describe_strict(cli::Spec<Strict>& s) {
  s.input("input", &Strict::input, "what to read");
  s.option("output", &Strict::output, "where to write").required();
}

}  // namespace

TEST(Resolve, names_every_required_value_that_is_missing) {
  Strict fields;
  cli::Common common;
  cli::Description description;
  cli::Spec<Strict> spec(fields, description);
  describe_strict(spec);
  cli::add_common_options(description, common);
  const auto read = [&](const std::vector<std::string>& words) {
    cli::resolve(description, "strict", words, environment_of({}), command_names);
  };
  EXPECT_TRUE(
      contains(message_of([&] { read({}); }), {"INPUT is missing: what to read", "--output is missing: where"}));
  EXPECT_EQ(message_of([&] { read({"--print-config"}); }), "");
  read({"a", "--output", "b"});
  EXPECT_EQ(fields.input, fs::path("a"));
  EXPECT_TRUE(contains(message_of([&] { read({"a", "b", "--output", "c"}); }), {"unexpected argument 'b'"}));
}
