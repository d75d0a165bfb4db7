#include "core/scratch_file.h"

#include <string>

#include "core/error.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using test::contains;
using test::message_of;
using test::TemporaryFolder;

TEST(ScratchFile, gives_back_what_was_written_and_leaves_no_name) {
  const TemporaryFolder folder;
  ScratchFile file(folder / "made/here");
  const std::string late = "late", early = "early";
  file.write(5, late.data(), late.size());
  file.write(0, early.data(), early.size());
  std::string all(9, ' ');
  file.read(0, all.data(), all.size());
  EXPECT_EQ(all, "earlylate");
  EXPECT_TRUE(std::filesystem::is_empty(folder / "made/here"));
}

TEST(ScratchFile, says_what_went_wrong) {
  const TemporaryFolder folder;
  ScratchFile file(folder.path());
  char byte = 0;
  EXPECT_TRUE(contains(message_of([&] { file.read(0, &byte, 1); }), {folder.path().c_str(), "cannot be read"}));
  EXPECT_TRUE(contains(message_of([] { ScratchFile("/proc/none"); }), {"'/proc/none'", "cannot be made"}));
}
