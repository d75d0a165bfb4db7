// Any bytes as a safetensors file: an Error, or tensors that together are the data section. Bytes that begin with '{'
// are a header up to the first line break and data after it, so that its length need not be guessed.
#include "io/safetensors.h"

#include <ATen/ATen.h>

#include <cstring>

#include "one_file.h"
#include "only_errors.h"

using namespace arcuate;

static std::string with_length(std::string_view bytes) {
  const auto header = bytes.substr(0, bytes.find('\n'));
  const uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  file += header;
  if (header.size() < bytes.size()) file += bytes.substr(header.size() + 1);
  return file;
}

static void check(const SafetensorsFile& file, std::string_view bytes) {
  uint64_t header_size = 0;
  std::memcpy(&header_size, bytes.data(), 8);
  size_t data_size = 0;
  for (const auto& name : file.names()) {
    if (!file.contains(name)) std::abort();
    const auto tensor = file.tensor(name);
    if (tensor.sizes().vec() != file.shape(name)) std::abort();
    data_size += tensor.nbytes();
  }
  if (8 + header_size + data_size != bytes.size()) std::abort();
}

static void read(std::string_view bytes) {
  fuzz::only_errors([&] { check(SafetensorsFile(fuzz::file_of(bytes)), bytes); });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  bytes.starts_with('{') ? read(with_length(bytes)) : read(bytes);
  return 0;
}
