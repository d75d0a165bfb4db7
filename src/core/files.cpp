#include "core/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "core/error.h"

namespace arcuate {

std::string read_file(const fs::path& path) {
  const MappedFile file(path);
  return std::string(file.bytes());
}

void write_atomically(const fs::path& path, const std::function<void(const fs::path&)>& write) {
  fs::path temporary = path;
  temporary += fmt::format(".{}.tmp", getpid());
  try {
    write(temporary);
    std::error_code code;
    fs::rename(temporary, path, code);
    if (code) fail(Fault::failed, "cannot write '{}': {}", path.string(), code.message());
  } catch (...) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
}

void write_file(const fs::path& path, std::string_view bytes) {
  write_atomically(path, [&](const fs::path& temporary) {
    std::ofstream file(temporary, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) fail(Fault::failed, "cannot write '{}': {}", path.string(), std::strerror(errno));
  });
}

void ensure_writable_folder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code)
    bad_input("cannot create the folder '{}': {}. Choose another with --output", folder.string(), code.message());
  if (!fs::is_directory(folder)) bad_input("'{}' is not a folder. Choose another with --output", folder.string());
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    bad_input("cannot write to the folder '{}': {}. Choose another with --output", folder.string(),
              std::strerror(errno));
}

MappedFile::MappedFile(const fs::path& path) {
  const int handle = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0) bad_input("cannot read '{}': {}", path.string(), std::strerror(errno));
  struct stat info{};
  if (fstat(handle, &info) != 0 || !S_ISREG(info.st_mode)) {  // a pipe has no size: it would pass for an empty file
    close(handle);
    bad_input("cannot read '{}': it is a {}, a file was expected", path.string(),
              S_ISDIR(info.st_mode) ? "folder" : "pipe or a device");
  }
  size_ = static_cast<size_t>(info.st_size);
  if (size_ > 0) {
    void* address = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, handle, 0);
    if (address == MAP_FAILED) {
      close(handle);
      bad_input("cannot map '{}': {}", path.string(), std::strerror(errno));
    }
    data_ = static_cast<const char*>(address);
  }
  close(handle);
}

MappedFile::~MappedFile() {
  if (data_) munmap(const_cast<char*>(data_), size_);
}

void MappedFile::copy(size_t begin, size_t count, void* to) const {
  constexpr size_t piece = size_t{8} << 20;
  for (size_t done = 0; done < count; done += piece) {
    const size_t first = begin + done, size = std::min(piece, count - done);
    std::memcpy(static_cast<char*>(to) + done, data_ + first, size);
    release({data_ + first, size});
  }
}

void MappedFile::release(std::string_view part) const {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), begin = static_cast<size_t>(part.data() - data_);
  const size_t first_page = begin / page * page;  // a page shared with a neighbour is simply read again
  madvise(const_cast<char*>(data_) + first_page, begin + part.size() - first_page, MADV_DONTNEED);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

}  // namespace arcuate
