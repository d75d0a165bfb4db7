// The layouts of published datasets, in miniature: names, shapes and rules as the real folders have them.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <map>

#include "brain/dataset.h"
#include "core/files.h"
#include "io/gifti.h"
#include "io/hdf5.h"
#include "io/json.h"
#include "io/nifti.h"
#include "support.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::message_of;
using test::TemporaryFolder;

// Volumes x targets, no two numbers the same.
at::Tensor series(int64_t volumes, int64_t targets, double first) {
  return at::arange(volumes * targets, at::kDouble).reshape({volumes, targets}) * 0.25 + first;
}

class Folder {
 public:
  fs::path operator/(const std::string& name) const {
    const auto path = folder_ / name;
    ensure_writable_folder(path.parent_path());
    return path;
  }
  DatasetOptions options(const std::string& layout) const {
    DatasetOptions options;
    options.layout = layout;
    options.root = folder_.path();
    return options;
  }

 private:
  TemporaryFolder folder_;
};

std::string all_notes(const Dataset& dataset) {
  std::string text;
  for (const auto& note : dataset.notes) text += note + "\n";
  return text;
}

// Two subjects of five and seven voxels; a story of 12 stored volumes, and one that was heard three times.
class Lebel : public testing::Test {
 protected:
  Lebel() {
    write_json(folder_ / "derivative/respdict.json", {{"souls", 32}, {"wheretheressmoke", 28}, {"tetris", 40}});
    for (const char* story : {"souls", "wheretheressmoke", "tetris"})
      write_file(folder_ / fmt::format("derivative/TextGrids/{}.TextGrid", story), "");
    write_file(folder_ / "stimuli/souls.wav", "");
    for (const auto& [subject, voxels] : {std::pair("UTS01", 5), std::pair("UTS02", 7)}) {
      recording(subject, "souls", {{"data", series(12, voxels, 0)}});
      recording(
          subject, "wheretheressmoke",
          {{"data", series(8, voxels, 100)},
           {"individual_repeats", at::stack({series(8, voxels, 50), series(8, voxels, 100), series(8, voxels, 150)})}});
    }
  }
  void recording(const std::string& subject, const std::string& story,
                 const std::map<std::string, at::Tensor>& arrays) const {
    Hdf5Writer file(folder_ / fmt::format("derivative/preprocessed_data/{}/{}.hf5", subject, story));
    for (const auto& [name, values] : arrays) file.write(name, values);
    file.finish();
  }
  DatasetOptions options(const std::string& subject) const {
    auto options = folder_.options("lebel");
    options.subjects = {subject};
    return options;
  }

  Folder folder_;
};

TEST_F(Lebel, volumes_stand_where_the_sound_was) {
  const auto dataset = read_dataset(options("UTS01"));
  ASSERT_EQ(dataset.stories.size(), 2U);
  const auto& souls = dataset.stories[0];
  EXPECT_EQ(souls.name, "souls");
  // Row 0 is volume 10 of the scan; volume i of the grid is centred at 2 i - 9 s.
  EXPECT_EQ(souls.first_volume, -9);
  EXPECT_EQ(souls.lead, 10);
  EXPECT_EQ(souls.volumes, 12);
  EXPECT_EQ(souls.tr, 2);
  EXPECT_EQ(souls.sound.filename(), "souls.wav");
  EXPECT_TRUE(dataset.stories[1].sound.empty());
  EXPECT_EQ(dataset.targets.size(), 5U);
  EXPECT_TRUE(contains(all_notes(dataset), {"story tetris is left out: not recorded of UTS01"}));
}

TEST_F(Lebel, repeats_are_recordings_of_their_own) {
  const auto dataset = read_dataset(options("UTS02"));
  ASSERT_EQ(dataset.recordings.size(), 4U);
  EXPECT_TRUE(at::equal(dataset.recordings[0].responses, series(12, 7, 0)));
  for (size_t repeat = 0; repeat < 3; ++repeat) {
    const auto& recording = dataset.recordings[1 + repeat];
    EXPECT_EQ(recording.repeat, static_cast<int64_t>(repeat));
    EXPECT_TRUE(at::equal(recording.responses, series(8, 7, 50 + 50.0 * static_cast<double>(repeat))));
    EXPECT_TRUE(at::equal(recording.read(), recording.responses));
  }
}

TEST_F(Lebel, a_file_whose_data_are_repeats_is_told_by_its_rank) {
  recording("UTS09", "souls", {{"data", series(12, 4, 0)}});
  recording("UTS09", "wheretheressmoke", {{"data", at::stack({series(8, 4, 1), series(8, 4, 2)})}});
  const auto dataset = read_dataset(options("UTS09"));
  ASSERT_EQ(dataset.recordings.size(), 3U);
  EXPECT_TRUE(at::equal(dataset.recordings[2].responses, series(8, 4, 2)));
}

TEST_F(Lebel, what_does_not_fit_is_refused) {
  EXPECT_TRUE(contains(message_of([&] { read_dataset(folder_.options("lebel")); }),
                       {"subjects have voxels of their own (UTS01 5, UTS02 7)", "dataset.subjects = [\"UTS01\"]"}));
  auto asked = options("UTS01");
  asked.stories = {"souls", "tetris"};
  EXPECT_TRUE(contains(message_of([&] { read_dataset(asked); }), {"tetris: not of UTS01"}));
  asked.stories = {"soul"};
  EXPECT_TRUE(contains(message_of([&] { read_dataset(asked); }), {"no story 'soul'", "souls"}));
  recording("UTS01", "souls", {{"data", series(11, 5, 0)}});
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options("UTS01")); }),
                       {"souls.hf5' has 11 volumes", "32 of the scan, of which 12"}));
  recording("UTS01", "souls", {{"data", series(12, 6, 0)}});
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options("UTS01")); }), {"has 5 voxels, 6 expected"}));
  recording("UTS01", "souls", {{"data", at::ones({5}, at::kDouble)}});
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options("UTS01")); }), {"'data' has 1 dimensions"}));
  EXPECT_TRUE(contains(message_of([&] { read_dataset(Folder().options("lebel")); }),
                       {"no folder", "preprocessed_data", "ds003020"}));
}

// Voxels of the grid 3 x 2 x 2, by their places in the file.
void write_volume(const fs::path& path, const std::vector<int64_t>& inside, std::vector<int64_t> shape = {3, 2, 2}) {
  auto flat = at::zeros({shape[0] * shape[1] * shape[2]}, at::kByte);
  for (const int64_t place : inside) flat[place] = 1;
  const auto affine = at::diag(at::tensor({-2.0, 2.0, 3.0, 1.0}, at::kDouble));
  write_nifti(path, {{.affine = affine, .space = 1}, flat.view({shape[2], shape[1], shape[0]}).permute({2, 1, 0})});
}

TEST_F(Lebel, voxels_lie_where_the_mask_of_pycortex_has_them) {
  const std::string folder = "derivative/pycortex-db/UTS01/transforms/";
  EXPECT_TRUE(contains(all_notes(read_dataset(options("UTS01"))),
                       {"no maps and no regions: there is no '", "UTS01/transforms/UTS01_auto/mask_thick.nii.gz'"}));
  write_json(folder_ / "derivative/subject_xfms.json", {{"UTS01", "other"}});
  write_volume(folder_ / (folder + "other/mask_thick.nii.gz"), {1, 2, 5, 6, 10});
  const auto dataset = read_dataset(options("UTS01"));
  EXPECT_EQ(dataset.grid.shape, (std::array<int64_t, 3>{3, 2, 2}));
  const auto expected = at::tensor({1, 0, 0, 2, 0, 0, 2, 1, 0, 0, 0, 1, 1, 1, 1}, at::kLong).view({5, 3});
  EXPECT_TRUE(at::equal(dataset.grid.voxels, expected));
  EXPECT_TRUE(dataset.places.empty());
  EXPECT_TRUE(contains(all_notes(dataset), {"no maps on surfaces and no regions", "UTS01/surfaces/inflated_lh.gii'"}));
  write_volume(folder_ / (folder + "other/mask_thick.nii.gz"), {1, 2, 5, 6});
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options("UTS01")); }),
                       {"mask_thick.nii.gz' has 4 voxels, the recordings 5"}));
  write_volume(folder_ / (folder + "other/mask_thick.nii.gz"), {1, 2, 5, 6, 10});
  write_volume(folder_ / (folder + "other/reference.nii.gz"), {}, {3, 2, 3});
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options("UTS01")); }),
                       {"reference.nii.gz' has another shape", "3 x 2 x 2"}));
  write_json(folder_ / "derivative/subject_xfms.json", {{"UTS02", "other"}});
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options("UTS01")); }), {"subject_xfms.json", "UTS01"}));
}

TEST_F(Lebel, surfaces_are_those_in_whose_space_the_voxels_lie) {
  auto asked = options("UTS01");
  asked.surfaces = folder_ / "surfaces";
  EXPECT_TRUE(contains(message_of([&] { read_dataset(asked); }), {"dataset.surfaces", "pycortex-db"}));
}

// Three vertices a hemisphere.
class Narratives : public testing::Test {
 protected:
  Narratives() {
    write_file(folder_ / "participants.tsv",
               "participant_id\ttask\tcondition\nsub-001\tpieman,milkyway\tn/a,vodka\nsub-002\tpieman\tn/a\n"
               "sub-003\tpieman,milkyway\tn/a,original\nsub-021\tpieman,piemanpni\tn/a,n/a\nsub-004\tschema\tn/a\n");
    for (const char* story : {"pieman", "piemanpni", "milkywayvodka", "milkywayoriginal"})
      write_file(folder_ / fmt::format("stimuli/gentle/{}/align.csv", story), "once,once,1.5,1.9\n");
    write_file(folder_ / "stimuli/pieman_audio.wav", "");
    scan("sub-002", "task-pieman", 9);
    scan("sub-003", "task-pieman", 10);
    scan("sub-003", "task-milkyway", 12);
    scan("sub-001", "task-milkyway", 12);
    scan("sub-001", "task-pieman_run-1", 9);  // excluded by the shipped list
    scan("sub-004", "task-schema", 9);
    scan("sub-021", "task-pieman", 9);  // excluded; its piemanpni is not
    scan("sub-021", "task-piemanpni", 20);
  }
  static at::Tensor values(int64_t volumes, double first) { return series(volumes, 3, first).to(at::kFloat); }
  void scan(const std::string& subject, const std::string& task, int64_t volumes,
            const std::string& space = "fsaverage6") const {
    for (const auto& [side, first] : {std::pair("L", 0.0), std::pair("R", 1000.0)}) {
      Gifti file;
      const auto rows = values(volumes, first);
      for (int64_t t = 0; t < volumes; ++t)
        file.arrays.push_back({.intent = "NIFTI_INTENT_TIME_SERIES", .values = rows[t].clone()});
      write_gifti(
          folder_ / fmt::format("derivatives/afni-nosmooth/{0}/func/{0}_{1}_space-{2}_hemi-{3}_desc-clean.func.gii",
                                subject, task, space, side),
          file);
    }
  }
  Dataset read(const std::vector<std::string>& stories) const {
    auto options = folder_.options("narratives");
    options.stories = stories;
    return read_dataset(options);
  }

  Folder folder_;
};

TEST_F(Narratives, hemispheres_stand_side_by_side_and_scans_are_cut_alike) {
  const auto dataset = read({"pieman"});
  EXPECT_EQ(dataset.subjects, (std::vector<std::string>{"sub-002", "sub-003"}));
  ASSERT_EQ(dataset.recordings.size(), 2U);
  const auto expected = at::cat({values(9, 0), values(9, 1000)}, 1).to(at::kDouble);
  for (const auto& recording : dataset.recordings) {
    EXPECT_TRUE(at::equal(recording.responses, expected));
    EXPECT_TRUE(at::equal(recording.read(), expected));
  }
  EXPECT_EQ(dataset.targets.size(), 6U);
  EXPECT_EQ(dataset.targets[4], "R1");
  EXPECT_EQ(dataset.places[4].hemisphere, "R");
  EXPECT_EQ(dataset.places[4].vertex, 1);
  EXPECT_EQ(dataset.stories[0].tr, 1.5);
  EXPECT_EQ(dataset.stories[0].first_volume, 0.75);
  EXPECT_EQ(dataset.stories[0].sound.filename(), "pieman_audio.wav");
  EXPECT_TRUE(
      contains(all_notes(dataset), {"scans of the list of exclusions: sub-001_task-pieman_run-1, sub-021_task-pieman",
                                    "tasks that are not stories told in order: sub-004_task-schema",
                                    "subjects who did not hear all chosen stories: sub-001, sub-021",
                                    "scans of up to 10 volumes are cut to the shortest, 9"}));
}

TEST_F(Narratives, volumes_before_the_sound_are_left_away) {
  const auto dataset = read({"piemanpni"});
  ASSERT_EQ(dataset.stories[0].volumes, 12);  // 8 of 20
  EXPECT_TRUE(at::equal(dataset.recordings[0].responses.slice(1, 0, 3), values(20, 0).slice(0, 8).to(at::kDouble)));
}

TEST_F(Narratives, a_task_with_versions_is_a_story_for_each) {
  EXPECT_EQ(read({"milkywayvodka"}).subjects, (std::vector<std::string>{"sub-001"}));
  EXPECT_EQ(read({"milkywayoriginal"}).subjects, (std::vector<std::string>{"sub-003"}));
}

TEST_F(Narratives, tables_of_the_study_win) {
  auto options = folder_.options("narratives");
  options.tasks = folder_ / "tasks.tsv";
  options.exclusions = folder_ / "none.tsv";
  write_file(options.tasks, "task\tonset\tuse\tstories\npieman\t2\t1\ttask\n");
  write_file(options.exclusions, "scan\n");
  const auto dataset = read_dataset(options);
  EXPECT_EQ(dataset.subjects, (std::vector<std::string>{"sub-001", "sub-002", "sub-003", "sub-021"}));
  EXPECT_EQ(dataset.stories[0].volumes, 7);
  EXPECT_TRUE(contains(all_notes(dataset), {"tasks that no table knows", "sub-001_task-milkyway"}));
  write_file(options.tasks, "task\tonset\tuse\tstories\npieman\tsoon\t1\ttask\n");
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options); }), {"tasks.tsv:2", "onset of pieman", "'soon'"}));
}

// One triangle a hemisphere, of this program's own files.
void write_surfaces(const fs::path& folder, int64_t vertices) {
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    const Mesh mesh{at::rand({vertices, 3}), at::tensor({0, 1, 2}, at::kInt).view({1, 3})};
    const auto file = [&](const char* kind) {
      return folder / fmt::format("hemi-{}_{}.gii", letter(hemisphere), kind);
    };
    write_mesh(file("midthickness.surf"), mesh, hemisphere, "Anatomical");
    write_mesh(file("inflated.surf"), mesh, hemisphere, "Inflated");
    write_vertex_values(file("sulc.shape"), at::zeros({vertices}), {"depth"}, hemisphere, "NIFTI_INTENT_SHAPE");
    auto keys = at::zeros({vertices}, at::kInt);
    keys[1] = hemisphere == Hemisphere::left ? 4 : 6;
    write_regions(file("desc-patches_dseg.label"), {keys, {{4, "front", {}}, {6, "back", {}}}}, hemisphere);
  }
}

TEST_F(Narratives, regions_are_those_of_a_folder_that_is_named) {
  auto options = folder_.options("narratives");
  options.stories = {"pieman"};
  options.parcellation = "aparc";
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options); }), {"dataset.parcellation needs the folder"}));
  options.parcellation = "";
  EXPECT_TRUE(read_dataset(options).surfaces.empty());
  options.surfaces = folder_ / "average";
  fs::create_directories(options.surfaces);
  write_surfaces(options.surfaces, 3);
  const auto dataset = read_dataset(options);
  std::vector<std::string> regions;
  for (const auto& place : dataset.places) regions.push_back(place.region);
  EXPECT_EQ(regions, (std::vector<std::string>{"", "front", "", "", "back", ""}));
  EXPECT_EQ(dataset.surfaces.right.regions, options.surfaces / "hemi-R_desc-patches_dseg.label.gii");
  write_surfaces(options.surfaces, 4);
  EXPECT_TRUE(
      contains(message_of([&] { read_dataset(options); }),
               {"average' has 4 vertices in hemisphere L, the targets 3", "average of FreeSurfer that is finer"}));
}

TEST_F(Narratives, what_does_not_fit_is_refused) {
  EXPECT_TRUE(contains(message_of([&] { read({"pieman", "piemanpni"}); }),
                       {"no subject heard all of pieman, piemanpni", "dataset.stories"}));
  auto options = folder_.options("narratives");
  options.derivative = "afni-smooth";
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options); }), {"afni-smooth", "dataset.derivative"}));
  options = folder_.options("narratives");
  options.space = "fsaverage5";
  EXPECT_TRUE(contains(message_of([&] { read_dataset(options); }), {"space-fsaverage5", "dataset.space"}));
  fs::remove(folder_ / "stimuli/gentle/pieman/align.csv");
  EXPECT_TRUE(contains(message_of([&] { read({"pieman"}); }), {"stories have no words", "pieman/align.csv"}));
  fs::remove(folder_ /
             "derivatives/afni-nosmooth/sub-003/func/"
             "sub-003_task-milkyway_space-fsaverage6_hemi-R_desc-clean.func.gii");
  EXPECT_TRUE(contains(message_of([&] { read({"milkywayoriginal"}); }), {"no story 'milkywayoriginal'"}));
}

}  // namespace
}  // namespace arcuate
