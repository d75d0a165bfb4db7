#include "io/inflate.h"

#include <zlib.h>

#include <algorithm>

#include "core/error.h"

namespace arcuate {
namespace {

constexpr size_t most_at_once = 1 << 30;  // zlib counts in 32 bits

int window_bits(Wrapping wrapping) {
  constexpr int largest = 15;
  switch (wrapping) {
    case Wrapping::zlib_or_gzip:
      return largest + 32;
    case Wrapping::gzip:
      return largest + 16;
    default:
      return -largest;
  }
}

}  // namespace

struct Inflater::State {
  z_stream stream{};
};

Inflater::Inflater(Wrapping wrapping) : state_(std::make_unique<State>()) {
  if (inflateInit2(&state_->stream, window_bits(wrapping)) != Z_OK)
    fail(Fault::failed, "zlib cannot start: out of memory?");
}

Inflater::~Inflater() { inflateEnd(&state_->stream); }

void Inflater::reset() { inflateReset(&state_->stream); }

Inflater::Step Inflater::step(std::string_view packed, char* out, size_t room) {
  z_stream& stream = state_->stream;
  const auto input = static_cast<uInt>(std::min(packed.size(), most_at_once));
  const auto output = static_cast<uInt>(std::min(room, most_at_once));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = input;
  stream.next_out = reinterpret_cast<Bytef*>(out);
  stream.avail_out = output;
  const int status = inflate(&stream, Z_NO_FLUSH);
  if (status == Z_MEM_ERROR) fail(Fault::failed, "zlib cannot go on: out of memory?");
  if (status != Z_OK && status != Z_BUF_ERROR && status != Z_STREAM_END)
    bad_input("its compressed data are damaged ({})", stream.msg ? stream.msg : "zlib");
  return {input - stream.avail_in, output - stream.avail_out, status == Z_STREAM_END};
}

void unpack(std::string_view packed, Wrapping wrapping, char* out, uint64_t size) {
  Inflater inflater(wrapping);
  uint64_t written = 0;
  char surplus = 0;
  for (bool ended = false; !ended && written <= size;) {
    const bool full = written == size;
    const auto step = inflater.step(packed, full ? &surplus : out + written, full ? 1 : size - written);
    if (!step.ended && step.read == 0 && step.written == 0) bad_input("its compressed data are cut short");
    packed.remove_prefix(step.read);
    written += step.written;
    ended = step.ended;
  }
  if (written > size) bad_input("its shape needs {} bytes of data, more were compressed", size);
  if (written < size) bad_input("its shape needs {} bytes of data, {} found", size, written);
  if (!packed.empty()) bad_input("{} bytes follow its compressed data", packed.size());
}

}  // namespace arcuate
