// The analysis "shape" of a small study whose loops are known.
#include "shape_study.h"

#include "analysis/explain.h"
#include "analysis/shape.h"
#include "brain/clean.h"
#include "core/error.h"
#include "core/text.h"
#include "encode/align.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

class ShapeStudy : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    write_shape_data(folder_->path(), true);
    write_file(*folder_ / "study.toml", shape_study_text());
    run_shape(folder_->path(), {});
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static fs::path file(const std::string& name, const std::string& output = "out") {
    return folder_->path() / output / "group" / fmt::format("task-small_desc-{}_shape.tsv", name);
  }
  static Table table(const std::string& name) { return read_table(file(name)); }
  static std::string all_tables(const std::string& output = "out") {
    std::string text;
    for (const char* name : {"barcodes", "features", "cells", "regression"}) text += read_file(file(name, output));
    return text;
  }
  static std::string error_of(const std::vector<std::string>& settings, const std::string& output = "bad") {
    return message_of([&] { run_shape(folder_->path(), settings, 2, output); });
  }

  // Whether a change alters what is written, beside other settings.
  static bool matters(const std::string& change, const std::vector<std::string>& others = {}) {
    std::vector<std::string> settings;
    for (const auto& other : others) settings.push_back("analysis.0." + other);
    run_shape(folder_->path(), settings);
    const auto before = all_tables();
    settings.push_back("analysis.0." + change);
    run_shape(folder_->path(), settings);
    return all_tables() != before;
  }

  static inline std::unique_ptr<TemporaryFolder> folder_;
};

size_t count_of(const Table& table, const std::string& column, const std::string& value) {
  size_t count = 0;
  for (const auto& row : table.rows) count += row[table.column(column)] == value;
  return count;
}

}  // namespace

TEST_F(ShapeStudy, finds_the_loop_where_it_is) {
  const auto barcodes = table("barcodes");
  // Four places, seven spaces of one layer without the word rate, two of three layers: dimensions 0 and 1 each.
  EXPECT_EQ(barcodes.rows.size(), 2u * (4 + 6 + 2 * 3));
  for (size_t row = 0; row < barcodes.rows.size(); ++row) {
    const auto text = [&](const char* column) { return barcodes.text(row, barcodes.column(column)); };
    const auto number = [&](const char* column) { return barcodes.number(row, barcodes.column(column)); };
    if (text("dimension") == "0" || text("region") == "n/a") continue;
    EXPECT_EQ(text("subject"), "mean");
    if (text("region") == "ring")
      EXPECT_GT(number("longest"), 4 * number("second"));
    else
      EXPECT_LT(number("longest"), 2 * number("second"));
  }
  const auto page = read_file(folder_->path() / "out/report.html");
  EXPECT_TRUE(contains(page, {"Shape</h2>", "The longest loop of a recording is in ring, ",
                              "word_rate (too few columns)", "4 cells (2 region x 2 hemisphere)"}));
  EXPECT_TRUE(fs::exists(folder_->path() / "out/figures/shape_explain.svg"));
  EXPECT_TRUE(fs::exists(folder_->path() / "out/figures/shape_recording.svg"));
}

TEST_F(ShapeStudy, rows_are_layers_and_places_with_one_chosen_layer_each) {
  const auto features = table("features");
  EXPECT_EQ(features.rows.size(), 4u * (6 + 2 * 3));
  EXPECT_EQ(count_of(features, "in_regression", "true"), 4u * (6 + 2));
  EXPECT_EQ(count_of(features, "group", "tales.untrained-1"), 12u);
  EXPECT_EQ(table("cells").rows.size(), 4u);
  EXPECT_EQ(table("regression").rows.size(), 4u * 3);
}

TEST_F(ShapeStudy, scores_are_those_of_the_subject_table) {
  const auto features = table("features");
  const auto scores = read_table(folder_->path() / "out/sub-mean/func/sub-mean_task-small_desc-brainscore_scores.tsv");
  size_t compared = 0;
  for (size_t i = 0; i < features.rows.size(); ++i)
    for (size_t j = 0; j < scores.rows.size(); ++j) {
      bool same = true;
      for (const char* column : {"space", "training", "seed", "layer", "region", "hemisphere"})
        same = same && features.text(i, features.column(column)) == scores.text(j, scores.column(column));
      if (!same) continue;
      ++compared;
      EXPECT_NEAR(features.number(i, features.column("score")), scores.number(j, scores.column("r")), 1e-12);
    }
  EXPECT_EQ(compared, features.rows.size());
}

// From the files to the feature without the study: nothing but alignment and z-scores stands between them.
TEST_F(ShapeStudy, features_are_distances_between_barcodes_of_responses_and_of_undelayed_states) {
  std::vector<at::Tensor> subjects(3), states;
  for (const std::string story : {"one", "two"}) {
    for (size_t s = 0; s < 3; ++s) {
      const auto own = read_npy(folder_->path() / fmt::format("s{}-{}.npy", s, story)).slice(1, 8, 12);
      subjects[s] = subjects[s].defined() ? at::cat({subjects[s], own}, 0) : own;
    }
    std::vector<double> words, volumes;
    for (int64_t i = 0; i < 2 * shape_volumes; ++i) words.push_back(static_cast<double>(i) + 0.25);
    for (int64_t i = 0; i < shape_volumes; ++i) volumes.push_back(1 + 2 * static_cast<double>(i));
    states.push_back(align(read_npy(folder_->path() / "space0" / (story + ".npy")), words, volumes, 2, {}));
  }
  const auto mean = (zscore(subjects[0]) + zscore(subjects[1]) + zscore(subjects[2])) / 3;
  const std::vector<RowRange> stories{{0, shape_volumes}, {shape_volumes, 2 * shape_volumes}};
  const ShapeOptions options{.max_points = 70};
  const auto barcode = [&](const at::Tensor& columns) {
    return shape_barcode(shape_cloud(columns, stories, options), options, 0);
  };
  const double w1 = shape_difference(shape_feature("w1"), barcode(mean), barcode(at::cat(states, 0)), {});
  const auto features = table("features");
  for (size_t row = 0; row < features.rows.size(); ++row) {
    const auto text = [&](const char* column) { return features.text(row, features.column(column)); };
    if (text("space") == "space0" && text("region") == "field" && text("hemisphere") == "L") {
      EXPECT_NEAR(features.number(row, features.column("w1")), w1, 1e-6);
    }
  }
}

TEST_F(ShapeStudy, gives_the_same_bytes_for_any_number_of_threads) {
  run_shape(folder_->path(), {}, 1, "one-thread");
  EXPECT_TRUE(all_tables("one-thread") == all_tables());
}

TEST_F(ShapeStudy, every_key_changes_what_is_written) {
  const auto usual = all_tables();
  const std::vector<std::string> changes{"spaces=['space0','space1','space2','space3','space4','tales']",
                                         "regions=['ring']",
                                         "subjects='each'",
                                         "layers='all'",
                                         "layers='mean'",
                                         "metric='cosine'",
                                         "metric='correlation'",
                                         "embedding=2",
                                         "max_points=50",
                                         "dimensions=2",
                                         "features=['w1']",
                                         "features=['b0','entropy1']",
                                         "features=['betti1','total0']",
                                         "features=['landscape1','points1']",
                                         "features=['longest1']",
                                         "degree=1",

                                         "ground=2",
                                         "cells=['region']",
                                         "cells=[]",
                                         "groups='model'",
                                         "standardize='none'",
                                         "standardize='both'",
                                         "errors='hc3'",
                                         "confidence=0.9",
                                         "alpha=0.4",
                                         "select='aic'",
                                         "folds=3",

                                         "shuffles=60",
                                         "bootstrap=120",
                                         "seed=5"};
  for (const auto& change : changes) {
    run_shape(folder_->path(), {"analysis.0." + change});
    EXPECT_TRUE(all_tables() != usual) << change;
  }
  // Those that need others.
  EXPECT_TRUE(matters("points='vertex'", {"features=['w0']"}));
  EXPECT_TRUE(matters("intercept=false", {"standardize='none'"}));
  EXPECT_TRUE(matters("shuffle='within'", {"groups='model'", "layers='all'"}));
  EXPECT_TRUE(matters("degree=inf", {"regions=['field']"}));
  run_shape(folder_->path(), {});
  EXPECT_TRUE(all_tables() == usual);
}

// The largest of all matched distances is that of the ring's loop, whatever the layer.
TEST_F(ShapeStudy, a_feature_that_does_not_vary_is_named_with_what_to_change) {
  EXPECT_TRUE(contains(error_of({"analysis.0.degree=inf"}, "degree"),
                       {"'w1' is", "region=ring, hemisphere=L", "task-small_desc-features_shape.tsv",
                        "change analysis.features or analysis.regions", "finished units are kept"}));
}

TEST_F(ShapeStudy, only_what_depends_on_a_key_is_done_again) {
  const auto made = [&](const std::string& setting) {
    run_shape(folder_->path(), {});
    return run_shape(folder_->path(), {"analysis.0." + setting}).made;
  };
  EXPECT_EQ(made("folds=3"), 0);
  EXPECT_EQ(made("degree=1.5"), 8);      // features of eight spaces
  EXPECT_EQ(made("max_points=60"), 17);  // and their barcodes, and those of recordings
}

TEST_F(ShapeStudy, refuses_at_the_door_and_says_what_is_needed) {
  EXPECT_TRUE(contains(error_of({"analysis.0.folds=9"}),
                       {"the analysis 'shape' has too few rows", "8 groups for 9 folds: at least 9 are needed",
                        "layers = \"all\"", "groups = \"space\""}));
  EXPECT_TRUE(contains(error_of({"analysis.0.spaces=['space0','space1','space2','space3']"}),
                       {"3 rows beside the largest fold for 2 features: at least 4 are needed"}));
  EXPECT_TRUE(contains(error_of({"analysis.0.regions=['rin']"}), {"no target lies in the region 'rin'", "'ring'"}));
  EXPECT_TRUE(contains(error_of({"analysis.0.spaces=['tale']"}), {"'analysis.spaces' names 'tale'", "'tales'"}));
  EXPECT_TRUE(contains(error_of({"analysis.0.spaces=['word_rate']"}), {"no feature space with enough columns"}));
  EXPECT_TRUE(contains(error_of({"encode.mean_subject=false"}), {"takes the mean subject", "\"each\""}));
  EXPECT_TRUE(contains(error_of({"analysis.0.features=['w2','q1','w1','w1']"}),
                       {"'w2', and 'analysis.dimensions' is 1", "'q1' is no feature", "names 'w1' twice"}));
  EXPECT_TRUE(contains(
      error_of({"analysis=[{kind='shape', embedding=0, max_points=5, dimensions=3, modulus=6, degree=0.5, ground=0, "
                "cells=['roi'], folds=1, shuffles=0, bootstrap=9, alpha=0, confidence=1, features=[]}]"}),
      {"'analysis.embedding' must be 1", "'analysis.max_points' must be", "'analysis.dimensions' must be 1 or 2",
       "'analysis.modulus' must be a prime", "'analysis.degree' must be at least 1, or inf",
       "'analysis.ground' must be at least 1, or inf", "'analysis.cells' must be a list of region",
       "'analysis.folds' must be at least 2", "'analysis.shuffles' must be at least 1",
       "'analysis.bootstrap' must be at least 100", "'analysis.alpha' must be", "'analysis.confidence' must be",
       "'analysis.features' must be a list of names"}));
  EXPECT_TRUE(contains(error_of({"analysis.0.degree='two'", "analysis.0.ground=nan"}),
                       {"'analysis.degree' must be a number or inf", "'analysis.ground' must be a number or inf"}));
  EXPECT_TRUE(contains(error_of({"analysis.0.points='vertex'", "analysis.0.embedding=2"}),
                       {"'analysis.embedding' must be 1 where the points are vertices"}));
  EXPECT_TRUE(contains(error_of({"analysis.0.intercept=false"}), {"'analysis.standardize' must be \"none\""}));
  EXPECT_FALSE(fs::exists(folder_->path() / "bad"));
}

// Without surfaces every target is a region of one column: a cloud only after embedding.
TEST(ShapeStudyWithoutPlaces, needs_an_embedding) {
  const TemporaryFolder folder;
  write_shape_data(folder.path(), false);
  write_file(folder / "study.toml", shape_study_text());
  EXPECT_TRUE(contains(
      message_of([&] { run_shape(folder.path(), {}); }),
      {"needs 2 targets at least for a cloud; set embedding to a number of delayed copies", "t0 of subject mean: 1"}));
  EXPECT_FALSE(fs::exists(folder / "out"));
  run_shape(folder.path(), {"analysis.0.embedding=5", "analysis.0.regions=['t0','t9']"});
  const auto cells = read_table(folder / "out/group/task-small_desc-cells_shape.tsv");
  EXPECT_EQ(cells.columns.front(), "region");
  EXPECT_EQ(cells.columns[1], "n");
  EXPECT_EQ(cells.rows.size(), 2u);
  const auto features = read_table(folder / "out/group/task-small_desc-features_shape.tsv");
  EXPECT_EQ(count_of(features, "space", "word_rate"), 2u);  // one column, embedded
}
