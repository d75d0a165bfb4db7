#include "core/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "core/error.h"

namespace arcuate {
namespace {

[[noreturn]] void fails(const std::filesystem::path& folder, const char* what) {
  fail(Fault::failed, "a scratch file in '{}' cannot be {}: {}", folder.string(), what, std::strerror(errno));
}

}  // namespace

ScratchFile::ScratchFile(const std::filesystem::path& folder) : folder_(folder) {
  std::error_code ignored;  // opening tells
  std::filesystem::create_directories(folder, ignored);
  auto name = (folder / ".scratch-XXXXXX").string();
  file_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (file_ < 0) fails(folder, "made");
  ::unlink(name.c_str());
}

ScratchFile::~ScratchFile() { ::close(file_); }

void ScratchFile::write(int64_t offset, const void* bytes, size_t count) {
  const auto* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const auto done = ::pwrite(file_, next, count, offset);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fails(folder_, "written");
    next += done;
    offset += done;
    count -= static_cast<size_t>(done);
  }
}

void ScratchFile::read(int64_t offset, void* bytes, size_t count) const {
  auto* next = static_cast<char*>(bytes);
  while (count > 0) {
    const auto done = ::pread(file_, next, count, offset);
    if (done < 0 && errno == EINTR) continue;
    if (done == 0) errno = EIO;  // there is less in it
    if (done <= 0) fails(folder_, "read");
    next += done;
    offset += done;
    count -= static_cast<size_t>(done);
  }
}

}  // namespace arcuate
