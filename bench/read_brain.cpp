// Reads one file of brain data, as arcuate does or as a bare pass over its bytes that keeps nothing, and tells what
// that took: one line of JSON with CPU and clock seconds, peak memory above the start and bytes that are kept.
//
// usage: read_brain volumes|masked|surface|dense FILE [--mask FILE] [--save FILE.npy]
//        read_brain inflate|inflate-arrays|copy FILE
#include <ATen/ATen.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "io/base64.h"
#include "io/cifti.h"
#include "io/gifti_series.h"
#include "io/nifti.h"
#include "io/npy.h"

namespace arcuate {
namespace {

constexpr size_t piece_bytes = 1 << 18;

// Measuring

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// "VmRSS", "VmHWM": memory that is held, and the most that was; mapped files are part of both.
int64_t memory(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return 1024 * std::strtoll(line.c_str() + name.size() + 1, nullptr, 10);
  fail(Fault::failed, "/proc/self/status does not tell {}", name);
}

void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

class Stopwatch {
 public:
  Stopwatch() {
    forget_peak();
    memory_ = memory("VmRSS");
    wall_ = std::chrono::steady_clock::now();
    cpu_ = cpu_seconds();
  }
  std::string tell(int64_t kept) const {
    const double cpu = cpu_seconds() - cpu_;
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_;
    return fmt::format(R"({{"cpu": {:.6f}, "wall": {:.6f}, "peak": {}, "kept": {}}})", cpu, wall.count(),
                       memory("VmHWM") - memory_, kept);
  }

 private:
  int64_t memory_ = 0;
  std::chrono::steady_clock::time_point wall_{};
  double cpu_ = 0;
};

// Bare passes

class Inflation {
 public:
  Inflation() {
    constexpr int zlib_or_gzip = 15 + 32;
    if (inflateInit2(&stream_, zlib_or_gzip) != Z_OK) fail(Fault::failed, "zlib cannot start");
  }
  ~Inflation() { inflateEnd(&stream_); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  void pass(std::string_view packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    while (stream_.avail_in > 0 && !ended_) {
      stream_.next_out = out_.data();
      stream_.avail_out = static_cast<uInt>(out_.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END) fail(Fault::failed, "zlib: {}", status);
      ended_ = status == Z_STREAM_END;
    }
  }
  void restart() {
    inflateReset(&stream_);
    ended_ = false;
  }

 private:
  z_stream stream_{};
  std::vector<Bytef> out_ = std::vector<Bytef>(piece_bytes);
  bool ended_ = false;
};

template <class F>
void for_pieces_of(const char* path, F&& body) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) bad_input("cannot read '{}'", path);
  std::vector<char> piece(piece_bytes);
  for (ssize_t count = 0; (count = read(file, piece.data(), piece.size())) > 0;)
    body(std::string_view(piece.data(), static_cast<size_t>(count)));
  close(file);
}

std::string inflate_file(const char* path) {
  const Stopwatch watch;
  Inflation inflation;
  for_pieces_of(path, [&](std::string_view piece) { inflation.pass(piece); });
  return watch.tell(0);
}

// What is between <Data> and </Data> has been unpacked from Base64 before the stopwatch starts.
std::string inflate_arrays(const char* path) {
  const MappedFile file(path);
  std::vector<std::string> arrays;
  constexpr std::string_view opening = "<Data>";
  for (size_t at = 0; (at = file.bytes().find(opening, at)) != std::string_view::npos;) {
    at += opening.size();
    arrays.push_back(decode_base64(file.bytes().substr(at, file.bytes().find('<', at) - at)));
  }
  const Stopwatch watch;
  Inflation inflation;
  for (const auto& array : arrays) {
    inflation.restart();
    inflation.pass(array);
  }
  return watch.tell(0);
}

std::string copy_file(const char* path) {
  const Stopwatch watch;
  for_pieces_of(path, [](std::string_view) {});
  return watch.tell(0);
}

// The readers

at::Tensor read_values(std::string_view kind, const char* path, const at::Tensor& mask) {
  if (kind == "volumes") return read_nifti(path).values;
  if (kind == "masked") return read_nifti_series(path, mask);
  if (kind == "surface") return read_gifti_series(path);
  if (kind == "dense") return read_cifti(path).values;
  bad_usage("there is no '{}'; see the head of bench/read_brain.cpp", kind);
}

std::string read_all(std::string_view kind, const char* path, const char* mask_path, const char* save) {
  const auto mask = mask_path ? read_nifti(mask_path).values.gt(0) : at::Tensor();
  const Stopwatch watch;
  const auto values = read_values(kind, path, mask);
  auto told = watch.tell(static_cast<int64_t>(values.nbytes()));
  if (save) write_npy(save, values.contiguous());
  return told;
}

const char* option(int count, char** words, std::string_view name) {
  for (int i = 3; i + 1 < count; ++i)
    if (words[i] == name) return words[i + 1];
  return nullptr;
}

std::string run(int count, char** words) {
  if (count < 3) bad_usage("usage: read_brain KIND FILE; see the head of bench/read_brain.cpp");
  const std::string_view kind = words[1];
  if (kind == "inflate") return inflate_file(words[2]);
  if (kind == "inflate-arrays") return inflate_arrays(words[2]);
  if (kind == "copy") return copy_file(words[2]);
  return read_all(kind, words[2], option(count, words, "--mask"), option(count, words, "--save"));
}

}  // namespace
}  // namespace arcuate

int main(int count, char** words) {
  arcuate::use_single_threaded_kernels();
  arcuate::reuse_freed_memory();
  try {
    std::cout << arcuate::run(count, words) << "\n";
  } catch (const arcuate::Error& error) {
    std::cerr << "read_brain: " << error.what() << "\n";
    return static_cast<int>(error.fault());
  }
}
