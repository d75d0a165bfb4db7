// Feature spaces without a model: what each kind gives along a story, and where.
#include "study/feature_kinds.h"

#include <ATen/ATen.h>

#include "support.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

// A story of three words on a clock that the recording joins two seconds late, one of them moved by the study's offset.
struct Scene {
  TemporaryFolder folder{};
  Stimulus stimulus{.name = "tale",
                    .words = folder / "tale.TextGrid",
                    .sound = source_path("reference/sound/mono.flac"),
                    .sound_start = 2};
  TimedStory story{.stimulus = &stimulus, .words = {"The", "cat", "zzz"}, .times = {1, 2, 3}, .offset = 0.5};
  FeatureEntry entry{.name = "own"};

  FeatureSpace space() const { return {.id = "own", .name = "own", .seed = 1, .feature = &entry}; }
  TimedValues values(const std::string& kind) {
    entry.kind = kind;
    const auto made = feature_values(space(), story, 0);
    EXPECT_EQ(made.values.size(0), std::ssize(made.times)) << kind;
    EXPECT_EQ(made.values.size(1), feature_kind(kind).width(space(), story)) << kind;
    return made;
  }
  std::string refusal(const std::string& kind) {
    return message_of([&] { values(kind); });
  }
};

constexpr const char* grid = R"(File type = "ooTextFile"
Object class = "TextGrid"
0
4
<exists>
2
"IntervalTier"
"phone"
0
4
3
0
1
"DH"
1
3
"AH0"
3
4
"sp"
"IntervalTier"
"word"
0
4
1
0
4
"the"
)";

}  // namespace

TEST(FeatureKinds, words_and_random_numbers_stand_at_the_words) {
  Scene scene;
  EXPECT_EQ(scene.values("word_rate").times, scene.story.times);
  EXPECT_TRUE(at::equal(scene.values("word_rate").values, at::ones({3, 1}, at::kDouble)));
  EXPECT_EQ(scene.values("random").values.size(1), 64);
}

TEST(FeatureKinds, sound_stands_on_the_clock_of_the_words) {
  Scene scene;
  scene.entry.step = 0.05;
  const auto envelope = scene.values("envelope"), power = scene.values("sound_power");
  EXPECT_DOUBLE_EQ(envelope.times.front(), 2 + 0.5 + 0.025);
  EXPECT_TRUE(at::allclose(power.values, 20 * envelope.values.clamp_min(1e-6).log10(), 1e-6, 1e-6));
  scene.entry.width = 12;
  const auto mel = scene.values("mel_spectrogram");
  EXPECT_DOUBLE_EQ(mel.times.front(), 2.5);
  EXPECT_EQ(mel.values.size(1), 12);
  scene.entry.step = 0.1;
  EXPECT_LT(scene.values("mel_spectrogram").values.size(0), mel.values.size(0));
}

TEST(FeatureKinds, word_vectors_are_looked_up_as_written_then_in_lower_case) {
  Scene scene;
  scene.entry.path = scene.folder / "vectors.txt";
  write_text(scene.entry.path, "the 1 2\ncat 3 4\nCat 5 6\n");
  const auto values = scene.values("word_vectors").values;
  EXPECT_TRUE(at::equal(values, at::tensor({1.0, 2.0, 3.0, 4.0, 0.0, 0.0}, at::kDouble).view({3, 2})));
  write_text(scene.entry.path, "dog 1 2\n");
  EXPECT_TRUE(contains(scene.refusal("word_vectors"), {"vectors.txt", "no word of the story 'tale'"}));
}

TEST(FeatureKinds, phones_stand_at_their_middle) {
  Scene scene;
  write_text(scene.stimulus.words, grid);
  EXPECT_EQ(scene.values("phoneme_rate").times, (std::vector<double>{1, 2.5}));
  scene.entry.tier = "word";
  EXPECT_EQ(scene.values("phoneme_rate").times, (std::vector<double>{2.5}));
  scene.entry.tier = "syllable";
  EXPECT_TRUE(contains(scene.refusal("phoneme_rate"), {"syllable"}));
  scene.stimulus.words = "tale.tsv";
  EXPECT_TRUE(contains(scene.refusal("phoneme_rate"), {"'tale' has no tier of phones", "tale.tsv"}));
}

TEST(FeatureKinds, a_story_without_a_recording_cannot_be_heard) {
  Scene scene;
  scene.stimulus.sound.clear();
  for (const char* kind : {"envelope", "sound_power", "mel_spectrogram"})
    EXPECT_TRUE(contains(scene.refusal(kind), {"no recording of the story 'tale'", "column 'sound'"})) << kind;
  EXPECT_TRUE(contains(scene.refusal("loudness"), {"'loudness'", "known: word_rate, random", "mel_spectrogram"}));
}
