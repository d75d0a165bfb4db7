// Datasets of arrays: the numbers of their tables.
#include <ATen/ATen.h>

#include "brain/dataset.h"
#include "core/files.h"
#include "io/npy.h"
#include "support.h"

namespace arcuate {
namespace {

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
  for (const char* lead : {"-1", "n/a", "inf", "1e300"})
    EXPECT_TRUE(contains(message_of([&] { read_with("2", "1", lead); }), {"stories.tsv:2", "column 'lead' needs a whole number"}))
        << lead;
  for (const char* first : {"n/a", "-inf"})
    EXPECT_TRUE(contains(message_of([&] { read_with("2", first, "0"); }), {"stories.tsv:2", "first_volume"})) << first;
}

TEST(Arrays, an_empty_list_of_names_is_told) {
  EXPECT_TRUE(
      contains(message_of([] { chosen_names({}, {"a", "b"}, "subject"); }), {"list of subject names is empty"}));
}

}  // namespace
}  // namespace arcuate
