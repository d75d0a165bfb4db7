#include "io/byte_stream.h"

#include <algorithm>

#include "core/error.h"

namespace arcuate {
namespace {

constexpr uint64_t piece_bytes = 1 << 18;

}  // namespace

ByteStream::ByteStream(const fs::path& path) : source_(path.string()), file_(path) {
  if (file_.bytes().starts_with("\x1F\x8B")) inflater_ = std::make_unique<Inflater>(Wrapping::gzip);
}

void ByteStream::fill() {
  buffer_.resize(std::min(piece_bytes, file_.bytes().size() - at_));
  file_.copy(at_, buffer_.size(), buffer_.data());
  at_ += buffer_.size();
  pending_ = buffer_;
}

void ByteStream::begin_next_piece() {
  if (pending_.empty()) fill();
  ended_ = pending_.empty();
  if (ended_) return;
  if (pending_[0] != '\x1F')
    bad_input("'{}': {} bytes follow its compressed data", source_, pending_.size() + file_.bytes().size() - at_);
  inflater_->reset();
}

uint64_t ByteStream::read(void* to, uint64_t count) {
  auto* const out = static_cast<char*>(to);
  uint64_t done = 0;
  if (!packed()) {
    done = std::min(count, file_.bytes().size() - at_);
    file_.copy(at_, done, out);
    at_ += done;
    return done;
  }
  while (done < count && !ended_) {
    if (pending_.empty()) fill();
    const auto step =
        within(fmt::format("'{}'", source_), [&] { return inflater_->step(pending_, out + done, count - done); });
    pending_.remove_prefix(step.read);
    done += step.written;
    if (step.ended)
      begin_next_piece();
    else if (step.written == 0 && pending_.empty() && at_ == file_.bytes().size())
      bad_input("'{}' is truncated: its compressed data are cut short", source_);
  }
  return done;
}

uint64_t ByteStream::skip(uint64_t count) {
  std::string sink(std::min(count, piece_bytes), '\0');
  uint64_t done = 0;
  while (done < count) {
    const uint64_t wanted = std::min<uint64_t>(count - done, sink.size()), found = read(sink.data(), wanted);
    done += found;
    if (found < wanted) break;
  }
  return done;
}

}  // namespace arcuate
