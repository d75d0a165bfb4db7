// The text of the help: everything that was declared, within 100 columns.
#include "cli/help.h"

#include "cli/completion.h"
#include "core/text.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::cli::test;
using arcuate::test::contains;

static int everything(const Everything&, cli::Run&) { return 0; }
static constexpr cli::Command command = cli::command<Everything, describe_everything, everything>("everything");

TEST(Help, shows_names_ranges_choices_defaults_and_examples) {
  const auto text = cli::help_text(command);
  EXPECT_TRUE(contains(
      text, {"arcuate everything: has an option of every kind", "Usage: arcuate everything [INPUTS...] [options]",
             "Nothing is computed here.", "-w, --whole N", "a count (a whole number from 1 to 10; default 3)",
             "--select mse|r2|r", "one of mse, r2, r; default mse", "--numbers X...", "default 1,10",
             "Cross-validation:", "--folds K", "Common options:", "Examples:", "--whole 4"}));
}

TEST(Help, stays_within_a_hundred_columns) {
  for (const auto& line : split_fields(cli::help_text(command), '\n'))
    EXPECT_LE(code_points(line).size(), 100u) << line;
}

TEST(Help, wraps_between_words_and_counts_characters_not_bytes) {
  EXPECT_EQ(cli::wrap("one two three", 9, 2), "one two\n  three");
  EXPECT_EQ(cli::wrap("äää ööö üüü", 7, 0), "äää ööö\nüüü");
  EXPECT_EQ(cli::wrap("unbreakable word", 5, 0), "unbreakable\nword");
}

TEST(Help, page_escapes_what_would_end_a_table_cell) {
  const auto page = cli::help_markdown(command);
  EXPECT_TRUE(contains(page, {"# arcuate everything", "mse\\|r2\\|r", "## Cross-validation", "## Examples"}));
}

TEST(Help, hidden_options_and_informational_commands_show_less) {
  struct Few {
    bool secret = false;
  };
  Few fields;
  cli::Common common;
  cli::Description description;
  cli::Spec<Few> spec(fields, description);
  spec.informational();
  spec.flag("secret", &Few::secret, "not for help").hidden();
  cli::add_common_options(description, common);
  EXPECT_TRUE(cli::find_option(description, "secret")->hidden);
  EXPECT_EQ(cli::find_option(description, "threads"), nullptr);
  EXPECT_NE(cli::find_option(description, "quiet"), nullptr);
}

TEST(Completion, every_shell_hears_of_every_option_and_choice) {
  const cli::Command* commands[] = {&command};
  for (const auto shell : {cli::Shell::bash, cli::Shell::zsh, cli::Shell::fish}) {
    const auto script = cli::completion_script(shell, commands);
    EXPECT_TRUE(contains(script, {"everything", "maybe-numbers", "no-intercept", "sum mean lanczos"}));
  }
}
