// Files as gzip packs them, for tests of what reads them.
#pragma once
#include <zlib.h>

#include <filesystem>
#include <string>

#include "core/files.h"
#include "support.h"

namespace arcuate::test {

inline void write_gzip(const std::filesystem::path& path, const std::string& text) {
  const auto file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
}

/// The bytes of such a file.
inline std::string gzip(const std::string& text) {
  const TemporaryFolder folder;
  write_gzip(folder / "packed", text);
  return read_file(folder / "packed");
}

}  // namespace arcuate::test
