#include "core/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "core/error.h"

namespace arcuate {
namespace {

// Whether the path still names the open file: a former holder removes the file before it lets go.
bool is_same_file(int handle, const std::filesystem::path& path) {
  struct stat open_file{}, named{};
  return fstat(handle, &open_file) == 0 && stat(path.c_str(), &named) == 0 && open_file.st_ino == named.st_ino &&
         open_file.st_dev == named.st_dev;
}

void write_holder(int handle, const std::string& holder) {
  const bool written = ftruncate(handle, 0) == 0 && write(handle, holder.data(), holder.size()) >= 0;
  static_cast<void>(written);  // who holds a lock is told if it can be
}

}  // namespace

std::optional<FileLock> FileLock::try_take(const std::filesystem::path& path, const std::string& holder) {
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  while (true) {
    const int handle = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (handle < 0) fail(Fault::failed, "cannot make the lock '{}': {}", path.string(), std::strerror(errno));
    const bool locked = flock(handle, LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno == EWOULDBLOCK) {
      close(handle);
      return {};
    }
    FileLock lock(path, handle, locked);
    if (is_same_file(handle, path)) {
      write_holder(handle, holder);
      return lock;
    }
    lock.path_.clear();  // it guards nothing: once more
  }
}

std::string FileLock::holder(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::exchange(other.path_, {})), handle_(std::exchange(other.handle_, -1)), guards_(other.guards_) {}

FileLock::~FileLock() {
  if (handle_ < 0) return;
  if (!path_.empty()) unlink(path_.c_str());
  close(handle_);
}

}  // namespace arcuate
