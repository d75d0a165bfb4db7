// Features from files: the values of the words, or an error that names the file.
#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "io/npy.h"
#include "study/feature_kinds.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

// Three words and a feature of the kind "file" in a folder of its own.
struct FileFeature {
  TemporaryFolder folder{};
  FeatureEntry entry{.name = "own", .kind = "file", .path = folder.path()};
  Stimulus stimulus{.name = "tale"};
  TimedStory story{.stimulus = &stimulus, .words = {"a", "b", "c"}};

  at::Tensor values() const { return feature_values({.id = "own", .name = "own", .feature = &entry}, story, 0).values; }
  std::string message() const {
    return message_of([&] { values(); });
  }
  void write(const at::Tensor& values) const { write_npy(folder / "tale.npy", values); }
};

}  // namespace

TEST(FileFeature, values_are_those_of_the_file) {
  const FileFeature feature;
  const auto values = at::arange(6, at::kFloat).reshape({3, 2});
  feature.write(values);
  EXPECT_EQ(feature.values().scalar_type(), at::kDouble);
  EXPECT_TRUE(at::equal(feature.values(), values.to(at::kDouble)));
}

TEST(FileFeature, refuses_what_are_no_features_of_the_words) {
  const FileFeature feature;
  EXPECT_TRUE(contains(feature.message(), {"tale.npy"})) << "absent";
  feature.write(at::ones({4, 2}, at::kDouble));
  EXPECT_TRUE(contains(feature.message(), {"tale.npy", "4 x 2", "3 words"}));
  feature.write(at::ones({3}, at::kDouble));
  EXPECT_TRUE(contains(feature.message(), {"tale.npy", "3 words"}));
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    auto values = at::ones({3, 2}, at::kDouble);
    values[1][1] = bad;
    feature.write(values);
    EXPECT_TRUE(contains(feature.message(), {"tale.npy", "not finite"}));
  }
}
