// safetensors: a JSON header and raw little-endian tensors. Read through a memory map, checked before any use.
// Format: github.com/huggingface/safetensors, "Format" (8 bytes header length, header, data without holes or overlaps).
#pragma once
#include <functional>
#include <map>

#include "io/tensor_file.h"

namespace arcuate {

/// One open file. Tensors are copied out of the map on request, so a file larger than memory can be read piece by
/// piece.
class SafetensorsFile : public TensorFile {
 public:
  /// Errors: input; all faults of the header are told at once (overlaps, holes, ranges outside the file, sizes that do
  /// not fit).
  explicit SafetensorsFile(const std::filesystem::path& path);
  ~SafetensorsFile() override;
  SafetensorsFile(SafetensorsFile&&) noexcept;

  /// Names in the order of their data.
  const std::vector<std::string>& names() const override;
  bool contains(const std::string& name) const override;
  /// "F32" and its like.
  const char* type(const std::string& name) const;
  at::ScalarType scalar_type(const std::string& name) const override;
  std::vector<int64_t> shape(const std::string& name) const override;
  /// A copy, in the file's own type (F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL).
  at::Tensor tensor(const std::string& name) const override;
  const std::map<std::string, std::string>& metadata() const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// "F32" and its like. Errors: failed, for a type that safetensors cannot hold.
const char* safetensors_type(at::ScalarType type);

/// What will be written of one tensor, before it is there.
struct TensorPlan {
  std::string name{};
  at::ScalarType type{};
  std::vector<int64_t> shape{};
};

/// Writes tensors of which one at a time is in memory: `tensor(i)` gives the one that plans[i] describes, in order.
void write_safetensors(const std::filesystem::path& path, const std::vector<TensorPlan>& plans,
                       const std::function<at::Tensor(size_t)>& tensor,
                       const std::map<std::string, std::string>& metadata = {});

/// Writes tensors (any contiguous CPU type above) in the order given, atomically.
void write_safetensors(const std::filesystem::path& path,
                       const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace arcuate
