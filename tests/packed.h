// Files as gzip packs them, for tests of what reads them.
#pragma once
#include <zlib.h>

#include <filesystem>
#include <string>

namespace arcuate::test {

inline void write_gzip(const std::filesystem::path& path, const std::string& text) {
  const auto file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
}

}  // namespace arcuate::test
