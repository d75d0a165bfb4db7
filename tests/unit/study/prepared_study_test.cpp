// A study before anything is computed: what its units depend on.
#include "study/prepared_study.h"
#include "core/hash.h"
#include "fixture.h"
#include "io/npy.h"
#include "study/unit_store.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

// Two subjects with some targets who heard one story.
void write_study(const fs::path& folder, const std::string& tail = "", int64_t targets = 3) {
  std::string words = "onset\toffset\tword\n";
  for (int i = 0; i < 300; ++i) words += fmt::format("{:.2f}\t{:.2f}\tword{}\n", 0.4 * i, 0.4 * i + 0.2, i % 7);
  write_text(folder / "words.tsv", words);
  write_text(folder / "stories.tsv", "story\twords\ttr\tfirst_volume\nsmall\twords.tsv\t2\t1\n");
  write_text(folder / "recordings.tsv", "subject\tstory\tresponses\na\tsmall\ta.npy\nb\tsmall\tb.npy\n");
  for (const char* subject : {"a", "b"})
    write_npy(folder / (std::string(subject) + ".npy"),
              at::arange(60 * targets, at::kDouble).view({60, targets}).sin() + (*subject == 'a'));
  write_text(
      folder / "study.toml",
      "name='small'\n[dataset]\nroot='.'\n[[feature]]\nkind='word_rate'\n[[feature]]\nname='again'\nkind='word_rate'\n"
      "[encode]\nfolds=3\ninner_folds=3\ngap=2\n" +
          tail);
}

}  // namespace

TEST(PreparedStudy, units_of_another_device_are_others) {
  const TemporaryFolder folder;
  write_study(folder.path());
  const auto study = read_study(folder / "study.toml", {});
  const PreparedStudy here(study, folder / "out"), there(study, folder / "out", {.device = c10::DeviceType::CUDA});
  ASSERT_EQ(here.graph.units().size(), there.graph.units().size());
  for (const auto& unit : here.graph.units()) EXPECT_NE(unit.key, there.graph.at(unit.id).key) << unit.id;
}

TEST(PreparedStudy, an_analysis_depends_on_where_targets_lie) {
  const auto key_of = [](const std::string& targets) {
    const TemporaryFolder folder;
    write_study(folder.path(), "[[analysis]]\nkind='stack'\nspaces=['word_rate','again']\nregions=['one']\n");
    write_text(folder / "targets.tsv", "target\n" + targets);
    const PreparedStudy prepared(read_study(folder / "study.toml", {}), folder / "out");
    return prepared.graph.at("stack/weights").key;
  };
  EXPECT_EQ(key_of("one\ntwo\nthree\n"), key_of("one\ntwo\nthree\n"));
  EXPECT_NE(key_of("one\ntwo\nthree\n"), key_of("two\none\nthree\n"));
}

TEST(PreparedStudy, holds_responses_once_and_no_recordings) {
  const TemporaryFolder folder;
  write_study(folder.path());
  const PreparedStudy prepared(read_study(folder / "study.toml", {}), folder / "out");
  EXPECT_EQ(prepared.responses.matrix.rows(), 60);
  EXPECT_EQ(prepared.responses.matrix.targets(), 9);  // and the mean subject
  for (const auto& recording : prepared.dataset.recordings) EXPECT_FALSE(recording.responses.defined());
}

// SHA-256 of every unit's output, made in order.
std::vector<std::string> hashes_of_outputs(const PreparedStudy& prepared) {
  std::vector<std::string> hashes;
  for (const auto& unit : prepared.graph.units()) {
    make_units({&unit}, {.threads = 2});
    hashes.push_back(sha256_file(unit.output));
  }
  return hashes;
}

TEST(PreparedStudy, however_many_columns_are_encoded_at_once_results_have_the_same_bytes) {
  const TemporaryFolder folder;
  write_study(folder.path(), "[controls]\nspaces=['word_rate']\n[permutation]\ncount=20\n", 1300);
  const auto at_once = [&](const std::string& columns) {
    const PreparedStudy prepared(read_study(folder / "study.toml", {"encode.columns=" + columns}), folder / columns);
    return std::pair(prepared.plan.columns, hashes_of_outputs(prepared));
  };
  const auto all = at_once("4000"), few = at_once("2000");
  EXPECT_EQ(all.first, 3840);  // of 3 x 1300
  EXPECT_EQ(few.first, 1920);
  EXPECT_EQ(all.second, few.second);
}

TEST(PreparedStudy, with_little_memory_few_columns_are_encoded_at_once) {
  const TemporaryFolder folder;
  write_study(folder.path(), "", 1300);
  const auto study = read_study(folder / "study.toml", {});
  EXPECT_EQ(PreparedStudy(study, folder / "out", {.memory = 1}).plan.columns, 1920);
  EXPECT_EQ(PreparedStudy(study, folder / "out").plan.columns, 5760);
}

// A quarter of nothing is kept: recordings are read twice, and responses are in a scratch file.
TEST(PreparedStudy, with_little_memory_responses_are_the_same_and_not_in_it) {
  const TemporaryFolder folder;
  write_study(folder.path());
  const auto study = read_study(folder / "study.toml", {});
  const PreparedStudy here(study, folder / "out"), there(study, folder / "out", {.memory = 1});
  EXPECT_TRUE(here.responses.matrix.in_memory());
  EXPECT_FALSE(there.responses.matrix.in_memory());
  EXPECT_FALSE(fs::exists(folder / "out"));
  EXPECT_TRUE(at::equal(here.responses.matrix.whole(), there.responses.matrix.whole()));
  EXPECT_TRUE(at::equal(at::nan_to_num(here.responses.ceiling), at::nan_to_num(there.responses.ceiling)));
  for (const auto& unit : here.graph.units()) EXPECT_EQ(unit.key, there.graph.at(unit.id).key) << unit.id;
}

TEST(PreparedStudy, with_little_memory_results_have_the_same_bytes) {
  const TemporaryFolder folder;
  write_study(folder.path(), "[[analysis]]\nkind='stack'\nspaces=['word_rate','again']\n");
  const auto study = read_study(folder / "study.toml", {});
  const auto here = hashes_of_outputs(PreparedStudy(study, folder / "here"));
  EXPECT_EQ(here.size(), 3u);
  EXPECT_EQ(here, hashes_of_outputs(PreparedStudy(study, folder / "there", {.memory = 1})));
}
