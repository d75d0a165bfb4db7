#include "core/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "core/error.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::TemporaryFolder;

std::vector<std::string> entries(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(ReadFile, gives_every_byte) {
  const TemporaryFolder folder;
  const std::string bytes("a\0b\r\n\xFF", 6);
  test::write_text(folder / "x", bytes);
  test::write_text(folder / "empty", "");
  EXPECT_EQ(read_file(folder / "x"), bytes);
  EXPECT_EQ(read_file(folder / "empty"), "");
}

TEST(ReadFile, says_why_a_file_cannot_be_read) {
  const TemporaryFolder folder;
  EXPECT_TRUE(contains(message_of([&] { read_file(folder / "gone"); }), {"gone", "No such file"}));
  EXPECT_TRUE(contains(message_of([&] { read_file(folder.path()); }), {"it is a folder"}));
  EXPECT_THROW(read_file(folder / "gone"), Error);
}

TEST(ReadFile, refuses_a_pipe_instead_of_taking_it_for_empty) {
  const TemporaryFolder folder;
  const auto pipe = folder / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::fstream other_end(pipe, std::ios::in | std::ios::out);  // without it, opening would wait
  EXPECT_TRUE(contains(message_of([&] { read_file(pipe); }), {"pipe", "a file was expected"}));
}

TEST(MappedFile, moves_its_view) {
  const TemporaryFolder folder;
  test::write_text(folder / "x", "abc");
  MappedFile first(folder / "x");
  const MappedFile second(std::move(first));
  EXPECT_EQ(second.bytes(), "abc");
}

TEST(MappedFile, reads_again_what_was_released) {
  const TemporaryFolder folder;
  std::string text(10000, 'a');
  text += std::string(10000, 'b');
  test::write_text(folder / "x", text);
  const MappedFile file(folder / "x");
  file.release(file.bytes().substr(5000, 9000));
  EXPECT_EQ(file.bytes(), text);
}

TEST(WriteFile, replaces_a_file_and_leaves_no_neighbour) {
  const TemporaryFolder folder;
  write_file(folder / "x", "old and longer");
  write_file(folder / "x", std::string_view("n\0w", 3));
  EXPECT_EQ(read_file(folder / "x"), std::string("n\0w", 3));
  EXPECT_EQ(entries(folder.path()), (std::vector<std::string>{"x"}));
}

TEST(WriteFile, tells_the_path_and_the_reason_of_a_failure) {
  const TemporaryFolder folder;
  EXPECT_TRUE(contains(message_of([&] { write_file(folder.path() / "gone" / "x", "1"); }),
                       {"cannot write", "gone/x", "No such file"}));
}

TEST(WriteAtomically, the_file_is_not_there_before_the_end) {
  const TemporaryFolder folder;
  const auto path = folder / "x";
  write_atomically(path, [&](const fs::path& temporary) {
    test::write_text(temporary, "new");
    EXPECT_FALSE(fs::exists(path));
    EXPECT_EQ(temporary.parent_path(), path.parent_path());  // a rename between file systems is a copy
  });
  EXPECT_EQ(read_file(path), "new");
}

TEST(WriteAtomically, an_exception_leaves_the_old_file_and_nothing_else) {
  const TemporaryFolder folder;
  write_file(folder / "x", "old");
  const auto half_write = [](const fs::path& temporary) {
    test::write_text(temporary, "ha");
    throw std::runtime_error("stopped");
  };
  EXPECT_EQ(message_of([&] { write_atomically(folder / "x", half_write); }), "stopped");
  EXPECT_EQ(message_of([&] { write_atomically(folder / "y", half_write); }), "stopped");
  EXPECT_EQ(read_file(folder / "x"), "old");
  EXPECT_EQ(entries(folder.path()), (std::vector<std::string>{"x"}));
}

TEST(WriteAtomically, a_folder_in_the_way_is_an_error_of_ours_and_leaves_nothing) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "x" / "inside");
  EXPECT_THROW(write_file(folder / "x", "1"), Error);
  EXPECT_TRUE(contains(message_of([&] { write_file(folder / "x", "1"); }), {"cannot write", "directory"}));
  EXPECT_EQ(entries(folder.path()), (std::vector<std::string>{"x"}));
}

TEST(EnsureWritableFolder, creates_parents_and_accepts_what_is_there) {
  const TemporaryFolder folder;
  const auto deep = folder.path() / "a" / "b";
  ensure_writable_folder(deep);
  EXPECT_TRUE(fs::is_directory(deep));
  EXPECT_NO_THROW(ensure_writable_folder(deep));
}

TEST(EnsureWritableFolder, refuses_a_file_and_what_lies_beneath_one) {
  const TemporaryFolder folder;
  test::write_text(folder / "file", "1");
  for (const auto& path : {folder / "file", folder.path() / "file" / "beneath"}) {
    EXPECT_THROW(ensure_writable_folder(path), Error);
    EXPECT_TRUE(contains(message_of([&] { ensure_writable_folder(path); }), {"file", "folder", "--output"}));
  }
  EXPECT_EQ(read_file(folder / "file"), "1");
}

// In a child that is not root, who may write everywhere.
[[noreturn]] void complain_without_permission(const fs::path& folder, const fs::path& wanted) {
  constexpr uid_t nobody = 65534;
  fs::permissions(folder, fs::perms(0555));
  if (geteuid() == 0 && setuid(nobody) != 0) std::_Exit(1);
  std::cerr << message_of([&] { ensure_writable_folder(wanted); });
  std::_Exit(0);
}

TEST(EnsureWritableFolderDeathTest, refuses_a_folder_without_permission) {
  GTEST_FLAG_SET(death_test_style, "fast");  // a child that began anew would leave a folder of its own behind
  const TemporaryFolder folder;
  const auto succeeded = testing::ExitedWithCode(0);
  EXPECT_EXIT(complain_without_permission(folder.path(), folder.path()), succeeded,
              "cannot write.*Permission.*--output");
  EXPECT_EXIT(complain_without_permission(folder.path(), folder / "new"), succeeded,
              "cannot create.*Permission.*--output");
  fs::permissions(folder.path(), fs::perms::owner_all);
}

}  // namespace
}  // namespace arcuate
