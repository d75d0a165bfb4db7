// Within the io layer only: the bytes of a file from first to last, unpacked where gzip packed it. A piece is in memory
// at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/files.h"
#include "io/inflate.h"

namespace arcuate {

class ByteStream {
 public:
  /// gzip is known by its first bytes; several packed pieces in a row are one. Errors: input.
  explicit ByteStream(const fs::path& path);
  const std::string& source() const { return source_; }
  bool packed() const { return inflater_ != nullptr; }
  /// More than this cannot come: what a file announces is held against it before memory is asked for.
  uint64_t most_bytes() const { return packed() ? file_.bytes().size() * most_expansion : file_.bytes().size(); }
  /// The next bytes; fewer than `count` are the last. Errors: input, for packed data that are damaged or cut short.
  uint64_t read(void* to, uint64_t count);
  /// Passes over bytes; fewer than `count` were the last.
  uint64_t skip(uint64_t count);

 private:
  void fill();
  void begin_next_piece();

  std::string source_;
  MappedFile file_;
  uint64_t at_ = 0;  // of file_: copied so far
  std::unique_ptr<Inflater> inflater_{};
  std::string buffer_{};
  std::string_view pending_{};  // of buffer_: still packed
  bool ended_ = false;
};

}  // namespace arcuate
