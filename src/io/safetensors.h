// safetensors: a JSON header and raw little-endian tensors. Read through a memory map, checked before any use.
// Format: github.com/huggingface/safetensors, "Format" (8 bytes header length, header, data without holes or overlaps).
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace arcuate {

/// One open file. Tensors are copied out of the map on request, so a file larger than memory can be read piece by
/// piece.
class SafetensorsFile {
 public:
  /// Errors: input; all faults of the header are told at once (overlaps, holes, ranges outside the file, sizes that do
  /// not fit).
  explicit SafetensorsFile(const std::filesystem::path& path);
  ~SafetensorsFile();
  SafetensorsFile(SafetensorsFile&&) noexcept;

  /// Names in the order of their data.
  const std::vector<std::string>& names() const;
  bool contains(const std::string& name) const;
  /// "F32" and its like.
  const char* type(const std::string& name) const;
  std::vector<int64_t> shape(const std::string& name) const;
  /// A copy, in the file's own type (F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL).
  at::Tensor tensor(const std::string& name) const;
  const std::map<std::string, std::string>& metadata() const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// Writes tensors (any contiguous CPU type above) in the order given, atomically.
void write_safetensors(const std::filesystem::path& path,
                       const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace arcuate
