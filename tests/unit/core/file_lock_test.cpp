#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "core/error.h"
#include "core/file_lock.h"
#include "core/process.h"
#include "fixture.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

// Whether another process gets the lock.
bool is_free(const std::filesystem::path& path) {
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = FileLock::try_take(path, "child");
    _exit(lock ? 0 : 1);  // without the destructor: as a process that is killed
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST(FileLock, belongs_to_one_process_at_a_time) {
  const TemporaryFolder folder;
  const auto path = folder / "locks" / "a.lock";
  {
    const auto lock = FileLock::try_take(path, "me");
    ASSERT_TRUE(lock);
    EXPECT_EQ(FileLock::holder(path), "me");
    EXPECT_FALSE(is_free(path));
    EXPECT_TRUE(is_free(folder / "b.lock"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(is_free(path));
}

TEST(FileLock, of_a_process_that_died_is_free_though_the_file_is_there) {
  const TemporaryFolder folder;
  const auto path = folder / "a.lock";
  ASSERT_TRUE(is_free(path));
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(FileLock::try_take(path, "me"));
}

TEST(Process, tells_its_own_name_and_who_is_gone) {
  EXPECT_EQ(is_running(this_process()), true);
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(is_running(fmt::format("{}:{}", host_name(), child)), false);
  EXPECT_EQ(is_running("another-host:1"), std::nullopt);
  EXPECT_EQ(is_running("nonsense"), std::nullopt);
}
