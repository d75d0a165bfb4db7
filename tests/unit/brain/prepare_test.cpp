// What is done to recordings before anybody takes them: dropped volumes, smoothing, confounds.
#include "brain/prepare.h"

#include "brain/smooth.h"
#include "brain/surface.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "fixture.h"
#include "io/npy.h"
#include "unit/brain/same_surfaces.h"

namespace arcuate {
namespace {

using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;
using test::write_same_surfaces;

constexpr int64_t volumes = 8;

// Two subjects of two targets, each with a table of confounds; the second one's scanner needed longer to settle.
class Prepared : public testing::Test {
 protected:
  Prepared() {
    write_file(folder_ / "stories.tsv", "story\twords\ttr\tfirst_volume\tlead\nx\twords.tsv\t2\t1\t3\n");
    write_file(folder_ / "recordings.tsv",
               "subject\tstory\tresponses\tconfounds\na\tx\ta.npy\ta.tsv\nb\tx\tb.npy\tb.tsv\n");
    for (const std::string subject : {"a", "b"}) {
      write_npy(folder_ / (subject + ".npy"), responses(subject));
      std::string text = "csf\tnon_steady_state_outlier00\n";
      for (int64_t t = 0; t < volumes; ++t)
        text += fmt::format("{}\t{}\n", t * t, t == (subject == "a" ? 0 : 2) ? 1 : 0);
      write_file(folder_ / (subject + ".tsv"), text);
    }
    options.root = folder_.path();
  }
  static at::Tensor responses(const std::string& subject) { return random_normals(volumes, 2, subject == "a" ? 1 : 2); }
  std::string message() const {
    return message_of([&] { read_dataset(options); });
  }

  test::TemporaryFolder folder_;
  DatasetOptions options{};
};

TEST_F(Prepared, dropped_volumes_were_heard_all_the_same) {
  options.clean.drop = 2;
  const auto dataset = read_dataset(options);
  EXPECT_EQ(dataset.stories[0].lead, 5);
  EXPECT_EQ(dataset.stories[0].volumes, 6);
  EXPECT_TRUE(at::equal(dataset.recordings[1].responses, responses("b").slice(0, 2)));
  EXPECT_TRUE(at::equal(dataset.recordings[1].read(), responses("b").slice(0, 2)));
  ASSERT_EQ(dataset.notes.size(), 1U);
  EXPECT_TRUE(contains(dataset.notes[0], {"story x: the first 2 volumes"}));
}

TEST_F(Prepared, as_many_are_dropped_as_the_slowest_scan_needed) {
  options.clean.drop = drop_unsteady;
  EXPECT_EQ(read_dataset(options).stories[0].volumes, 5);
}

TEST_F(Prepared, confounds_are_cut_as_the_responses_are) {
  options.clean.drop = 3;
  options.clean.confounds = {"csf"};
  const auto dataset = read_dataset(options);
  const auto expected = at::tensor({9.0, 16.0, 25.0, 36.0, 49.0}, at::kDouble).unsqueeze(1);
  for (const auto& recording : dataset.recordings) EXPECT_TRUE(at::equal(recording.confounds, expected));
  EXPECT_EQ(dataset.inputs.back(), folder_ / "b.tsv");
  options.clean = {};
  EXPECT_FALSE(read_dataset(options).recordings[0].confounds.defined());
}

TEST_F(Prepared, recordings_that_are_not_kept_are_prepared_when_they_are_read) {
  options.clean.drop = 2;
  options.kept_bytes = volumes * 2 * 8;  // one of them
  const auto dataset = read_dataset(options);
  EXPECT_TRUE(dataset.recordings[0].responses.defined());
  EXPECT_EQ(dataset.kept_bytes, 6 * 2 * 8);
  EXPECT_FALSE(dataset.recordings[1].responses.defined());
  EXPECT_TRUE(at::equal(dataset.recordings[1].read(), responses("b").slice(0, 2)));
}

TEST_F(Prepared, what_is_missing_is_told) {
  options.clean.drop = volumes;
  EXPECT_TRUE(contains(message(), {"clean.drop: 8 volumes", "story x, which has 8"}));
  options.clean = {.smooth = 5};
  EXPECT_TRUE(contains(message(), {"clean.smooth needs targets that are voxels of a grid, or vertices"}));
  options.clean = {.confounds = {"cfs"}};
  EXPECT_TRUE(contains(message(), {"no column or strategy 'cfs'; did you mean 'csf'"}));
  write_file(folder_ / "b.tsv", "csf\n1\n2\n");
  options.clean = {.confounds = {"csf"}};
  EXPECT_TRUE(contains(message(), {"b.tsv' has 2 rows, its recording has 8 volumes"}));
  write_file(folder_ / "recordings.tsv",
             "subject\tstory\tresponses\tconfounds\na\tx\ta.npy\tn/a\nb\tx\tb.npy\tb.tsv\n");
  EXPECT_TRUE(contains(message(), {"clean.confounds needs", "subject a, story x: recordings.tsv has no column"}));
  options.clean = {.drop = drop_unsteady};
  EXPECT_TRUE(contains(message(), {"clean.drop = \"auto\" needs", "subject a"}));
  options.clean = {};
  EXPECT_EQ(message(), "");
}

TEST_F(Prepared, vertices_are_smoothed_on_their_own_hemisphere) {
  const Fixture reference("cleaning/cleaning.safetensors");
  const Mesh mesh{.points = reference["surface.points"], .triangles = reference["surface.triangles"]};
  const auto used = reference["surface.used"];
  const int64_t targets = used.numel();
  write_same_surfaces(folder_ / "surfaces", mesh);
  std::string table = "target\themisphere\tvertex\n";
  for (const char* side : {"R", "L"})
    for (int64_t v = 0; v < targets; ++v) table += fmt::format("{0}{1}\t{0}\t{1}\n", side, used[v].item<int64_t>());
  write_file(folder_ / "targets.tsv", table);
  write_file(folder_ / "recordings.tsv", "subject\tstory\tresponses\na\tx\ta.npy\n");
  const auto left = reference["surface.series"];
  write_npy(folder_ / "a.npy", at::cat({left * 3, left}, 1));
  options.clean.smooth = 6;
  const auto dataset = read_dataset(options);
  const auto expected = reference["surface.fwhm6"];
  EXPECT_LT(largest_difference(dataset.recordings[0].responses, at::cat({expected * 3, expected}, 1)), 1e-12);
}

}  // namespace
}  // namespace arcuate
