#include "cmd/shipped_support.h"

#include <vector>

#include "core/error.h"

namespace arcuate {

fs::path find_shipped(const char* relative, const char* option) {
  std::error_code ignored;
  const auto program = fs::read_symlink("/proc/self/exe", ignored);
  std::vector<fs::path> roots;
  auto folder = program.parent_path();
  for (int level = 0; level < 3; ++level, folder = folder.parent_path()) {
    roots.push_back(folder);
    roots.push_back(folder / "share/arcuate");
  }
  roots.push_back(fs::current_path());
  for (const auto& root : roots)
    if (fs::exists(root / relative)) return root / relative;
  bad_usage("cannot find '{}' beside the program ('{}') or in the current folder; name your own with {}", relative,
            program.string(), option);
}

}  // namespace arcuate
