// A whole simulated dataset, small: its files, that it is the same again, and that it reads back as what was planted.
#include "simulate/dataset.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <tuple>

#include "brain/dataset.h"
#include "core/error.h"
#include "core/files.h"
#include "encode/score.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/table.h"
#include "simulate/simulate_check.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

namespace {

SimulateOptions small() {
  return {.grammar = test::source_path("../assets/grammar/tales.grammar"),
          .story_words = 560,
          .cortex = {.vertices = 162},
          .drive = {.model = test::source_path("../models/tales-1m")},
          .plant = {.constant = 2, .nan = 1},
          .brain = {.subjects = 2, .repeats = 2},
          .sound = true,
          .seed = 3};
}

// Relative paths of all files below a folder.
std::set<std::string> files_below(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), folder).generic_string());
  return files;
}

std::set<std::string> expected_files() {
  std::set<std::string> files{"stories.tsv",        "recordings.tsv",     "targets.tsv",     "dataset_description.json",
                              "stimuli/tale01.tsv", "stimuli/tale01.wav", "truth/truth.tsv", "truth/truth.json",
                              "truth/networks.tsv", "truth/sizes.tsv",    "templates.tsv"};
  for (const std::string hemisphere : {"L", "R"}) {
    const auto prefix = "hemi-" + hemisphere + "_";
    for (const std::string name :
         {"midthickness.surf", "inflated.surf", "flat.surf", "sphere.surf", "sulc.shape", "desc-patches_dseg.label"})
      files.insert("surfaces/" + prefix + name + ".gii");
    files.insert("truth/" + prefix + "desc-truth.func.gii");
    for (const std::string subject : {"sim01", "sim02"})
      for (const std::string run : {"1", "2"})
        files.insert("sub-" + subject + "/func/sub-" + subject + "_task-tale01_run-" + run + "_" + prefix +
                     "bold.func.gii");
  }
  for (const std::string power : {"6", "7", "8", "9", "10"}) files.insert("features/size-1e" + power + "/tale01.npy");
  for (int twin = 1; twin <= 10; ++twin) files.insert(fmt::format("twins/tale01/twin-{:02}.tsv", twin));
  return files;
}

// One dataset for all tests of the suite.
class SimulatedFolder : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    written_ = write_simulated_dataset(root(), small(), {});
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static fs::path root() { return *folder_ / "simulated"; }

  static inline std::unique_ptr<TemporaryFolder> folder_;
  static inline SimulatedDataset written_;
};

}  // namespace

TEST_F(SimulatedFolder, holds_every_file_of_the_layout_and_no_other) {
  EXPECT_EQ(files_below(root()), expected_files());
}

TEST_F(SimulatedFolder, has_the_same_bytes_again_with_any_number_of_threads) {
  write_simulated_dataset(*folder_ / "again", small(), {.threads = 3});
  for (const auto& file : expected_files())
    EXPECT_TRUE(read_file(root() / file) == read_file(*folder_ / "again" / file)) << file;
}

TEST_F(SimulatedFolder, tells_what_was_written) {
  EXPECT_EQ(written_.stories, (std::vector<std::string>{"tale01"}));
  EXPECT_GE(written_.words, 560);
  EXPECT_LT(written_.words, 600);
  EXPECT_EQ(written_.depth, 6);
  EXPECT_EQ(written_.planted, possible_drives(true, true));
  EXPECT_EQ(written_.sizes.size(), 5u);
  EXPECT_NEAR(written_.words_per_second, 2.5, 0.4);
  // 12 s of rest after the last word, in volumes of 2 s.
  const auto last = read_story(root() / "stimuli/tale01.tsv").words.back().offset;
  EXPECT_EQ(written_.volumes, static_cast<int64_t>(std::ceil((last + 12) / 2)));
  EXPECT_EQ(written_.vertices, std::ssize(read_table(root() / "truth/truth.tsv").rows));
}

TEST_F(SimulatedFolder, reads_back_as_a_dataset_without_the_medial_wall) {
  const auto dataset = read_dataset({.layout = "arrays", .root = root()});
  EXPECT_TRUE(dataset.simulated);
  EXPECT_EQ(dataset.subjects, (std::vector<std::string>{"sim01", "sim02"}));
  ASSERT_EQ(dataset.stories.size(), 1u);
  EXPECT_EQ(dataset.stories[0].tr, 2);
  EXPECT_EQ(dataset.stories[0].first_volume, 1);
  EXPECT_EQ(dataset.stories[0].volumes, written_.volumes);
  EXPECT_EQ(dataset.surfaces.left.inflated, root() / "surfaces/hemi-L_inflated.surf.gii");
  const auto truth = read_table(root() / "truth/truth.tsv");
  ASSERT_EQ(dataset.targets.size(), truth.rows.size());
  ASSERT_EQ(dataset.places.size(), truth.rows.size());
  EXPECT_LT(dataset.targets.size(), 2 * 162u);
  for (size_t i = 0; i < truth.rows.size(); ++i) {
    const auto text = [&](const char* column) { return truth.text(i, truth.column(column)); };
    EXPECT_EQ(dataset.targets[i], text("target"));
    EXPECT_EQ(dataset.places[i].hemisphere, text("hemisphere"));
    EXPECT_EQ(std::to_string(dataset.places[i].vertex), text("vertex"));
    EXPECT_EQ(dataset.places[i].region.empty() ? "n/a" : dataset.places[i].region, text("patch"));
    EXPECT_NE(dataset.places[i].region, "medial_wall");
  }
  std::set<std::tuple<size_t, size_t, int64_t>> recordings;
  for (const auto& recording : dataset.recordings) {
    recordings.insert({recording.subject, recording.story, recording.repeat});
    EXPECT_EQ(recording.responses.sizes(), (at::IntArrayRef{written_.volumes, written_.vertices}));
  }
  EXPECT_EQ(recordings.size(), 4u);
  EXPECT_EQ(dataset.recordings.size(), 4u);
}

TEST_F(SimulatedFolder, responses_stand_at_the_vertices_where_they_were_planted) {
  const auto dataset = read_dataset({.layout = "arrays", .root = root()});
  const auto truth = read_table(root() / "truth/truth.tsv");
  for (const auto& recording : dataset.recordings) {
    const auto flags = flag_targets(recording.responses);
    for (size_t i = 0; i < flags.size(); ++i) {
      const auto defect = truth.text(i, truth.column("defect"));
      const bool hole = defect == "nan" && dataset.subjects[recording.subject] == "sim02" && recording.repeat == 0;
      EXPECT_EQ(flag_name(flags[i]), defect == "constant" ? "constant" : hole ? "nan" : "ok") << dataset.targets[i];
    }
  }
  // Repeats of a vertex have the signal in common (ceiling^2) and a tenth of the noise.
  const auto& first = dataset.recordings[0];
  const auto& second = dataset.recordings[1];
  ASSERT_EQ(first.subject, second.subject);
  const auto r = pearson(first.responses, second.responses);
  double error = 0, count = 0;
  for (size_t i = 0; i < truth.rows.size(); ++i) {
    if (truth.text(i, truth.column("defect")) != "none") continue;
    const double power = std::pow(truth.number(i, truth.column("ceiling")), 2);
    error += r[static_cast<int64_t>(i)].item<double>() - power - 0.1 * (1 - power);
    count += 1;
  }
  EXPECT_NEAR(error / count, 0, 0.03);
}

TEST_F(SimulatedFolder, says_that_it_is_simulated) {
  const auto description = read_json(root() / "dataset_description.json");
  EXPECT_EQ(description.at("Simulated"), true);
  EXPECT_EQ(description.at("Seed"), 3);
  EXPECT_EQ(description.at("Planted").size(), std::size(all_drives));
  EXPECT_TRUE(contains(description.at("Description").get<std::string>(), {"No person was recorded", "tales-1m"}));
  EXPECT_EQ(read_json(root() / "truth/truth.json").at("Simulated"), true);
}

TEST_F(SimulatedFolder, features_and_sound_fit_the_story) {
  for (const auto& size : written_.sizes)
    EXPECT_EQ(read_npy(root() / "features" / size / "tale01.npy").sizes(), (at::IntArrayRef{written_.words, 4}));
  const auto sizes = read_table(root() / "truth/sizes.tsv");
  EXPECT_EQ(sizes.rows.size(), 5u);
  EXPECT_EQ(sizes.number(4, sizes.column("accuracy")), 0.9);
  const auto networks = read_table(root() / "truth/networks.tsv");
  EXPECT_EQ(networks.columns, (std::vector<std::string>{"network", "layer", "unit"}));
  EXPECT_EQ(networks.rows.size(), 3u * 8u);
  EXPECT_EQ(networks.text(23, 0), "network-2");
  EXPECT_EQ(written_.networks, std::ssize(read_table(root() / "templates.tsv").columns) - 1);
  const auto words = read_story(root() / "stimuli/tale01.tsv").words;
  EXPECT_EQ(std::ssize(words), written_.words);
  EXPECT_TRUE(std::all_of(words.begin(), words.end(), [](const auto& word) { return !word.tag.empty(); }));
  const auto sound = read_file(root() / "stimuli/tale01.wav");
  EXPECT_TRUE(sound.starts_with("RIFF"));
  EXPECT_GT(sound.size(), static_cast<size_t>(2 * 16000 * words.back().offset));
}

TEST(SimulatedDataset, a_text_is_one_story_without_parts_of_speech) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 120; ++i) text += "The old lamp turned and turned.\n";
  test::write_text(folder / "lamp.txt", text);
  auto options = small();
  options.text = folder / "lamp.txt";
  options.sound = false;
  const auto written = write_simulated_dataset(folder / "simulated", options, {});
  EXPECT_EQ(written.stories, (std::vector<std::string>{"lamp"}));
  EXPECT_EQ(written.words, 720);
  EXPECT_EQ(written.planted, possible_drives(false, false));
  EXPECT_FALSE(fs::exists(folder / "simulated/stimuli/lamp.wav"));
  EXPECT_EQ(read_dataset({.layout = "arrays", .root = folder / "simulated"}).stories.at(0).name, "lamp");
}

TEST(SimulatedDataset, a_word_table_keeps_its_times) {
  const TemporaryFolder folder;
  std::string table = "onset\toffset\tword\n";
  for (int i = 0; i < 300; ++i) table += fmt::format("{}\t{}.5\t{}\n", i, i, i % 2 == 0 ? "lamp" : "turned");
  test::write_text(folder / "lamp.tsv", table);
  auto options = small();
  options.words = folder / "lamp.tsv";
  options.sound = false;
  options.brain = {.subjects = 1};
  const auto written = write_simulated_dataset(folder / "simulated", options, {});
  EXPECT_EQ(written.volumes, 156);  // 299.5 + 12 s
  const auto words = read_story(folder / "simulated/stimuli/lamp.tsv").words;
  ASSERT_EQ(words.size(), 300u);
  EXPECT_EQ(words[17].onset, 17);
  EXPECT_EQ(words[17].offset, 17.5);
}

TEST(SimulatedDataset, a_short_story_is_refused_and_nothing_is_written) {
  const TemporaryFolder folder;
  auto options = small();
  options.story_words = 40;
  const auto message = message_of([&] { write_simulated_dataset(folder / "simulated", options, {}); });
  EXPECT_TRUE(contains(message, {"'tale01'", "a study needs 100 or more", "make it longer"}));
  EXPECT_FALSE(fs::exists(folder / "simulated"));
}

TEST(SimulatedDataset, contradictions_and_impossible_drives_are_refused_and_nothing_is_written) {
  const TemporaryFolder folder;
  auto options = small();
  options.brain.subjects = 0;
  options.plant.ceiling = 1.2;
  EXPECT_TRUE(contains(message_of([&] { write_simulated_dataset(folder / "simulated", options, {}); }),
                       {"the number of subjects", "the ceiling"}));
  options = small();
  options.sound = false;
  options.plant.drives = {Drive::layers, Drive::sound};
  EXPECT_TRUE(contains(message_of([&] { write_simulated_dataset(folder / "simulated", options, {}); }), {"--sound"}));
  EXPECT_FALSE(fs::exists(folder / "simulated"));
}

TEST(SimulatedDataset, only_planted_drives_have_their_truth) {
  const TemporaryFolder folder;
  auto options = small();
  options.sound = false;
  options.plant.drives = {Drive::layers};
  options.brain = {.subjects = 1};
  const auto written = write_simulated_dataset(folder / "simulated", options, {});
  EXPECT_TRUE(written.sizes.empty());
  EXPECT_EQ(written.networks, 0);
  EXPECT_FALSE(fs::exists(folder / "simulated/truth/networks.tsv"));
  EXPECT_FALSE(fs::exists(folder / "simulated/templates.tsv"));
  EXPECT_FALSE(fs::exists(folder / "simulated/truth/sizes.tsv"));
  EXPECT_FALSE(fs::exists(folder / "simulated/features"));
}
