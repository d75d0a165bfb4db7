// Any bytes as a checkpoint of PyTorch: an Error, or tensors of the shapes they claim. Bytes that do not begin as a zip
// archive are the pickle of one whose storages "0" and "1" hold 64 bytes.
#include "io/torch_checkpoint.h"

#include <ATen/ATen.h>

#include <vector>

#include "one_file.h"
#include "only_errors.h"

using namespace arcuate;

static void put(std::string& bytes, uint64_t number, size_t count) {
  for (size_t i = 0; i < count; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xff);
}

static std::string archive_of(std::string_view pickle) {
  const std::string storage(64, '\1');
  const std::pair<std::string, std::string_view> files[] = {
      {"a/data.pkl", pickle}, {"a/data/0", storage}, {"a/data/1", storage}};
  std::string archive, directory;
  for (const auto& [name, content] : files) {
    const size_t begin = archive.size();
    archive += "PK\3\4" + std::string(14, '\0');
    put(archive, content.size(), 4);
    put(archive, content.size(), 4);
    put(archive, name.size(), 2);
    put(archive, 0, 2);
    archive += name;
    archive += content;
    directory += "PK\1\2" + std::string(16, '\0');
    put(directory, content.size(), 4);
    put(directory, content.size(), 4);
    put(directory, name.size(), 2);
    directory += std::string(12, '\0');
    put(directory, begin, 4);
    directory += name;
  }
  const size_t begin = archive.size();
  archive += directory + "PK\5\6" + std::string(4, '\0');
  put(archive, 3, 2);
  put(archive, 3, 2);
  put(archive, directory.size(), 4);
  put(archive, begin, 4);
  put(archive, 0, 2);
  return archive;
}

static void read(std::string_view bytes) {
  fuzz::only_errors([&] {
    const TorchCheckpoint file(fuzz::file_of(bytes));
    if (file.shared_names().size() > file.names().size()) std::abort();
    for (const auto& name : file.names()) {
      const auto tensor = file.tensor(name);
      if (tensor.sizes().vec() != file.shape(name) || tensor.scalar_type() != file.scalar_type(name)) std::abort();
      if (tensor.nbytes() > bytes.size()) std::abort();
    }
  });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  bytes.starts_with("PK") ? read(bytes) : read(archive_of(bytes));
  return 0;
}
