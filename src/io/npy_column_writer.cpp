#include "io/npy_column_writer.h"

#include <ATen/ATen.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "io/npy_header.h"

namespace arcuate {

namespace fs = std::filesystem;

NpyColumnWriter::NpyColumnWriter(const fs::path& path, int64_t rows, int64_t columns)
    : path_(path), temporary_(path.string() + fmt::format(".{}.tmp", getpid())), rows_(rows), columns_(columns) {
  const auto header = npy::header_bytes(at::kFloat, {rows, columns}, path.string());
  start_ = static_cast<int64_t>(header.size());
  file_ = open(temporary_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (file_ < 0) fail(Fault::failed, "cannot write '{}': {}", path.string(), std::strerror(errno));
  put(0, header.data(), header.size());
}

NpyColumnWriter::~NpyColumnWriter() {
  if (file_ >= 0) close(file_);
  std::error_code ignored;
  fs::remove(temporary_, ignored);  // gone already when finish() renamed it
}

void NpyColumnWriter::put(int64_t offset, const void* bytes, size_t count) const {
  const auto* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const auto written = pwrite(file_, next, count, offset);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(Fault::failed, "cannot write '{}': {}", path_.string(), std::strerror(errno));
    next += written;
    offset += written;
    count -= static_cast<size_t>(written);
  }
}

void NpyColumnWriter::write(int64_t first, const at::Tensor& values) {
  constexpr int64_t item = sizeof(float);
  const auto whole = values.contiguous();
  const auto* row = whole.data_ptr<float>();
  for (int64_t t = 0; t < rows_; ++t, row += whole.size(1))
    put(start_ + (t * columns_ + first) * item, row, static_cast<size_t>(whole.size(1) * item));
}

void NpyColumnWriter::finish() {
  const int file = std::exchange(file_, -1);
  std::error_code code;
  if (close(file) != 0) fail(Fault::failed, "cannot write '{}': {}", path_.string(), std::strerror(errno));
  fs::rename(temporary_, path_, code);
  if (code) fail(Fault::failed, "cannot write '{}': {}", path_.string(), code.message());
}

}  // namespace arcuate
