#include "study/study.h"

#include <cstdlib>
#include <sstream>

#include "core/files.h"
#include "core/text.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

constexpr const char* small = R"(
schema_version = 1
name = "small"
[dataset]
root = "data"
[[model]]
path = "models/m"
[[feature]]
kind = "word_rate"
)";

Study parse(const std::string& text, const std::vector<std::string>& settings = {}) {
  return parse_study(text, "s.toml", "/base", settings);
}
std::string error_of(const std::string& text, const std::vector<std::string>& settings = {}) {
  return message_of([&] { parse(text, settings); });
}

}  // namespace

TEST(Study, fills_in_defaults_names_and_paths) {
  const auto study = parse(small);
  EXPECT_EQ(study.models.at(0).name, "m");
  EXPECT_EQ(study.models.at(0).path, "/base/models/m");
  EXPECT_EQ(study.dataset.root, "/base/data");
  EXPECT_EQ(study.align.delays, (std::vector<int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(study.encode.ridge.penalties.size(), 13u);
  EXPECT_EQ(study.min_shift(), 14);
}

TEST(Study, places_and_maps_are_written_as_they_were_read) {
  const auto usual = parse(small);
  EXPECT_EQ(usual.dataset.region_distance, 4);
  EXPECT_EQ(usual.maps.depths, (std::vector<double>{0.5}));
  const auto study = parse(small, {"dataset.surfaces=fsaverage", "dataset.parcellation=aparc.a2009s",
                                   "dataset.region_distance=2.5", "maps.depths=[0, 1]", "maps.pycortex=true"});
  EXPECT_EQ(study.dataset.surfaces, "/base/fsaverage");
  const auto again = parse(resolved_toml(study));
  EXPECT_EQ(again.dataset.surfaces, study.dataset.surfaces);
  EXPECT_EQ(again.dataset.parcellation, "aparc.a2009s");
  EXPECT_EQ(again.dataset.region_distance, 2.5);
  EXPECT_EQ(again.maps.depths, (std::vector<double>{0, 1}));
  EXPECT_TRUE(again.maps.pycortex);
  EXPECT_EQ(resolved_toml(again), resolved_toml(study));
}

TEST(Study, a_decoder_has_a_window_and_a_language) {
  const auto with = [](const std::string& keys) {
    return std::string(small) + "[[model]]\nname='n'\npath='p'\n" + keys;
  };
  const auto usual = parse(with("")).models.at(1), decoder = parse(with("part='decoder'")).models.at(1);
  EXPECT_EQ(usual.part, ModelPart::main);
  EXPECT_EQ(usual.sound_window, 16.1);
  EXPECT_EQ(decoder.part, ModelPart::decoder);
  EXPECT_EQ(decoder.sound_window, 30);
  EXPECT_EQ(decoder.language, "en");
  const auto study = parse(with("part='decoder'\nlanguage='de'\nsound_window=2.5\npooling='mean'"));
  const auto again = parse(resolved_toml(study));
  EXPECT_EQ(again.models.at(1).part, ModelPart::decoder);
  EXPECT_EQ(again.models.at(1).language, "de");
  EXPECT_EQ(again.models.at(1).sound_window, 2.5);
  EXPECT_EQ(resolved_toml(again), resolved_toml(study));
  EXPECT_TRUE(contains(error_of(with("part='head'")), {"'model.part'", "line 13", "main, decoder"}));
  EXPECT_TRUE(contains(error_of(with("language='de'")), {"'model.language'", "line 13", "part = \"decoder\""}));
  EXPECT_TRUE(contains(error_of(with("part='decoder'\nsound_stride=1\ncontext={words=3}\nuntokenized='previous'\n"
                                     "start_token='never'")),
                       {"4 problems", "line 14: 'model.sound_stride' is not", "line 15: 'model.context'",
                        "line 16: ", "'model.untokenized'", "'model.start_token'", "the words of its sound_window"}));
}

TEST(Study, reads_every_kind_of_context) {
  const auto with = [](const std::string& context) {
    return parse(std::string(small) + "[[model]]\nname='n'\npath='p'\ncontext=" + context).models.at(1).context;
  };
  EXPECT_EQ(context_text(with("{ words = 41 }")), "41");
  EXPECT_EQ(context_text(with("{ grow_to = 512, keep = 256 }")), "grow:512:256");
  EXPECT_EQ(context_text(with("'full'")), "full");
  EXPECT_EQ(context_text(with("{ centred = 21 }")), "centred:21");
  EXPECT_TRUE(
      contains(error_of(std::string(small) + "[[model]]\nname='n'\npath='p'\ncontext='some'"), {"model.context"}));
  EXPECT_TRUE(contains(error_of(std::string(small) + "[[model]]\nname='n'\npath='p'\ncontext={grow_to=5,keep=9}"),
                       {"keep not larger"}));
}

TEST(Study, names_all_unknown_keys_with_their_lines_and_the_nearest_known_key) {
  const auto message = error_of(
      "name = 'x'\n[dataset]\nrooot = 'd'\n[[feature]]\nkind = 'word_rate'\n[encode]\nfold = 3\npenalty = 1\n");
  EXPECT_TRUE(contains(message, {"4 problems", "line 3: unknown key 'dataset.rooot'; did you mean 'root'?",
                                 "line 7: unknown key 'encode.fold'; did you mean 'folds'?",
                                 "line 8: unknown key 'encode.penalty'", "'dataset.root' is missing"}));
}

TEST(Study, values_of_the_wrong_kind_are_named) {
  EXPECT_TRUE(contains(error_of(small, {"encode.gap=wide"}), {"'encode.gap' must be a whole number"}));
  EXPECT_TRUE(contains(error_of(small, {"encode.select=best"}), {"'encode.select' must be one of mse, r2, r"}));
  EXPECT_TRUE(contains(error_of(small, {"encode.folds=1"}), {"encode.folds"}));
  EXPECT_TRUE(contains(error_of(small, {"encode.inner=loo"}), {"'encode.inner': 'loo' is wrong for recordings"}));
  EXPECT_TRUE(contains(error_of(small, {"score.cc_floor=0"}), {"'score.cc_floor' must be a positive number"}));
  EXPECT_TRUE(contains(error_of(small, {"align.trim=[1]"}), {"align.trim"}));
  EXPECT_TRUE(contains(error_of(small, {"dataset.region_distance=0"}), {"'dataset.region_distance' must be", "50"}));
  EXPECT_TRUE(contains(error_of(small, {"maps.depths=[0.5, 2]"}), {"'maps.depths' must be", "1 (pial surface)"}));
  EXPECT_TRUE(contains(error_of(small, {"controls.spaces=['word-rate']"}),
                       {"'word-rate', which is no [[feature]]; did you mean 'word_rate'?"}));
  EXPECT_TRUE(contains(error_of("name = [", {}), {"not valid TOML", "line 1"}));
  EXPECT_TRUE(contains(error_of(small, {"encode"}), {"key.path=value expected"}));
}

TEST(Study, settings_win_over_the_file) {
  const auto study = parse(small, {"encode.folds=story", "encode.gap=7", "model.0.name=other", "align.delays=[2,3]",
                                   "permutation.min_shift=20"});
  EXPECT_EQ(study.encode.folds, "story");
  EXPECT_EQ(study.encode.gap, 7);
  EXPECT_EQ(study.models.at(0).name, "other");
  EXPECT_EQ(study.align.delays, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(study.min_shift(), 20);
}

TEST(Study, paths_may_name_environment_variables) {
  setenv("ARCUATE_TEST_FOLDER", "/elsewhere", 1);
  EXPECT_EQ(parse(small, {"dataset.root=${ARCUATE_TEST_FOLDER}/alice"}).dataset.root, "/elsewhere/alice");
  EXPECT_EQ(parse(small, {"dataset.root=${ARCUATE_NOT_SET_ANYWHERE:-near}/alice"}).dataset.root, "/base/near/alice");
  EXPECT_TRUE(contains(error_of(small, {"dataset.root=${ARCUATE_NOT_SET_ANYWHERE}/alice"}),
                       {"ARCUATE_NOT_SET_ANYWHERE is not set"}));
}

TEST(Study, what_an_environment_variable_holds_stands_for_itself) {
  setenv("ARCUATE_TEST_FOLDER", "/${ARCUATE_TEST_FOLDER}", 1);  // would be replaced for ever
  EXPECT_EQ(parse(small, {"dataset.root=${ARCUATE_TEST_FOLDER}/a"}).dataset.root, "/${ARCUATE_TEST_FOLDER}/a");
}

TEST(Study, numbers_that_would_overflow_are_named) {
  EXPECT_TRUE(contains(error_of(small, {"encode.gap=9223372036854775807", "align.lobes=4294967299"}),
                       {"'encode.gap' must be a whole number of at most 1000000000", "'align.lobes'"}));
  EXPECT_TRUE(contains(error_of(small, {"align.delays=[1, -9223372036854775808]"}), {"align.delays", "100000 TRs"}));
  EXPECT_TRUE(contains(error_of(small, {"align.highpass=nan", "align.offset=-inf"}),
                       {"'align.highpass' must be a finite number", "'align.offset'"}));
  EXPECT_TRUE(contains(error_of(small, {"align.highpass=-5"}), {"'align.highpass' must be 0"}));
  EXPECT_EQ(parse(small, {"seed=9223372036854775807"}).seed, 9223372036854775807u);
}

TEST(Study, cleaning_is_described_and_resolved) {
  const auto study = parse(small, {"clean.drop=auto", "clean.smooth=6.5", "clean.detrend=savgol:90",
                                   "clean.confounds=['motion24','acompcor:5']"});
  const auto& clean = study.dataset.clean;
  EXPECT_EQ(clean.drop, drop_unsteady);
  EXPECT_EQ(clean.smooth, 6.5);
  EXPECT_EQ(clean.detrend.window, 90);
  EXPECT_EQ(clean.confounds, (std::vector<std::string>{"motion24", "acompcor:5"}));
  const auto text = resolved_toml(study);
  EXPECT_TRUE(contains(text, {"drop = 'auto'", "smooth = 6.5", "detrend = 'savgol:90:2'", "'motion24'"}));
  EXPECT_EQ(resolved_toml(parse_study(text, "resolved", "", {})), text);
  EXPECT_EQ(parse(small, {"clean.drop=4"}).dataset.clean.drop, 4);
  EXPECT_TRUE(
      contains(error_of(small, {"clean.drop=-1", "clean.smooth=-2", "clean.detrend=spline"}),
               {"'clean.drop' must be a number of volumes or \"auto\", found '-1'",
                "'clean.smooth' must be 0 (none) to 100 mm", "'clean.detrend': 'spline' is no way to detrend"}));
  EXPECT_TRUE(contains(error_of(std::string(small) + "\n[clean]\ndetrend = 'spline'\nsmooth = -1\n", {}),
                       {": 'clean.detrend': 'spline' is", ": 'clean.smooth' must be", "line "}));
  EXPECT_TRUE(
      contains(error_of(small, {"clean.drop=some", "clean.drops=1"}), {"found 'some'", "unknown key 'clean.drops'"}));
}

TEST(Study, regions_are_described_and_resolved) {
  const auto study =
      parse(small, {"dataset.atlas=['l.annot','r.annot']", "dataset.regions=['STG','L:IFG']", "dataset.split=250",
                    "dataset.split_axis=z", "dataset.average=region", "dataset.mask=m.nii"});
  const auto& atlas = study.dataset.atlas;
  EXPECT_EQ(atlas.files, (std::vector<std::filesystem::path>{"/base/l.annot", "/base/r.annot"}));
  EXPECT_EQ(atlas.regions, (std::vector<std::string>{"STG", "L:IFG"}));
  EXPECT_EQ(atlas.split, 250);
  EXPECT_EQ(atlas.axis, 2);
  EXPECT_EQ(atlas.average, TargetMean::region);
  EXPECT_EQ(study.dataset.mask, std::vector<std::filesystem::path>{"/base/m.nii"});
  const auto text = resolved_toml(study);
  EXPECT_TRUE(contains(
      text, {"atlas = [ 'l.annot', 'r.annot' ]", "split_axis = 'z'", "average = 'region'", "mask = [ 'm.nii' ]"}));
  EXPECT_EQ(resolved_toml(parse_study(text, "resolved", "", {})), text);
  EXPECT_TRUE(contains(error_of(small, {"dataset.split=-1", "dataset.average=all", "dataset.split_axis=w"}),
                       {"'dataset.split'", "'dataset.average' must be one of none, region", "'dataset.split_axis'"}));
}

TEST(Study, the_resolved_file_says_the_same_again) {
  const auto study = parse(small, {"encode.select=r", "align.highpass=0", "precision=f64", "model.0.context={words=9}",
                                   "model.0.untrained_seeds=[1,2]"});
  const auto text = resolved_toml(study);
  EXPECT_EQ(resolved_toml(parse_study(text, "resolved", "", {})), text);
  EXPECT_TRUE(
      contains(text, {"select = 'r'", "f64", "words = 9", "root = 'data'"}));  // as written, not where it was found
}

TEST(Study, every_key_is_on_its_documentation_page) {
  const auto page = read_file(test::source_path("../docs/studies.md"));
  const auto text =
      resolved_toml(parse(std::string(small) + "[[model]]\nname='n'\npath='p'\ncontext={grow_to=9,keep=3}"));
  std::istringstream lines(text);
  int keys = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto equal = line.find(" = ");
    if (equal == line.npos) continue;
    const auto key = std::string(trim(line.substr(0, equal)));
    EXPECT_NE(page.find("`" + key + "`"), page.npos) << key;
    ++keys;
  }
  EXPECT_GT(keys, 35);
}

TEST(Study, two_spaces_of_one_name_are_refused) {
  EXPECT_TRUE(
      contains(error_of(std::string(small) + "[[model]]\nname='word_rate'\npath='p'\n"), {"called 'word_rate'"}));
}

TEST(Study, numbers_out_of_range_name_their_key_and_line) {
  const auto message =
      error_of(std::string(small) +
               "width = 0\n[align]\nlobes = 0\ncutoff = 0\ndelays = [1000000]\n[encode]\ngap = -1\n"
               "inner_folds = 1\n[controls]\nscales = [0]\n[permutation]\ncount = 0\nmin_shift = -1\n");
  EXPECT_TRUE(contains(message, {"9 problems", "line 10: 'feature.width' must be", "line 12: 'align.lobes' must be",
                                 "line 13: 'align.cutoff' must be", "line 14: 'align.delays' holds 1000000",
                                 "line 16: 'encode.gap' must be", "line 17: 'encode.inner_folds' must be",
                                 "line 19: 'controls.scales' must be", "line 21: 'permutation.count' must be",
                                 "line 22: 'permutation.min_shift' must be"}))
      << message;
}
