// What every unit test may use: the test data, the repository's own files, a temporary folder, message checks.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

namespace arcuate::test {

namespace fs = std::filesystem;

/// tests/… in the source tree (fixtures are under tests/data and tests/reference).
fs::path source_path(const std::string& relative);

/// A path inside the shared test data (ARCUATE_TEST_DATA, default ../shared/data beside the repository), or empty.
/// Use through ARCUATE_DATA_OR_SKIP, which fails under CI=true and skips by name elsewhere.
fs::path data_path(const std::string& relative);
bool under_ci();

/// A fresh folder, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

void write_text(const fs::path& path, const std::string& text);

/// The message of the exception that `action` throws; "" if it throws none.
std::string message_of(const std::function<void()>& action);

/// Succeeds if `text` contains every one of `parts`.
testing::AssertionResult contains(const std::string& text, std::initializer_list<const char*> parts);

}  // namespace arcuate::test

#define ARCUATE_DATA_OR_SKIP(variable, relative)                                    \
  const auto variable = arcuate::test::data_path(relative);                         \
  if (variable.empty()) {                                                           \
    if (arcuate::test::under_ci()) FAIL() << "test data absent: " << relative;      \
    GTEST_SKIP() << "needs test data '" << relative << "' (set ARCUATE_TEST_DATA)"; \
  }
