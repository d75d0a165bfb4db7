#include "core/file_stamps.h"
#include "core/files.h"
#include "fixture.h"

using namespace arcuate;
using namespace arcuate::test;

TEST(FileStamps, tell_which_files_changed) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "many");
  write_file(folder / "one", "1");
  write_file(folder / "many" / "two", "2");
  write_file(folder / "many" / "three", "3");
  const FileStamps stamps({folder / "one", folder / "many"});
  EXPECT_NO_THROW(stamps.check_unchanged());
  write_file(folder / "many" / "two", "22");
  std::filesystem::remove(folder / "one");
  const auto message = message_of([&] { stamps.check_unchanged(); });
  EXPECT_TRUE(contains(message, {"many/two'", "one'"}));
  EXPECT_EQ(message.find("three"), std::string::npos);
}
