// Datasets of arrays: the numbers of their tables, what a recording may be, and which columns take part.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "brain/dataset.h"
#include "brain/surface.h"
#include "core/files.h"
#include "io/npy.h"
#include "support.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::message_of;
using test::TemporaryFolder;

Dataset read_with(const std::string& tr, const std::string& first_volume, const std::string& lead) {
  const TemporaryFolder folder;
  write_npy(folder / "a.npy", at::arange(6, at::kDouble).reshape({3, 2}));
  write_file(folder / "stories.tsv",
             "story\twords\ttr\tfirst_volume\tlead\nx\twords.tsv\t" + tr + "\t" + first_volume + "\t" + lead + "\n");
  write_file(folder / "recordings.tsv", "subject\tstory\tresponses\ns\tx\ta.npy\n");
  DatasetOptions options;
  options.root = folder.path();
  return read_dataset(options);
}

// A dataset of one story "x" in a folder of its own.
class Written {
 public:
  Written() { write_file(folder_ / "stories.tsv", "story\twords\ttr\tfirst_volume\nx\twords.tsv\t2\t1\n"); }

  fs::path operator/(const std::string& name) const { return folder_ / name; }
  void recordings(const std::string& columns, const std::string& rows) const {
    write_file(folder_ / "recordings.tsv", columns + "\n" + rows);
  }
  void targets(const std::string& text) const { write_file(folder_ / "targets.tsv", text); }
  DatasetOptions options() const {
    DatasetOptions options;
    options.root = folder_.path();
    return options;
  }
  Dataset read() const { return read_dataset(options()); }
  std::string message() const {
    return message_of([&] { read(); });
  }

 private:
  TemporaryFolder folder_;
};

// Volumes x targets, no two numbers the same; exact in float32.
at::Tensor series(int64_t targets, double first) {
  return at::arange(3 * targets, at::kDouble).reshape({3, targets}) + first;
}

void write_side(const fs::path& path, const at::Tensor& values, Hemisphere hemisphere) {
  write_vertex_values(path, values.to(at::kFloat), {"1", "2", "3"}, hemisphere, "NIFTI_INTENT_TIME_SERIES");
}

// Three vertices on the left, two on the right; the right one is named first.
void write_both_sides(const Written& dataset) {
  write_side(dataset / "left.func.gii", series(3, 100), Hemisphere::left);
  write_side(dataset / "right.func.gii", series(2, 500), Hemisphere::right);
  dataset.recordings("subject\tstory\themisphere\tresponses", "s\tx\tR\tright.func.gii\ns\tx\tL\tleft.func.gii\n");
}

TEST(Arrays, reads_the_times_of_a_story) {
  const auto dataset = read_with("1.5", "-0.75", "10");
  EXPECT_EQ(dataset.stories.at(0).tr, 1.5);
  EXPECT_EQ(dataset.stories.at(0).first_volume, -0.75);
  EXPECT_EQ(dataset.stories.at(0).lead, 10);
  EXPECT_EQ(dataset.stories.at(0).volumes, 3);
}

TEST(Arrays, refuses_times_that_are_none) {
  for (const char* tr : {"0", "-2", "n/a", "inf"})
    EXPECT_TRUE(contains(message_of([&] { read_with(tr, "1", "0"); }), {"stories.tsv:2", "tr must be positive"})) << tr;
  for (const char* lead : {"-1", "1.5", "n/a", "inf", "1e300"})
    EXPECT_TRUE(contains(message_of([&] { read_with("2", "1", lead); }), {"stories.tsv:2", "'lead'", "whole number"}))
        << lead;
  for (const char* first : {"n/a", "-inf"})
    EXPECT_TRUE(contains(message_of([&] { read_with("2", first, "0"); }), {"stories.tsv:2", "first_volume"})) << first;
}

TEST(Arrays, an_empty_list_of_names_is_told) {
  EXPECT_TRUE(
      contains(message_of([] { chosen_names({}, {"a", "b"}, "subject"); }), {"list of subject names is empty"}));
}

TEST(Arrays, npy_without_a_list_of_targets_is_taken_as_it_is) {
  const Written dataset;
  write_npy(dataset / "a.npy", series(2, 0).to(at::kFloat));
  dataset.recordings("subject\tstory\tresponses", "s\tx\ta.npy\n");
  const auto read = dataset.read();
  EXPECT_EQ(read.targets, (std::vector<std::string>{"target0", "target1"}));
  EXPECT_TRUE(read.places.empty());
  EXPECT_TRUE(read.surfaces.empty());
  EXPECT_FALSE(read.simulated);
  ASSERT_EQ(read.recordings.size(), 1u);
  EXPECT_EQ(read.recordings[0].repeat, 0);
  EXPECT_EQ(read.recordings[0].responses.scalar_type(), at::kDouble);
  EXPECT_TRUE(at::equal(read.recordings[0].responses, series(2, 0)));
}

TEST(Arrays, recordings_that_are_not_kept_are_read_again) {
  const Written dataset;
  write_both_sides(dataset);
  auto options = dataset.options();
  options.kept_bytes = 8;
  auto read = read_dataset(options);
  EXPECT_FALSE(read.recordings.at(0).responses.defined());
  EXPECT_TRUE(at::equal(take_responses(read.recordings[0]), at::cat({series(3, 100), series(2, 500)}, 1)));
  EXPECT_TRUE(read.recordings[0].read);  // and again
}

TEST(Arrays, recordings_are_the_same_for_any_number_of_threads) {
  const Written dataset;
  std::string rows;
  for (int r = 0; r < 7; ++r) {
    write_npy(dataset / fmt::format("{}.npy", r), series(2, 10 * r));
    rows += fmt::format("s\tx\t{}\t{}.npy\n", r, r);
  }
  dataset.recordings("subject\tstory\trepeat\tresponses", rows);
  for (const int threads : {1, 2, 16})
    for (const int64_t kept : {INT64_MAX, int64_t{100}, int64_t{0}}) {  // all of them, two, none
      auto options = dataset.options();
      options.threads = threads;
      options.kept_bytes = kept;
      auto read = read_dataset(options);
      ASSERT_EQ(read.recordings.size(), 7u);
      for (int r = 0; r < 7; ++r) {
        auto& recording = read.recordings[static_cast<size_t>(r)];
        EXPECT_EQ(recording.repeat, r);
        EXPECT_EQ(recording.responses.defined(), 3 * 2 * 8 * (r + 1) <= kept) << r;
        EXPECT_TRUE(at::equal(take_responses(recording), series(2, 10 * r))) << threads << " threads, " << r;
      }
    }
}

TEST(Arrays, hemispheres_lie_side_by_side_left_first) {
  const Written dataset;
  write_both_sides(dataset);
  const auto read = dataset.read();
  ASSERT_EQ(read.recordings.size(), 1u);
  EXPECT_TRUE(at::equal(read.recordings[0].responses, at::cat({series(3, 100), series(2, 500)}, 1)));
  EXPECT_EQ(read.stories[0].volumes, 3);
}

TEST(Arrays, targets_say_where_columns_lie_and_which_are_left_out) {
  const Written dataset;
  write_both_sides(dataset);
  dataset.targets(
      "target\themisphere\tvertex\tregion\tuse\n"
      "L0\tL\t0\tauditory\t1\nL1\tL\t1\t\t0\nL2\tL\t2\t\t1\nR0\tR\t0\tauditory\t0\nR1\tR\t1\tvisual\t1\n");
  const auto read = dataset.read();
  EXPECT_EQ(read.targets, (std::vector<std::string>{"L0", "L2", "R1"}));
  const auto all = at::cat({series(3, 100), series(2, 500)}, 1);
  EXPECT_TRUE(
      at::equal(read.recordings.at(0).responses, at::stack({all.select(1, 0), all.select(1, 2), all.select(1, 4)}, 1)));
  ASSERT_EQ(read.places.size(), 3u);
  const auto place = [&](size_t i) {
    return std::tuple(read.places[i].hemisphere, read.places[i].vertex, read.places[i].region);
  };
  EXPECT_EQ(place(0), std::tuple("L", 0, "auditory"));
  EXPECT_EQ(place(1), std::tuple("L", 2, ""));
  EXPECT_EQ(place(2), std::tuple("R", 1, "visual"));
}

TEST(Arrays, repeats_are_kept_apart_and_in_order) {
  const Written dataset;
  write_npy(dataset / "first.npy", series(2, 0));
  write_npy(dataset / "second.npy", series(2, 50));
  dataset.recordings("subject\tstory\trepeat\tresponses", "s\tx\t2\tsecond.npy\ns\tx\t1\tfirst.npy\n");
  const auto read = dataset.read();
  ASSERT_EQ(read.recordings.size(), 2u);
  EXPECT_EQ(read.recordings[0].repeat, 1);
  EXPECT_TRUE(at::equal(read.recordings[0].responses, series(2, 0)));
  EXPECT_EQ(read.recordings[1].repeat, 2);
  EXPECT_TRUE(at::equal(read.recordings[1].responses, series(2, 50)));
}

TEST(Arrays, every_file_that_tells_something_is_an_input) {
  const Written dataset;
  write_both_sides(dataset);
  dataset.targets("target\na\nb\nc\nd\ne\n");
  write_file(dataset / "dataset_description.json", "{}");
  fs::create_directory(dataset / "surfaces");
  write_file(dataset / "surfaces/hemi-L_inflated.surf.gii", "");
  const auto inputs = dataset.read().inputs;
  for (const char* name : {"stories.tsv", "recordings.tsv", "targets.tsv", "left.func.gii", "right.func.gii",
                           "words.tsv", "dataset_description.json", "surfaces"})
    EXPECT_EQ(std::count(inputs.begin(), inputs.end(), dataset / name), 1) << name;
}

TEST(Arrays, says_that_data_are_simulated_and_where_surfaces_are) {
  const Written dataset;
  write_both_sides(dataset);
  write_file(dataset / "dataset_description.json", "{\"Simulated\": true}");
  fs::create_directory(dataset / "surfaces");
  write_file(dataset / "surfaces/hemi-L_inflated.surf.gii", "");
  const auto read = dataset.read();
  EXPECT_TRUE(read.simulated);
  EXPECT_EQ(read.surfaces.left.inflated, dataset / "surfaces/hemi-L_inflated.surf.gii");
}

TEST(Arrays, a_second_recording_needs_a_repeat) {
  const Written dataset;
  write_npy(dataset / "a.npy", series(2, 0));
  dataset.recordings("subject\tstory\tresponses", "s\tx\ta.npy\ns\tx\ta.npy\ns\tx\ta.npy\n");
  const auto message = dataset.message();
  EXPECT_TRUE(contains(message, {"recordings.tsv:3", "recordings.tsv:4", "subject s and story x", "column 'repeat'"}));
  write_both_sides(dataset);
  dataset.recordings("subject\tstory\themisphere\tresponses",
                     "s\tx\tR\tright.func.gii\ns\tx\tL\tleft.func.gii\ns\tx\tR\tright.func.gii\n");
  EXPECT_TRUE(contains(dataset.message(), {"recordings.tsv:4", "hemisphere R", "column 'repeat'"}));
}

TEST(Arrays, refuses_an_unknown_hemisphere) {
  const Written dataset;
  write_both_sides(dataset);
  dataset.targets("target\themisphere\tvertex\nL0\tL\t0\nL1\tleft\t1\nL2\tL\t2\nR0\tR\t0\nR1\tR\t1\n");
  EXPECT_TRUE(contains(dataset.message(), {"targets.tsv:3", "L or R", "'left'"}));
}

TEST(Arrays, refuses_an_unknown_hemisphere_of_a_recording) {
  const Written dataset;
  write_both_sides(dataset);
  dataset.recordings("subject\tstory\themisphere\tresponses", "s\tx\tR\tright.func.gii\ns\tx\tleft\tleft.func.gii\n");
  EXPECT_TRUE(contains(dataset.message(), {"recordings.tsv:3", "L or R", "'left'"}));
}

TEST(Arrays, refuses_numbers_that_are_not_whole) {
  const Written dataset;
  write_npy(dataset / "a.npy", series(1, 0));
  dataset.recordings("subject\tstory\tresponses", "s\tx\ta.npy\n");
  for (const char* vertex : {"1.5", "-1", "n/a", "", "1e3", "99999999999999999999"}) {
    dataset.targets(std::string("target\themisphere\tvertex\na\tL\t") + vertex + "\n");
    EXPECT_TRUE(contains(dataset.message(), {"targets.tsv:2", "'vertex'", "whole number", vertex})) << vertex;
  }
  dataset.targets("target\tuse\na\tyes\n");
  EXPECT_TRUE(contains(dataset.message(), {"targets.tsv:2", "'use'", "'yes'"}));
  dataset.targets("target\na\n");
  dataset.recordings("subject\tstory\trepeat\tresponses", "s\tx\tsecond\ta.npy\n");
  EXPECT_TRUE(contains(dataset.message(), {"recordings.tsv:2", "'repeat'", "'second'"}));
}

TEST(Arrays, refuses_the_wrong_number_of_columns) {
  const Written dataset;
  write_both_sides(dataset);
  dataset.targets("target\na\nb\nc\nd\n");
  EXPECT_TRUE(contains(dataset.message(), {"left.func.gii", "5 columns", "4 targets expected"}));
}

TEST(Arrays, refuses_hemispheres_of_different_length) {
  const Written dataset;
  write_both_sides(dataset);
  write_vertex_values(dataset / "right.func.gii", at::ones({2, 2}, at::kFloat), {"1", "2"}, Hemisphere::right,
                      "NIFTI_INTENT_TIME_SERIES");
  EXPECT_TRUE(contains(dataset.message(), {"right.func.gii", "3 volumes"}));
}

TEST(Arrays, refuses_other_kinds_of_files) {
  const Written dataset;
  write_file(dataset / "a.nii", "");
  dataset.recordings("subject\tstory\tresponses", "s\tx\ta.nii\n");
  EXPECT_TRUE(contains(dataset.message(), {"a.nii", ".npy", ".gii"}));
}

TEST(Arrays, refuses_to_leave_out_everything) {
  const Written dataset;
  write_npy(dataset / "a.npy", series(1, 0));
  dataset.recordings("subject\tstory\tresponses", "s\tx\ta.npy\n");
  dataset.targets("target\tuse\na\t0\n");
  EXPECT_TRUE(contains(dataset.message(), {"targets.tsv", "no target"}));
}

}  // namespace
}  // namespace arcuate
