// Layout bids: names, inheritance, spaces, what was heard, grids.
#include <ATen/ATen.h>

#include "brain/bids_heard.h"
#include "brain/bids_name.h"
#include "core/error.h"
#include "core/files.h"
#include "io/cifti.h"
#include "io/nifti.h"
#include "malformed.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

constexpr int64_t volumes = 12;

std::string all_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

// A dataset whose scans are written one by one; values count up, each scan from another number.
class Bids : public testing::Test {
 protected:
  Bids() {
    options.layout = "bids";
    options.root = folder_.path();
    put("stimuli/tale.TextGrid", "");
    put("task-tale_bold.json", R"({"RepetitionTime": 2})");
  }
  void put(const std::string& name, const std::string& text) const {
    ensure_writable_folder((options.root / name).parent_path());
    write_file(options.root / name, text);
  }
  std::filesystem::path derivative(const std::string& id, const std::string& rest) const {
    const auto folder = options.root / "derivatives/fmriprep" / id.substr(0, id.find('_')) / "func";
    ensure_writable_folder(folder);
    return folder / (id + rest);
  }
  static at::Tensor affine(double x = 0) {
    auto matrix = at::diag(at::tensor({3.0, 3.0, 4.0, 1.0}, at::kDouble));
    matrix[0][3] = x;
    return matrix;
  }
  void volume(const std::string& id, double first, const std::string& space = "_space-MNI", double x = 0,
              double tr = 2) const {
    // A voxel's number in the mask plus the number of the volume plus what the scan begins with.
    const auto values = (at::arange(12, at::kFloat).unsqueeze(1) * 1000 + at::arange(volumes, at::kFloat) + first)
                            .reshape({2, 3, 2, volumes});
    write_nifti(
        derivative(id, space + "_desc-preproc_bold.nii.gz"),
        {.header = {.shape = {2, 3, 2, volumes}, .affine = affine(x), .space_unit = "mm", .tr = tr}, .values = values});
    auto mask = at::ones({12}, at::kByte);
    mask[static_cast<int64_t>(first) % 12] = 0;
    write_nifti(
        derivative(id, space + "_desc-brain_mask.nii.gz"),
        {.header = {.shape = {2, 3, 2}, .affine = affine(x), .space_unit = "mm"}, .values = mask.view({2, 3, 2})});
  }
  void heard(const std::string& id, double onset, const std::string& file = "tale_audio.wav") const {
    put(id.substr(0, id.find('_')) + "/func/" + id + "_events.tsv",
        "onset\tduration\tstim_file\n" + std::to_string(onset) + "\t9\t" + file + "\n");
  }
  Dataset read() const { return read_dataset(options); }
  std::string message() const {
    return message_of([&] { read(); });
  }
  static double first_value(const Dataset& dataset, size_t recording = 0) {
    return dataset.recordings.at(recording).responses[0][0].item<double>();
  }

  test::TemporaryFolder folder_;
  DatasetOptions options{};
};

TEST(BidsNames, are_taken_apart) {
  const auto name = parse_bids_name("sub-01_task-x_run-02_space-MNI_desc-preproc_bold.nii.gz");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->of("run"), "02");
  EXPECT_EQ(name->of("res"), "");
  EXPECT_EQ(name->suffix, "bold");
  EXPECT_EQ(name->extension, ".nii.gz");
  EXPECT_EQ(name->without({"space", "desc"}), "sub-01_task-x_run-02");
  EXPECT_EQ(parse_bids_name("run-1_task-x_sub-2_events.tsv")->without({}), "sub-2_task-x_run-1");
  for (const char* other : {"README", "bold", "sub-01_task-x_run-02", "a_bold.json", "sub-_bold.json", "-1_bold.json",
                            "sub-1_sub-2_bold.json", "sub-1_task-2.json", "_.json"})
    EXPECT_FALSE(parse_bids_name(other)) << other;
}

TEST_F(Bids, the_nearest_file_that_applies_is_inherited) {
  const auto scan = *parse_bids_name("sub-01_task-tale_run-1_space-MNI_bold.nii.gz");
  const auto found = [&] { return inherited_file(options.root, scan, "events", ".tsv").filename().string(); };
  EXPECT_EQ(found(), "");
  put("task-other_events.tsv", "");
  EXPECT_EQ(found(), "");
  put("task-tale_events.tsv", "");
  EXPECT_EQ(found(), "task-tale_events.tsv");
  put("task-tale_run-1_events.tsv", "");
  EXPECT_EQ(found(), "task-tale_run-1_events.tsv");
  put("sub-01/sub-01_task-tale_events.tsv", "");
  EXPECT_EQ(found(), "sub-01_task-tale_events.tsv");
  put("sub-01/func/sub-01_task-tale_run-2_events.tsv", "");
  EXPECT_EQ(found(), "sub-01_task-tale_events.tsv");
}

TEST_F(Bids, scans_begin_with_the_sound_and_share_a_mask) {
  volume("sub-01_task-tale", 100);
  volume("sub-02_task-tale", 201);
  heard("sub-01_task-tale", 1);
  heard("sub-02_task-tale", 5);
  const auto dataset = read();
  EXPECT_EQ(dataset.subjects, (std::vector<std::string>{"sub-01", "sub-02"}));
  ASSERT_EQ(dataset.stories.size(), 1U);
  EXPECT_EQ(dataset.stories[0].name, "tale");
  EXPECT_EQ(dataset.stories[0].words.filename(), "tale.TextGrid");
  EXPECT_EQ(dataset.stories[0].tr, 2);
  EXPECT_EQ(dataset.stories[0].first_volume, 0);  // 1 s after the volume's start, as the sound
  EXPECT_EQ(dataset.stories[0].volumes, 10);      // 2 of 12 before the sound
  EXPECT_EQ(dataset.grid.count(), 10);            // 100 % 12 = 4 and 201 % 12 = 9 are outside
  EXPECT_EQ(dataset.grid.space, "MNI");
  EXPECT_EQ(dataset.targets[4], "x0y2z1");
  EXPECT_EQ(first_value(dataset), 100);
  EXPECT_EQ(first_value(dataset, 1), 203);
  EXPECT_EQ(dataset.recordings[1].responses[0][4].item<double>(), 5203);
  EXPECT_TRUE(at::equal(dataset.recordings[1].read(), dataset.recordings[1].responses));
  EXPECT_TRUE(contains(all_of(dataset.notes), {"scans of up to 12 volumes are cut to the shortest, 10"}));
  EXPECT_EQ(dataset.inputs.size(), 8U);  // two of responses, masks and events; one of words and of the TR
  EXPECT_TRUE(contains(all_of(dataset.matches), {"tale: 2 scans (sub-01_task-tale, sub-02_task-tale)"}));
}

TEST_F(Bids, a_mask_that_is_given_wins) {
  volume("sub-01_task-tale", 100);
  heard("sub-01_task-tale", 0);
  auto mask = at::zeros({2, 3, 2}, at::kByte);
  mask[1][2][1] = 1;
  options.mask = {options.root / "mask.nii"};
  write_nifti(options.mask[0],
              {.header = {.shape = {2, 3, 2}, .affine = affine(), .space_unit = "mm"}, .values = mask});
  EXPECT_EQ(read().targets, (std::vector<std::string>{"x1y2z1"}));
  std::filesystem::remove(derivative("sub-01_task-tale", "_space-MNI_desc-brain_mask.nii.gz"));
  EXPECT_EQ(message(), "");
  options.mask.clear();
  EXPECT_TRUE(contains(message(), {"no *_desc-brain_mask.nii.gz", "dataset.mask", "sub-01_task-tale"}));
}

TEST_F(Bids, grids_that_differ_are_named) {
  volume("sub-01_task-tale", 100);
  volume("sub-02_task-tale", 201, "_space-MNI", 0.5);
  heard("sub-01_task-tale", 0);
  heard("sub-02_task-tale", 0);
  EXPECT_TRUE(contains(message(), {"2 problems", "sub-02_task-tale_space-MNI_desc-brain_mask.nii.gz",
                                   "sub-02_task-tale_space-MNI_desc-preproc_bold.nii.gz", "lie elsewhere (affine)"}));
}

TEST_F(Bids, one_space_and_one_resolution_are_read) {
  heard("sub-01_task-tale", 0);
  volume("sub-01_task-tale", 100, "_space-MNI_res-1");
  volume("sub-01_task-tale", 200, "_space-MNI_res-2");
  EXPECT_TRUE(contains(message(), {"dataset.space must name one of MNI:res-1, MNI:res-2"}));
  options.space = "MNI:res-2";
  EXPECT_EQ(first_value(read()), 200);
  options.space = "MNI";
  EXPECT_TRUE(contains(message(), {"dataset.space must name one of"}));
  options.space = "T1w";
  EXPECT_TRUE(contains(message(), {"no scan is in the space 'T1w'", "there are MNI:res-1, MNI:res-2"}));
  options.space = "MNI:res-3";
  EXPECT_TRUE(contains(message(), {"no scan is in the space 'MNI:res-3'"}));
  volume("sub-01_task-tale", 300, "");
  options.space = "func";
  EXPECT_EQ(first_value(read()), 1300);  // 300 % 12 = 0 is outside
  options.derivative = "other";
  EXPECT_TRUE(contains(message(), {"no folder", "derivatives/other", "dataset.derivative"}));
}

TEST_F(Bids, the_time_between_volumes_is_the_sidecars) {
  volume("sub-01_task-tale", 100, "_space-MNI", 0, 1.5);
  heard("sub-01_task-tale", 0);
  EXPECT_TRUE(contains(message(), {"sub-01_task-tale: RepetitionTime is 2 s, the header says 1.5 s"}));
  put("sub-01/func/sub-01_task-tale_bold.json", R"({"RepetitionTime": 1.5})");
  EXPECT_EQ(read().stories[0].tr, 1.5);
  write_file(derivative("sub-01_task-tale", "_space-MNI_desc-preproc_bold.json"), R"({"RepetitionTime": 3})");
  EXPECT_TRUE(contains(message(), {"RepetitionTime is 3 s"}));
}

TEST_F(Bids, slices_that_were_shifted_say_to_when) {
  volume("sub-01_task-tale", 100);
  heard("sub-01_task-tale", 0);
  EXPECT_EQ(read().stories[0].first_volume, 1);
  write_file(derivative("sub-01_task-tale", "_space-MNI_desc-preproc_bold.json"),
             R"({"RepetitionTime": 2, "SliceTimingCorrected": true, "StartTime": 0.9})");
  EXPECT_EQ(read().stories[0].first_volume, 0.9);
}

TEST_F(Bids, sounds_that_do_not_begin_with_the_same_part_of_a_volume_are_refused) {
  volume("sub-01_task-tale", 100);
  volume("sub-02_task-tale", 201);
  heard("sub-01_task-tale", 4);
  heard("sub-02_task-tale", 5);
  EXPECT_TRUE(
      contains(message(), {"story tale", "sub-01_task-tale is centred at 1.000 s", "sub-02_task-tale at 0.000 s"}));
}

TEST_F(Bids, sounds_that_begin_a_moment_apart_are_one) {
  volume("sub-01_task-tale", 100);
  volume("sub-02_task-tale", 201);
  heard("sub-01_task-tale", 4.01);
  heard("sub-02_task-tale", 3.99);
  const auto dataset = read();
  EXPECT_NEAR(dataset.stories[0].first_volume, 0.99, 1e-9);
  EXPECT_EQ(dataset.stories[0].volumes, volumes - 2);
}

TEST_F(Bids, what_was_heard_is_told_by_the_events_or_left_out) {
  volume("sub-01_task-tale", 100);
  volume("sub-01_task-tale_run-2", 200);
  volume("sub-01_task-tale_run-3", 300);
  volume("sub-01_task-rest", 400);
  heard("sub-01_task-tale", 0);
  heard("sub-01_task-tale_run-2", 0, "unknown.wav");
  put("sub-01/func/sub-01_task-tale_run-3_events.tsv", "onset\tduration\tstim_file\n0\t9\ta.wav\n9\t9\tb.wav\n");
  EXPECT_TRUE(contains(all_of(read().notes),
                       {"no words for stimuli/unknown.wav (dataset.tasks can name them): sub-01_task-tale_run-2",
                        "several stim_file in one scan (dataset.tasks can name the words): sub-01_task-tale_run-3",
                        "no events.tsv, and no row of dataset.tasks: sub-01_task-rest"}));
  std::filesystem::remove(options.root / "stimuli/tale.TextGrid");
  EXPECT_TRUE(contains(message(), {"of no scan is it known what was heard", "no words for stimuli/tale_audio.wav"}));
}

TEST_F(Bids, a_sound_that_is_heard_again_is_a_repeat) {
  volume("sub-01_task-tale_run-1", 100);
  volume("sub-01_task-tale_run-2", 200);
  heard("sub-01_task-tale_run-1", 0);
  heard("sub-01_task-tale_run-2", 0);
  const auto dataset = read();
  ASSERT_EQ(dataset.recordings.size(), 2U);
  EXPECT_EQ(dataset.recordings[1].repeat, 1);
  EXPECT_EQ(dataset.stories.size(), 1U);
}

TEST_F(Bids, words_may_be_the_events_themselves) {
  volume("sub-01_task-tale_run-1", 100);
  volume("sub-02_task-tale_run-1", 201);
  const auto events = [&](const std::string& subject, double first, const std::string& second) {
    put(subject + "/func/" + subject + "_task-tale_run-1_events.tsv",
        fmt::format("onset\tduration\tword\ttrial_type\n0\t1\tn/a\tcross\n{}\t0.2\tonce\tw\n{}\t0.2\t{}\tw\n", first,
                    first + 1.5, second));
  };
  events("sub-01", 7, "upon");
  events("sub-02", 3, "upon");
  const auto dataset = read();
  EXPECT_EQ(dataset.stories[0].name, "talerun1");
  EXPECT_EQ(dataset.stories[0].words.filename(), "sub-02_task-tale_run-1_events.tsv");  // whose words come soonest
  EXPECT_EQ(dataset.stories[0].first_volume, 1);
  EXPECT_EQ(first_value(dataset), 102);  // two volumes later
  EXPECT_EQ(first_value(dataset, 1), 201);
  events("sub-02", 3, "a");
  EXPECT_TRUE(contains(message(), {"story talerun1", "has other words or other times between them"}));
}

TEST_F(Bids, a_table_of_the_study_wins) {
  put("words.tsv", "onset\toffset\tword\n1\t2\tonce\n");
  put("tasks.tsv",
      "task\trun\tstory\twords\tonset\ttr\ntale\tn/a\t\twords.tsv\tn/a\tn/a\ntale\t2\tend\twords.tsv\t4.5\t1.5\n");
  options.tasks = options.root / "tasks.tsv";
  volume("sub-01_task-tale_run-1", 100);
  volume("sub-01_task-tale_run-2", 200, "_space-MNI", 0, 1.5);
  volume("sub-01_task-rest", 300);
  heard("sub-01_task-tale_run-1", 2, "anything.wav");
  heard("sub-01_task-tale_run-2", 2);
  const auto dataset = read();
  ASSERT_EQ(dataset.stories.size(), 2U);
  EXPECT_EQ(dataset.stories[0].name, "end");
  EXPECT_EQ(dataset.stories[0].tr, 1.5);
  EXPECT_EQ(dataset.stories[0].volumes, 9);
  EXPECT_EQ(dataset.stories[1].name, "tale");
  EXPECT_EQ(dataset.stories[1].volumes, 11);
  EXPECT_EQ(dataset.stories[1].words.filename(), "words.tsv");
  EXPECT_TRUE(contains(all_of(dataset.notes), {"not in the table dataset.tasks: sub-01_task-rest"}));
  put("tasks.tsv", "task\twords\tonset\ttr\ntale\tnone.tsv\t0\t-1\n");
  EXPECT_TRUE(contains(message(), {"names files that are not there", "none.tsv", "a TR of -1 s"}));
  put("tasks.tsv", "task\twords\tonset\ntale\twords.tsv\tsoon\n");
  EXPECT_TRUE(contains(message(), {"tasks.tsv", "soon"}));
  put("tasks.tsv", "task\tword\n");
  EXPECT_TRUE(contains(message(), {"'words'"}));
}

TEST_F(Bids, malformed_events_are_refused) {
  volume("sub-01_task-tale", 100);
  const auto read_with = [&](const std::string& events) {
    put("sub-01/func/sub-01_task-tale_events.tsv", events);
    read();
  };
  const std::string head = "onset\tduration\tstim_file\n", words = "onset\tduration\tword\n";
  test::expect_refused(
      {{"empty", "", "sub-01_task-tale_events.tsv: the table is empty"},
       {"no onsets", "time\tduration\tstim_file\n0\t9\ttale_audio.wav\n", "events.tsv: no column 'onset'"},
       {"a name twice", "onset\tonset\tstim_file\n", "columns 1 and 2 are both called 'onset'"},
       {"ragged", head + "0\t9\n", "line 2: 2 fields where 3 are expected"},
       {"n/a as onset", head + "n/a\t9\ttale_audio.wav\n", "events.tsv:2: column 'onset' needs seconds, found none"},
       {"no onset", head + "\t9\ttale_audio.wav\n", "events.tsv:2: column 'onset' needs seconds, found none"},
       {"a word as onset", head + "soon\t9\ttale_audio.wav\n", "events.tsv:2: column 'onset'", "'soon'"},
       {"comma for the point", head + "0,5\t9\ttale_audio.wav\n", "events.tsv:2: column 'onset'", "'0,5'"},
       {"infinite", head + "inf\t9\ttale_audio.wav\n", "events.tsv:2: column 'onset' needs seconds, found 'inf'"},
       {"after the scan", head + "1000\t9\ttale_audio.wav\n", "the sound begins 1000 s after the scan",
        "leaves 0 volumes"},
       {"UTF-16",
        std::string("\xFF\xFE"
                    "o\0",
                    4),
        "events.tsv: this is UTF-16 text; save the file as UTF-8"},
       {"Latin-1", head + "0\t9\ttale_\xE4.wav\n", "line 2) is not valid UTF-8"},
       {"a word without onset", words + "1\t1\tonce\nn/a\t1\tupon\n", "events.tsv:3: column 'onset' needs seconds"}},
      read_with);
}

TEST_F(Bids, malformed_sidecars_are_refused) {
  volume("sub-01_task-tale", 100);
  heard("sub-01_task-tale", 0);
  const auto read_with = [&](const std::string& sidecar) {
    write_file(derivative("sub-01_task-tale", "_space-MNI_desc-preproc_bold.json"), sidecar);
    read();
  };
  const auto shifted = [](const char* start) {
    return fmt::format(R"({{"RepetitionTime": 2, "SliceTimingCorrected": true, "StartTime": {}}})", start);
  };
  test::expect_refused(
      {{"empty", "", "desc-preproc_bold.json' is not valid JSON"},
       {"cut", R"({"RepetitionTime": )", "is not valid JSON: fault at byte"},
       {"UTF-16", std::string("\xFF\xFE{\0", 4), "is UTF-16 text"},
       {"NaN", R"({"RepetitionTime": NaN})", "is not valid JSON"},
       {"a text", R"({"RepetitionTime": "2"})", "RepetitionTime"},
       {"0", R"({"RepetitionTime": 0})", "RepetitionTime is 0"},
       {"negative", R"({"RepetitionTime": -2})", "RepetitionTime is -2; seconds from 0 to 100 expected"},
       {"milliseconds", R"({"RepetitionTime": 2000})", "RepetitionTime is 2000; seconds from 0 to 100 expected"},
       {"other than the header", R"({"RepetitionTime": 3})", "RepetitionTime is 3 s, the header says 2 s"},
       {"a text as start", shifted("\"1\""), "StartTime"},
       {"a negative start", shifted("-0.5"), "StartTime is -0.5; seconds from 0"},
       {"a start in milliseconds", shifted("900"), "StartTime is 900; seconds from 0 to 100 expected"},
       {"a text as truth", R"({"RepetitionTime": 2, "SliceTimingCorrected": "yes"})", "SliceTimingCorrected"}},
      read_with);
}

TEST_F(Bids, cortex_and_voxels_stand_side_by_side_in_cifti) {
  heard("sub-01_task-tale", 0);
  Cifti file;
  file.header.kind = CiftiKind::series;
  file.header.series = {.start = 0, .step = 2};
  file.header.models = {{.structure = "CORTEX_LEFT", .surface_vertices = 5, .vertices = {0, 3}},
                        {.structure = "CORTEX_RIGHT", .surface_vertices = 5, .vertices = {4}},
                        {.structure = "THALAMUS_LEFT", .voxels = {{1, 0, 2}}}};
  file.header.grid = {.shape = {3, 3, 3}, .affine = affine()};
  file.values = at::arange(4 * volumes, at::kFloat).reshape({volumes, 4});
  write_cifti(derivative("sub-01_task-tale", "_space-fsLR_den-91k_bold.dtseries.nii"), file);
  const auto dataset = read();
  EXPECT_EQ(dataset.targets, (std::vector<std::string>{"L0", "L3", "R4", "x1y0z2"}));
  EXPECT_EQ(dataset.places[2].hemisphere, "R");
  EXPECT_EQ(dataset.places[3].region, "THALAMUS_LEFT");
  EXPECT_EQ(dataset.places[3].vertex, -1);
  EXPECT_TRUE(at::equal(dataset.recordings[0].responses, file.values.to(at::kDouble)));
  EXPECT_EQ(dataset.dense.models.size(), 3U);
  file.header = {.models = {file.header.models[2], file.header.models[0]},
                 .grid = file.header.grid,
                 .maps = {{.name = "language"}}};
  file.values = at::tensor({1.F, 0.F, 1.F}).view({1, 3});
  options.mask = {options.root / "language.dscalar.nii"};
  write_cifti(options.mask[0], file);
  EXPECT_EQ(read().targets, (std::vector<std::string>{"L3", "x1y0z2"}));
}

}  // namespace
}  // namespace arcuate
