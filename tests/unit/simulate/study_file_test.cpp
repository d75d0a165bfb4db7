// The study that goes with a simulated dataset is one that `arcuate run` accepts.
#include "simulate/study_file.h"

#include "core/error.h"
#include "study/study.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

namespace {

SimulateOptions options_with_model(const fs::path& model) {
  SimulateOptions options;
  options.drive.model = model;
  options.drive.context = {.words = 80, .keep = 30};
  options.seed = 17;
  return options;
}

Study parsed(const SimulateOptions& options, const SimulatedDataset& dataset, const StudyFileOptions& study,
             const fs::path& folder) {
  return parse_study(study_file(options, dataset, study), "study.toml", folder, {});
}

}  // namespace

TEST(StudyFile, is_accepted_and_says_what_was_simulated) {
  const TemporaryFolder folder;
  const auto model = test::source_path("../models/tales-1m");
  const auto study = parsed(options_with_model(model), {.depth = 6, .sizes = {"size-1e6", "size-1e7"}},
                            {.name = "my study", .untrained = 2, .random_features = 3}, folder.path());
  EXPECT_EQ(study.name, "my study");
  EXPECT_EQ(study.seed, 17u);
  EXPECT_EQ(study.dataset.layout, "arrays");
  EXPECT_TRUE(fs::equivalent(study.dataset.root, folder.path()));
  ASSERT_EQ(study.models.size(), 1u);
  EXPECT_EQ(study.models[0].name, "tales-1m");
  EXPECT_TRUE(fs::equivalent(study.models[0].path, model));
  EXPECT_EQ(study.models[0].context.words, 80);
  EXPECT_EQ(study.models[0].context.keep, 30);
  EXPECT_EQ(study.models[0].untrained_seeds, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(study.models[0].untrained_layers, "0,3,6");
  ASSERT_EQ(study.features.size(), 4u);
  EXPECT_EQ(study.features[0].kind, "word_rate");
  EXPECT_EQ(study.features[1].seeds, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(study.features[2].name, "size-1e6");
  EXPECT_EQ(study.features[3].kind, "file");
  EXPECT_EQ(study.features[3].path, folder / "features/size-1e7");
  EXPECT_EQ(study.controls.spaces, (std::vector<std::string>{"word_rate"}));
}

TEST(StudyFile, asks_for_what_was_planted_alone) {
  const TemporaryFolder folder;
  const auto kinds = [&](const SimulatedDataset& dataset) {
    std::vector<std::string> names;
    for (const auto& entry : parsed(options_with_model("model"), dataset, {}, folder.path()).analyses)
      names.push_back(entry.kind);
    return names;
  };
  EXPECT_EQ(kinds({.depth = 6}), std::vector<std::string>{});
  EXPECT_EQ(kinds({.depth = 6, .networks = 3}), std::vector<std::string>{"networks"});
  EXPECT_EQ(kinds({.depth = 6, .sizes = {"size-1e6", "size-1e7"}}), std::vector<std::string>{"scaling"});
}

TEST(StudyFile, has_no_twins_and_controls_that_were_not_asked_for) {
  const TemporaryFolder folder;
  const auto study =
      parsed(options_with_model("model"), {.depth = 1}, {.untrained = 0, .random_features = 0}, folder.path());
  EXPECT_TRUE(study.models[0].untrained_seeds.empty());
  ASSERT_EQ(study.features.size(), 1u);
  EXPECT_EQ(study.features[0].kind, "word_rate");
}

TEST(StudyFile, names_each_layer_of_twins_once_in_shallow_models) {
  const TemporaryFolder folder;
  const auto study = parsed(options_with_model("model"), {.depth = 1}, {.untrained = 1}, folder.path());
  EXPECT_EQ(study.models[0].untrained_layers, "0,1");
}

TEST(StudyFile, asks_for_the_shape_where_a_loop_is_planted_and_spaces_suffice) {
  const TemporaryFolder folder;
  const auto kinds = [&](const std::vector<Drive>& planted, int64_t untrained) {
    std::vector<std::string> found;
    const SimulatedDataset dataset{.depth = 6, .planted = planted};
    for (const auto& entry :
         parsed(options_with_model("model"), dataset, {.untrained = untrained}, folder.path()).analyses)
      found.push_back(entry.kind);
    return found;
  };
  EXPECT_EQ(kinds({Drive::layers, Drive::loop}, 5), (std::vector<std::string>{"shape"}));
  EXPECT_TRUE(kinds({Drive::layers}, 5).empty());
  const SimulatedDataset lonely{.depth = 6, .planted = {Drive::loop}};
  EXPECT_TRUE(parsed(options_with_model("model"), lonely, {.untrained = 2, .random_features = 2}, folder.path())
                  .analyses.empty());
}

TEST(StudyFile, names_with_quotes_and_backslashes_survive) {
  const TemporaryFolder folder;
  const auto options = options_with_model(folder / "my \"best\" mod\\el");
  const auto study = parsed(options, {.depth = 6}, {.name = "quotes \"\" and tabs\t"}, folder.path());
  EXPECT_EQ(study.models.at(0).path.filename(), "my \"best\" mod\\el");
  EXPECT_EQ(study.models.at(0).name, simulated_model_name(options));
  EXPECT_EQ(study.name, "quotes \"\" and tabs\t");
}

TEST(StudyFile, a_name_that_is_not_utf8_is_refused) {
  const auto refused = [] { study_file(options_with_model("model"), {.depth = 6}, {.name = "bad \xff name"}); };
  EXPECT_TRUE(contains(message_of(refused), {"not valid UTF-8", "use another name"}));
}

TEST(StudyFile, a_model_is_named_after_its_folder) {
  EXPECT_EQ(simulated_model_name(options_with_model("somewhere/small-model")), "small-model");
}
