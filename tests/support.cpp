#include "support.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "core/blas.h"
#include "core/parallel.h"

namespace arcuate::test {

fs::path source_path(const std::string& relative) { return fs::path(ARCUATE_SOURCE_DIR) / "tests" / relative; }

fs::path data_path(const std::string& relative) {
  const char* root = std::getenv("ARCUATE_TEST_DATA");
  const fs::path path = (root ? fs::path(root) : fs::path(ARCUATE_SOURCE_DIR) / ".." / "shared" / "data") / relative;
  return fs::exists(path) ? path : fs::path();
}

bool under_ci() {
  const char* ci = std::getenv("CI");
  return ci && std::string(ci) == "true";
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "arcuate-test-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_text(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

testing::AssertionResult contains(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* part : parts)
    if (text.find(part) == std::string::npos)
      return testing::AssertionFailure() << "'" << part << "' is not in: " << text;
  return testing::AssertionSuccess();
}

}  // namespace arcuate::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  arcuate::use_single_threaded_kernels();
  arcuate::use_fitting_blas_kernel();
  return RUN_ALL_TESTS();
}
