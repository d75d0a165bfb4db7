// The main path on real brains: words, a language model, recorded responses, brain scores.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>

#include "core/files.h"
#include "core/text.h"
#include "fixture.h"
#include "io/json.h"
#include "io/table.h"
#include "study/run_study.h"

using namespace arcuate;
namespace fs = std::filesystem;

namespace {

// run_study() as a command calls it, quiet.
struct QuietRun {
  std::ostringstream out, log;
  cli::Console console{out, log, cli::Level::quiet, false};
  cli::Common common{};
  cli::Run run{.console = console, .common = common, .compute = {.threads = 2}};
};

fs::path study_file(const std::string& name) { return test::source_path("../studies/" + name); }

// The study file finds the data where the tests do.
Study test_study(const std::string& name, const fs::path& alice, const std::vector<std::string>& settings = {}) {
  setenv("ARCUATE_TEST_DATA", alice.parent_path().c_str(), 1);
  return read_study(study_file(name), settings);
}

std::string row_name(const Table& table, size_t row) {
  const auto space = table.text(row, table.column("space"));
  return space == "word_rate" ? space : "layer" + table.text(row, table.column("layer"));
}

double mean_r(const fs::path& group_table, const std::string& name) {
  const auto table = read_table(group_table);
  for (size_t row = 0; row < table.rows.size(); ++row)
    if (row_name(table, row) == name) return table.number(row, table.column("mean_subject_r"));
  return NAN;
}

}  // namespace

TEST(Alice, the_reference_settings_reproduce_the_stored_scores_in_every_cell) {
  ARCUATE_DATA_OR_SKIP(alice, "alice");
  const test::TemporaryFolder folder;
  QuietRun quiet;
  const auto outputs = run_study(test_study("alice-reference.toml", alice), folder.path(), quiet.run);
  EXPECT_TRUE(test::contains(quiet.log.str(), {"s33 is left out"}));
  const auto ours = read_table(outputs.group_table), reference = read_table(alice / "reference_scores_6mm.tsv");
  ASSERT_EQ(ours.rows.size(), reference.rows.size());
  const std::pair<const char*, const char*> columns[] = {
      {"LATL", "r_LATL"},         {"RATL", "r_RATL"},
      {"LPTL", "r_LPTL"},         {"LIPL", "r_LIPL"},
      {"LPreM", "r_LPreM"},       {"LIFG", "r_LIFG"},
      {"mean", "mean_subject_r"}, {"single_subject_mean", "single_subject_r"}};
  for (size_t row = 0; row < reference.rows.size(); ++row) {
    const auto name = reference.text(row, reference.column("features"));
    size_t own = 0;
    while (own < ours.rows.size() && row_name(ours, own) != name) ++own;
    ASSERT_LT(own, ours.rows.size()) << name;
    for (const auto& [theirs, mine] : columns)
      EXPECT_NEAR(ours.number(own, ours.column(mine)), reference.number(row, reference.column(theirs)), 1e-4)
          << name << " " << theirs;
  }
  // The same scores at full precision, by an independent program.
  const auto expected = read_json(test::source_path("reference/alice/expected.json"));
  for (size_t row = 0; row < ours.rows.size(); ++row)
    for (const char* roi : {"LATL", "LIFG"}) {
      const auto& values = expected["mean_subject_r"][row_name(ours, row)];
      EXPECT_NEAR(ours.number(row, ours.column(std::string("r_") + roi)),
                  values[std::string(roi) == "LATL" ? 0 : 5].get<double>(), 1e-5)
          << row;
    }
}

TEST(Alice, a_finished_study_is_not_done_again_and_a_changed_option_redoes_what_depends_on_it) {
  ARCUATE_DATA_OR_SKIP(alice, "alice");
  const test::TemporaryFolder folder;
  const std::vector<std::string> quick{"model.0.layers=0,2", "model.0.context={grow_to=100,keep=50}",
                                       "encode.penalties=log:2:6:3"};
  QuietRun quiet;
  const auto first = run_study(test_study("alice-reference.toml", alice, quick), folder.path(), quiet.run);
  EXPECT_EQ(first.made, 4);  // one extraction, two layers, the word rate
  EXPECT_EQ(run_study(test_study("alice-reference.toml", alice, quick), folder.path(), quiet.run).made, 0);
  auto other = quick;
  other.emplace_back("encode.gap=9");
  const auto gap = run_study(test_study("alice-reference.toml", alice, other), folder.path(), quiet.run);
  EXPECT_EQ(gap.made, 3);
  EXPECT_EQ(gap.reused, 1);
  test::write_text(folder / "work/encode/word_rate/layer-0.h5", "damaged");
  EXPECT_EQ(run_study(test_study("alice-reference.toml", alice, other), folder.path(), quiet.run).made, 1);
}

TEST(Alice, every_study_option_changes_the_scores) {
  ARCUATE_DATA_OR_SKIP(alice, "alice");
  const std::vector<std::string> quick{"model.0.layers=2", "model.0.context={grow_to=100,keep=50}",
                                       "encode.penalties=log:2:6:3", "permutation.count=20"};
  const auto score = [&](const std::string& setting) {
    auto settings = quick;
    if (!setting.empty()) settings.push_back(setting);
    const test::TemporaryFolder folder;
    QuietRun quiet;
    return mean_r(run_study(test_study("alice-reference.toml", alice, settings), folder.path(), quiet.run).group_table,
                  "layer2");
  };
  const double usual = score("");
  for (const char* setting : {"story.lowercase=false",
                              "story.word_time=onset",
                              "model.0.context={words=3}",
                              "model.0.start_token=never",
                              "align.method=sum",
                              "align.method=mean",
                              "align.lobes=2",
                              "align.cutoff=0.7",
                              "align.normalize=true",
                              "align.delays=[2,3]",
                              "align.trim=[10,4]",
                              "align.offset=1.5",
                              "align.highpass=0",
                              "align.highpass=60",
                              "align.zscore=false",
                              "clean.drop=3",
                              "clean.detrend=polynomial:6",
                              "clean.detrend=savgol:100",
                              "encode.penalties=10",
                              "encode.folds=3",
                              "encode.inner_folds=2",
                              "encode.inner=bootstrap:3:20:0.25",
                              "encode.penalty_unit=huth",
                              "encode.gap=20",
                              "encode.select=mse",
                              "encode.penalty_mode=shared",
                              "encode.standardize=both",
                              "encode.intercept=true",
                              "dataset.roi_radius=10mm",
                              "dataset.subjects=[s18,s22,s23]"}) {
    std::string text = setting;
    if (text.ends_with("s23]")) text = "dataset.subjects=['s18','s22','s23']";
    EXPECT_GT(std::abs(score(text) - usual), 1e-9) << setting;
  }
}

TEST(Alice, controls_twins_and_refitted_permutations_are_reported) {
  ARCUATE_DATA_OR_SKIP(alice, "alice");
  const std::vector<std::string> quick{"model.0.layers=4",
                                       "model.0.context={grow_to=100,keep=50}",
                                       "encode.penalties=log:2:6:3",
                                       "permutation.count=3",
                                       "controls.spaces=['word_rate']",
                                       "model.0.untrained_seeds=[1,2]",
                                       "dataset.subjects=['s18','s22']"};
  const auto table_of = [&](std::vector<std::string> settings) {
    const test::TemporaryFolder folder;
    QuietRun quiet;
    return read_table(
        run_study(test_study("alice-reference.toml", alice, settings), folder.path(), quiet.run).group_table);
  };
  const auto shifted = table_of(quick);
  ASSERT_EQ(shifted.rows.size(), 4u);  // trained, two twins, word rate
  EXPECT_EQ(shifted.text(1, shifted.column("training")), "untrained");
  EXPECT_EQ(shifted.text(2, shifted.column("seed")), "2");
  EXPECT_NE(shifted.text(1, shifted.column("mean_subject_r")), shifted.text(2, shifted.column("mean_subject_r")));
  EXPECT_TRUE(std::isfinite(shifted.number(0, shifted.column("mean_subject_increment"))));
  EXPECT_EQ(shifted.text(3, shifted.column("mean_subject_increment")), "n/a");
  auto refit = quick;
  refit.emplace_back("permutation.refit=true");
  refit.emplace_back("model.0.untrained_seeds=[]");
  const auto refitted = table_of(refit);
  EXPECT_EQ(refitted.text(0, refitted.column("mean_subject_r")), shifted.text(0, shifted.column("mean_subject_r")));
  auto scales = quick;
  scales.emplace_back("controls.scales=[1000.0]");
  const auto scaled = table_of(scales);
  EXPECT_NE(scaled.text(0, scaled.column("mean_subject_increment")),
            shifted.text(0, shifted.column("mean_subject_increment")));
}

TEST(Alice, the_same_bytes_for_any_number_of_threads) {
  ARCUATE_DATA_OR_SKIP(alice, "alice");
  const std::vector<std::string> quick{"model.0.layers=1,3", "encode.penalties=log:2:6:3", "precision=f32",
                                       "controls.spaces=['word_rate']"};
  const test::TemporaryFolder one, three;
  for (const auto& [folder, threads] : {std::pair{&one, 1}, {&three, 3}}) {
    QuietRun quiet;
    quiet.run.compute.threads = threads;
    run_study(test_study("alice-reference.toml", alice, quick), folder->path(), quiet.run);
  }
  int64_t compared = 0;
  for (const auto& entry : fs::recursive_directory_iterator(one.path())) {
    const auto relative = fs::relative(entry.path(), one.path());
    if (!entry.is_regular_file() || *relative.begin() == "logs") continue;
    EXPECT_EQ(read_file(entry.path()), read_file(three.path() / relative)) << relative;
    ++compared;
  }
  EXPECT_GT(compared, 60);
}

TEST(Alice, the_headline_layer_is_chosen_on_training_folds_and_the_best_by_test_is_told_apart) {
  ARCUATE_DATA_OR_SKIP(alice, "alice");
  const test::TemporaryFolder folder;
  QuietRun quiet;
  const auto study =
      test_study("alice-reference.toml", alice, {"model.0.context={grow_to=100,keep=50}", "encode.select=mse"});
  const auto group = read_table(run_study(study, folder.path(), quiet.run).group_table);
  const auto headline = read_table(folder / "group/task-alicereference_desc-headline_scores.tsv");
  std::map<std::string, double> layer_r;
  for (size_t row = 0; row < group.rows.size(); ++row)
    layer_r[row_name(group, row)] = group.number(row, group.column("mean_subject_r"));
  for (size_t row = 0; row < headline.rows.size(); ++row) {
    if (headline.text(row, headline.column("subject")) != "mean") continue;
    const double r = headline.number(row, headline.column("r")),
                 best = headline.number(row, headline.column("r_best_by_test"));
    const auto chosen = split_fields(headline.text(row, headline.column("chosen_layers")), ' ');
    EXPECT_EQ(chosen.size(), 6u);
    if (headline.text(row, headline.column("space")) == "word_rate") {
      EXPECT_NEAR(r, layer_r["word_rate"], 1e-6);  // one layer: nothing to choose
    } else {
      double largest = -1;
      for (int layer = 0; layer <= 5; ++layer) largest = std::max(largest, layer_r["layer" + std::to_string(layer)]);
      EXPECT_NEAR(best, largest, 1e-12);
      EXPECT_LE(r, best);
      const bool constant =
          std::all_of(chosen.begin(), chosen.end(), [&](const std::string& layer) { return layer == chosen.front(); });
      if (constant) {
        EXPECT_NEAR(r, layer_r["layer" + chosen.front()], 1e-6);
      }
    }
  }
}

TEST(Alice, unknown_subjects_are_named_with_the_nearest) {
  ARCUATE_DATA_OR_SKIP(alice, "alice");
  QuietRun quiet;
  const test::TemporaryFolder folder;
  const auto study = test_study("alice-reference.toml", alice, {"dataset.subjects=['s18','s99x']"});
  EXPECT_TRUE(
      test::contains(test::message_of([&] { run_study(study, folder / "out", quiet.run); }), {"no subject 's99x'"}));
}
