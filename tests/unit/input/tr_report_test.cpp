// Reports of scans: the volumes on the clock of the sound, missed triggers, and what is said of broken ones.
#include "input/tr_report.h"

#include <cmath>

#include "told_words.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

TrReport read(const std::string& text, double expected_tr = 2.0045) {
  return parse_tr_report(text, "s.report", {.expected_tr = expected_tr});
}

const std::string small =
    "0.5 init-trigger\n2.5 trigger\n4.5\ttrigger\r\n5 sound-start\n6.5 trigger\n7.25 word the\n8.5 trigger\n9 "
    "sound-stop\n";

TEST(TrReport, puts_volumes_on_the_clock_of_the_sound) {
  const auto report = read(small);
  EXPECT_EQ(report.volumes, (std::vector<double>{-4.5, -2.5, -0.5, 1.5, 3.5}));
  EXPECT_EQ(report.tr, 2);
  EXPECT_EQ(report.sound_end, 4);
  EXPECT_TRUE(report.filled.empty());
  ASSERT_EQ(report.labels.size(), 1u);
  EXPECT_EQ(report.labels[0].seconds, 2.25);
  EXPECT_EQ(report.labels[0].text, "word the");
  EXPECT_EQ(volume_centres(report), (std::vector<double>{-3.5, -1.5, 0.5, 2.5, 4.5}));
}

TEST(TrReport, knows_the_other_names_of_events) {
  const auto report = read("1 first TR\n2 START story\n3 trigger\n4 END\n");
  EXPECT_EQ(report.volumes, (std::vector<double>{-1, 1}));
  EXPECT_EQ(report.sound_end, 2);
  EXPECT_TRUE(std::isnan(read("0 trigger\n1 start\n2 trigger\n").sound_end));
}

// Every gap gets its volume in its own place, where code that inserts by the old numbers would misplace the second.
TEST(TrReport, fills_in_the_volumes_of_missed_triggers) {
  const std::string text =
      "0 sound-start\n0 trigger\n2 trigger\n4 trigger\n8 trigger\n10 trigger\n14 trigger\n16 trigger\n18 trigger\n";
  const auto report = read(text, 2.25);
  EXPECT_EQ(report.volumes, (std::vector<double>{0, 2, 4, 6.25, 8, 10, 12.25, 14, 16, 18}));
  EXPECT_EQ(report.filled, (std::vector<size_t>{3, 6}));
  EXPECT_EQ(report.tr, 2);
  EXPECT_EQ(read(text).volumes[3], 6.0045);
}

TEST(TrReport, tells_what_is_wrong) {
  test::expect_refused(
      {{"empty", "", "no line says when the sound began ('sound-start')"},
       {"no sound", "0 trigger\n2 trigger\n", "no line says when the sound began"},
       {"one volume", "0 sound-start\n0 trigger\n", "1 volumes (lines with 'trigger'); at least 2 were expected"},
       {"no number", "x trigger\n", "line 1: expected seconds, found 'x'"},
       {"n/a", "n/a trigger\n", "line 1: expected seconds, found 'n/a'"},
       {"not finite", "inf trigger\n", "line 1: expected seconds, found 'inf'"},
       {"NaN", "nan trigger\n", "line 1: expected seconds, found 'nan'"},
       {"no label", "1.5\n", "line 1: expected a label after the time 1.5"},
       {"backwards", "0 sound-start\n2 trigger\n1 trigger\n",
        "line 3: a volume at 1 follows one at 2 (line 2); times must rise"},
       {"twice", "0 sound-start\n2 trigger\n2 trigger\n", "line 3: a volume at 2 follows one at 2"},
       {"two sounds", "0 sound-start\n1 start\n2 trigger\n4 trigger\n",
        "line 2: 'start' after 'sound-start' on line 1"},
       {"ends early", "3 sound-start\n1 sound-stop\n2 trigger\n4 trigger\n",
        "the sound ends at 1, before it begins at 3"},
       {"expected beyond the next", "0 sound-start\n0 trigger\n0.5 trigger\n1 trigger\n1.5 trigger\n2.5 trigger\n",
        "a trigger is missing after 1.5 seconds, where 2.0045 more lead beyond the next volume"},
       {"UTF-16", std::string("0\0 \0", 4), "s.report: byte 1 is no text"},
       {"Latin-1", "0 \xE9", "s.report: byte 2 is no text"}},
      [](const std::string& bytes) { read(bytes); });
  EXPECT_TRUE(contains(message_of([] { read("x trigger\n1\n"); }), {"s.report: 4 problems", "line 1", "line 2"}));
}

}  // namespace
}  // namespace arcuate
