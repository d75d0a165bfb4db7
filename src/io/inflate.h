// Within the io layer only: what deflate packed (zlib, gzip, zip), unpacked piece by piece.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace arcuate {

constexpr uint64_t most_expansion = 1032;  // of deflate: 258 bytes from two bits

enum class Wrapping { zlib_or_gzip, gzip, none };

class Inflater {
 public:
  explicit Inflater(Wrapping wrapping);
  ~Inflater();

  struct Step {
    size_t read = 0, written = 0;  ///< bytes
    bool ended = false;            ///< the packed data are at their end, and the checksum, if they have one, is right
  };
  /// Goes on until `packed` is used up or `room` bytes are written; a step without either needs more of them.
  /// Errors: input, without the name of the file.
  Step step(std::string_view packed, char* out, size_t room);
  /// From the beginning of other packed data.
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Exactly `size` bytes, the checksum and nothing more must come out of `packed`.
/// Errors: input, without the name of the file.
void unpack(std::string_view packed, Wrapping wrapping, char* out, uint64_t size);

}  // namespace arcuate
