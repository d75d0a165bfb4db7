#include "io/npy_columns.h"

#include <ATen/ATen.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "io/npy_header.h"

namespace arcuate {

std::unique_ptr<const NpyColumns> NpyColumns::open(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto header = npy::read_header(file.bytes(), path.string());
  const auto item = npy::item_of(header.descr, path.string());
  npy::item_count(header, file.bytes().size() - header.data_start, item.size, path.string());
  const bool direct = header.shape.size() == 2 && !header.fortran && header.descr[0] != '>' &&
                      (item.type == at::kFloat || item.type == at::kDouble);
  if (!direct) return nullptr;
  std::unique_ptr<NpyColumns> columns(new NpyColumns);
  columns->path_ = path;
  columns->data_start_ = static_cast<int64_t>(header.data_start);
  columns->rows_ = header.shape[0];
  columns->columns_ = header.shape[1];
  columns->type_ = item.type;
  columns->file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (columns->file_ < 0) bad_input("cannot read '{}': {}", path.string(), std::strerror(errno));
  columns->opened_ = columns->state();
  return columns;
}

NpyColumns::~NpyColumns() {
  if (file_ >= 0) close(file_);
}

NpyColumns::State NpyColumns::state() const {
  struct stat info{};
  if (fstat(file_, &info) != 0) bad_input("cannot read '{}': {}", path_.string(), std::strerror(errno));
  return {.size = info.st_size, .seconds = info.st_mtim.tv_sec, .nanoseconds = info.st_mtim.tv_nsec};
}

void NpyColumns::has_changed() const {
  bad_input("'{}' changed while it was used: a run reads its arrays several times; leave them alone and start again",
            path_.string());
}

void NpyColumns::read(int64_t begin, int64_t end, at::Tensor rows) const {
  const auto item = static_cast<int64_t>(at::elementSize(type_));
  const bool whole = begin == 0 && end == columns_ && rows.is_contiguous();
  const int64_t runs = whole ? 1 : rows_, bytes = (whole ? rows_ : 1) * (end - begin) * item;
  for (int64_t run = 0; run < runs; ++run) {
    auto* to = static_cast<char*>(rows.data_ptr()) + run * rows.stride(0) * item;
    const int64_t from = data_start_ + (run * columns_ + begin) * item;
    for (int64_t done = 0; done < bytes;) {
      const auto count = pread(file_, to + done, static_cast<size_t>(bytes - done), from + done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) bad_input("cannot read '{}': {}", path_.string(), std::strerror(errno));
      if (count == 0) has_changed();
      done += count;
    }
  }
  if (state() != opened_) has_changed();
}

}  // namespace arcuate
