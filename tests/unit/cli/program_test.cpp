// The program around the commands: dispatch, exit codes, streams, and that each common option does something.
#include "cli/program.h"

#include <c10/util/Exception.h>

#include <new>

#include "core/error.h"
#include "core/parallel.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::cli::test;
using arcuate::test::contains;

namespace {

struct Act {
  std::string what = "nothing";
  fs::path output{};
};

void describe_act(cli::Spec<Act>& s) {
  s.summary("does what a test needs");
  s.option("what", &Act::what, "what to do");
  s.option("output", &Act::output, "where").unrecorded();
}

int act(const Act& options, cli::Run& run) {
  run.resume_hint = "run it again";
  if (options.what == "input") bad_input("broken file");
  if (options.what == "interrupt") fail(Fault::interrupted, "interrupted");
  if (options.what == "torch") C10_THROW_ERROR(Error, "shapes do not agree");
  if (options.what == "bug") throw std::runtime_error("first line\nsecond line");
  if (options.what == "memory") throw std::bad_alloc();
  if (options.what == "tensor") C10_THROW_ERROR(Error, "DefaultCPUAllocator: can't allocate memory");
  if (options.what == "partial") return static_cast<int>(Fault::partial);
  run.console.out() << "threads " << run.compute.threads << " seed " << run.common.seed << " limit "
                    << run.common.memory_limit.count << " force " << run.common.force << " dry " << run.common.dry_run
                    << "\n";
  run.console.info("info");
  run.console.verbose("verbose");
  run.console.warn("care");
  for (const auto& option : run.record.options) run.console.verbose("recorded {}", option.name);
  const auto text = run.record.arguments.empty() ? "" : run.record.arguments.front();
  run.console.verbose("{} {}", run.record.command, text);
  return 0;
}

constexpr cli::Command act_command = cli::command<Act, describe_act, act>("act");
int everything(const Everything&, cli::Run&) { return 0; }
constexpr cli::Command everything_command = cli::command<Everything, describe_everything, everything>("everything");
constexpr const cli::Command* commands[] = {&act_command, &everything_command};

Ran run(const std::vector<std::string>& words, const Variables& variables = {}) {
  return run_words(commands, words, variables);
}

}  // namespace

TEST(Program, alone_lists_its_commands) {
  const auto ran = run({});
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(contains(ran.out, {"act", "does what a test needs", "everything", "has an option of every kind"}));
  EXPECT_EQ(ran.log, "");
}

TEST(Program, version_is_told_with_and_without_a_command) {
  EXPECT_EQ(run({"--version"}).out, run({"act", "--version"}).out);
  EXPECT_TRUE(contains(run({"--version"}).out, {"arcuate 0."}));
}

TEST(Program, unknown_commands_get_the_nearest_name) {
  const auto ran = run({"everythin"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(contains(ran.log, {"unknown command 'everythin'; did you mean 'everything'?"}));
}

TEST(Program, exit_codes_follow_the_fault) {
  EXPECT_EQ(run({"act", "--what", "input"}).code, 3);
  EXPECT_EQ(run({"act", "--what", "partial"}).code, 4);
  EXPECT_EQ(run({"act", "--waht", "input"}).code, 2);
  EXPECT_EQ(run({"act", "--what", "interrupt"}).code, 130);
  EXPECT_EQ(run({"act", "--what", "memory"}).code, 1);
  EXPECT_EQ(run({"act", "--what", "bug"}).code, 1);
}

TEST(Program, memory_that_is_not_there_is_no_bug) {
  for (const char* what : {"memory", "tensor"})
    EXPECT_TRUE(contains(run({"act", "--what", what}).log, {"out of memory", "--memory-limit"})) << what;
}

TEST(Program, messages_begin_with_its_name) {
  EXPECT_EQ(run({"act", "--what", "input"}).log, "arcuate: broken file\n");
}

TEST(Program, an_interruption_says_how_to_resume) {
  EXPECT_TRUE(contains(run({"act", "--what", "interrupt"}).log, {"arcuate: interrupted", "To continue: run it again"}));
}

TEST(Program, a_bug_is_called_one_without_a_stack_of_internals) {
  const auto torch = run({"act", "--what", "torch"});
  EXPECT_EQ(torch.code, 1);
  EXPECT_TRUE(contains(torch.log, {"internal error: shapes do not agree", "bug in arcuate", "arcuate doctor"}));
  EXPECT_EQ(torch.log.find("frame #"), std::string::npos);
  const auto bug = run({"act", "--what", "bug"}).log;
  EXPECT_TRUE(contains(bug, {"internal error: first line"}));
  EXPECT_EQ(bug.find("second line"), std::string::npos);
}

TEST(Program, usage_problems_point_to_the_help) {
  EXPECT_TRUE(contains(run({"act", "--nonsense"}).log, {"'arcuate help act' lists the options"}));
}

TEST(Program, a_stream_that_cannot_be_written_is_a_failure) {
  std::ostringstream out, log;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(cli::run_program(commands, {"act"}, {out, log}), 1);
  EXPECT_TRUE(contains(log.str(), {"cannot write to standard output"}));
}

TEST(Program, common_options_change_what_a_command_sees) {
  EXPECT_TRUE(contains(run({"act", "--threads", "3"}).out, {"threads 3"}));
  EXPECT_TRUE(
      contains(run({"act"}).out, {("threads " + std::to_string(available_cores())).c_str(), "seed 0", "limit 0"}));
  EXPECT_TRUE(contains(run({"act", "--seed", "9"}).out, {"seed 9"}));
  EXPECT_TRUE(contains(run({"act", "--memory-limit", "1kB"}).out, {"limit 1000"}));
  EXPECT_TRUE(contains(run({"act", "--force"}).out, {"force 1 dry 0"}));
  EXPECT_TRUE(contains(run({"act", "--dry-run"}).out, {"force 0 dry 1"}));
  EXPECT_TRUE(contains(run({"act"}, {{"ARCUATE_SEED", "4"}}).out, {"seed 4"}));
}

TEST(Program, levels_of_talking) {
  EXPECT_EQ(run({"act"}).log, "info\nwarning: care\n");
  EXPECT_EQ(run({"act", "-q"}).log, "warning: care\n");
  EXPECT_TRUE(contains(run({"act", "-v"}).log, {"info\nverbose\n"}));
  EXPECT_EQ(run({"act", "-v", "-q"}).code, 2);
}

TEST(Program, the_record_keeps_what_can_change_a_result) {
  const auto log = run({"act", "-v", "--threads", "2"}).log;
  EXPECT_TRUE(contains(log, {"recorded what", "recorded seed", "recorded device", "act -v"}));
  for (const char* name : {"threads", "output", "force", "verbose", "config", "memory-limit", "help"})
    EXPECT_EQ(log.find(std::string("recorded ") + name), std::string::npos) << name;
}

TEST(Program, cuda_that_is_absent_is_an_error) {
  if (run({"act", "--device", "cuda"}).code == 0) GTEST_SKIP() << "this machine has a CUDA device";
  const auto ran = run({"act", "--device", "cuda"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(contains(ran.log, {"no CUDA device", "--device cpu"}));
}

TEST(Program, printed_configuration_reads_back_as_the_same) {
  const arcuate::test::TemporaryFolder folder;
  const auto first = run({"everything", "a b", "--numbers", "1,2.5", "--text", "say \"x\"\\", "--maybe", "3",
                          "--selects", "r2", "--no-intercept", "--size", "3MiB", "--folds", "7", "--print-config"});
  EXPECT_EQ(first.code, 0);
  EXPECT_TRUE(contains(first.out, {"[everything]", "numbers = [1, 2.5]", "no_intercept = true",
                                   "# maybe_text = (not set)", "inputs = [\"a b\"]", "size = \"3MiB\"", "folds = 7"}));
  arcuate::test::write_text(folder / "f.toml", first.out);
  EXPECT_EQ(run({"everything", "--config", (folder / "f.toml").string(), "--print-config"}).out, first.out);
}
