// The built-in study from end to end, smaller: what was planted is found, noise is not, and everything says
// "simulated".
#include "simulate/demo_study.h"

#include <cmath>
#include <memory>
#include <sstream>

#include "cli/run.h"
#include "core/files.h"
#include "io/json.h"
#include "io/table.h"
#include "study/run_study.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

static DemoOptions small_demo() {
  return {.model = test::source_path("../models/tales-1m"),
          .text = test::source_path("../assets/stories/turning_light.txt"),
          .listeners = {.listeners = 2, .per_layer = 6, .noise_only = 60, .signal_share = 0.5},
          .untrained = 0,
          .random_features = 1};
}

// One run for all tests of the suite.
class Demo : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const auto options = small_demo();
    write_simulated_dataset(*folder_ / "simulated", options, {});
    write_file(*folder_ / "study.toml", demo_study_toml(options));
    std::ostringstream log;
    cli::Console console(log, log, cli::Level::quiet, false);
    const cli::Common common;
    cli::Run run{.console = console, .common = common};
    outputs_ = run_study(read_study(*folder_ / "study.toml", {}), *folder_ / "results", run);
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static fs::path scores(const std::string& subject) {
    return outputs_.folder / fmt::format("sub-{0}/func/sub-{0}_task-demo_desc-brainscore_scores.tsv", subject);
  }
  static fs::path truth() { return *folder_ / "simulated/truth.tsv"; }

  // Share of the targets whose name begins with `prefix` with p < 0.05 in a layer of the trained model.
  static double significant_share(const std::string& subject, const std::string& prefix, const std::string& layer) {
    const auto table = read_table(scores(subject));
    double tests = 0, significant = 0;
    for (size_t row = 0; row < table.rows.size(); ++row) {
      const auto text = [&](const char* column) { return table.text(row, table.column(column)); };
      if (text("training") != "trained" || text("layer") != layer || !text("target").starts_with(prefix)) continue;
      tests += 1;
      significant += table.number(row, table.column("p_value")) < 0.05 ? 1 : 0;
    }
    return significant / tests;
  }

  static inline std::unique_ptr<TemporaryFolder> folder_;
  static inline StudyOutputs outputs_;
};

TEST_F(Demo, finds_the_layer_that_was_planted) {
  const auto depths = found_depths(truth(), scores("mean"), "tales-1m");
  EXPECT_GE(depths.size(), 15u);  // of 19 planted
  EXPECT_LE(median_depth_error(depths), 1);
}

TEST_F(Demo, tells_early_from_late_layers) {
  double early = 0, late = 0, early_count = 0, late_count = 0;
  for (const auto& depth : found_depths(truth(), scores("mean"), "tales-1m")) {
    if (depth.planted == 1) early += static_cast<double>(depth.found), ++early_count;
    if (depth.planted == 5) late += static_cast<double>(depth.found), ++late_count;
  }
  EXPECT_GT(late / late_count - early / early_count, 2);
}

TEST_F(Demo, noise_is_not_significant_and_planted_targets_are) {
  for (const char* subject : {"sim01", "sim02", "mean"})
    for (const char* layer : {"0", "3", "6"})
      EXPECT_LE(significant_share(subject, "noise", layer), 0.15) << subject << " layer " << layer;
  EXPECT_GE(significant_share("mean", "layer3", "3"), 0.8);
}

TEST_F(Demo, defects_are_flagged) {
  const auto table = read_table(scores("sim02"));
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto& target = table.text(row, table.column("target"));
    const auto expected = target == "constant" ? "constant" : target == "hole" ? "nan" : "ok";
    ASSERT_EQ(table.text(row, table.column("flag")), expected) << target;
  }
}

TEST_F(Demo, says_simulated_everywhere) {
  EXPECT_TRUE(read_json(*folder_ / "simulated/dataset_description.json").at("Simulated").get<bool>());
  EXPECT_TRUE(read_json(outputs_.folder / "dataset_description.json").at("Simulated").get<bool>());
  EXPECT_TRUE(read_json(outputs_.folder / "manifest.json").at("simulated").get<bool>());
  EXPECT_TRUE(read_json(scores("mean").replace_extension(".json")).at("Simulated").get<bool>());
  EXPECT_TRUE(contains(read_file(outputs_.report), {"(simulated data)</title>"}));
}

TEST(DemoStudy, writes_the_same_bytes_again) {
  const TemporaryFolder first, second;
  const auto options = small_demo();
  write_simulated_dataset(first / "simulated", options, {.threads = 1});
  write_simulated_dataset(second / "simulated", options, {.threads = 3});
  for (const char* name : {"turning_light.tsv", "stories.tsv", "recordings.tsv", "targets.tsv", "truth.tsv",
                           "responses/sim01_turning_light.npy", "responses/sim02_turning_light.npy"})
    EXPECT_EQ(read_file(first / "simulated" / name), read_file(second / "simulated" / name)) << name;
}

TEST(DemoStudy, a_short_story_is_refused_and_nothing_is_written) {
  const TemporaryFolder folder;
  auto options = small_demo();
  options.text = folder / "short.txt";
  test::write_text(options.text, "Once upon a time there was a lamp. It turned.");
  const auto message = message_of([&] { write_simulated_dataset(folder / "simulated", options, {}); });
  EXPECT_TRUE(contains(message, {"short.txt", "10 words", "needs 100 or more"}));
  EXPECT_FALSE(fs::exists(folder / "simulated"));
}

TEST(DemoStudy, names_with_quotes_survive_in_the_study_file) {
  const TemporaryFolder folder;
  auto options = small_demo();
  options.model = folder / "my \"best\" model";
  const auto study = parse_study(demo_study_toml(options), "study.toml", folder.path(), {});
  EXPECT_EQ(study.models.at(0).path.filename(), "my \"best\" model");
  EXPECT_EQ(study.dataset.root, folder / "simulated");
}

TEST(DemoStudy, median_depth_error_takes_the_middle_of_even_counts) {
  EXPECT_EQ(median_depth_error({{"a", 1, 1, 1}, {"b", 3, 4, 1}, {"c", 5, 2, 1}}), 1);
  EXPECT_EQ(median_depth_error({{"a", 1, 1, 1}, {"b", 3, 4, 1}}), 0.5);
  EXPECT_TRUE(std::isnan(median_depth_error({})));
}

TEST(DemoStudy, found_depth_is_the_best_layer_of_the_trained_model_only) {
  const TemporaryFolder folder;
  test::write_text(folder / "truth.tsv", "target\tplanted_layer\na\t3\nb\t1\nc\tn/a\nd\t1\n");
  test::write_text(folder / "scores.tsv",
                   "target\tspace\ttraining\tlayer\tr\n"
                   "a\tm\ttrained\t2\t0.3\na\tm\ttrained\t3\t0.5\na\tm\ttrained\tfinal\t0.9\na\tm\tuntrained\t1\t0."
                   "8\na\tother\ttrained\t0\t0.8\n"
                   "b\tm\ttrained\t1\t0.05\nc\tm\ttrained\t1\t0.5\nd\tm\ttrained\t1\tn/a\n");
  const auto depths = found_depths(folder / "truth.tsv", folder / "scores.tsv", "m");
  ASSERT_EQ(depths.size(), 1u);  // b is too weak, c was not planted, d has no score
  EXPECT_EQ(depths[0].target, "a");
  EXPECT_EQ(depths[0].planted, 3);
  EXPECT_EQ(depths[0].found, 3);
  EXPECT_EQ(depths[0].r, 0.5);
}
