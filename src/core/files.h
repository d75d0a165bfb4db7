// Files: read whole, write atomically, map read-only.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace arcuate {

namespace fs = std::filesystem;

/// The bytes of a file. Errors: input, naming the path and the reason.
std::string read_file(const fs::path& path);

/// Writes through a temporary neighbour that is renamed at the end: the file is there whole or not at all.
/// `write` receives the temporary path. On any exception the temporary is removed.
void write_atomically(const fs::path& path, const std::function<void(const fs::path&)>& write);
void write_file(const fs::path& path, std::string_view bytes);

/// Creates the folder (with parents) and proves that it can be written to. Errors: input, with what to try.
void ensure_writable_folder(const fs::path& folder);

/// A file mapped read-only; empty files map to an empty view.
class MappedFile {
 public:
  explicit MappedFile(const fs::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile& operator=(MappedFile&&) = delete;
  std::string_view bytes() const { return {data_, size_}; }
  /// Copies bytes out, and gives the pages they lie in back piece by piece: a file larger than memory can be copied.
  /// The range must lie within bytes().
  void copy(size_t begin, size_t count, void* to) const;
  /// Gives the pages that a part of bytes() lies in back; they are read again when they are needed.
  void release(std::string_view part) const;

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace arcuate
