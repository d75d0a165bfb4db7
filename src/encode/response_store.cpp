#include "encode/response_store.h"

#include <ATen/ATen.h>

#include "core/scratch_file.h"

namespace arcuate {

using at::Tensor;

// Target after target, so that those of a range are one piece of the file.
class ResponseStore::Spilled : public ResponseSource {
 public:
  Spilled(int64_t rows, int64_t targets, const std::filesystem::path& folder)
      : rows_(rows), targets_(targets), file_(folder) {}

  int64_t rows() const override { return rows_; }
  int64_t targets() const override { return targets_; }
  Tensor read(const RowRange& range) const override {
    auto transposed = at::empty({range.size(), rows_}, at::kDouble);
    file_.read(offset(range.begin), transposed.data_ptr(), transposed.nbytes());
    return transposed.t().contiguous();
  }
  void write(int64_t first, const Tensor& columns) {
    const auto transposed = columns.to(at::kDouble).t().contiguous();
    file_.write(offset(first), transposed.data_ptr(), transposed.nbytes());
  }

 private:
  int64_t offset(int64_t target) const { return target * rows_ * static_cast<int64_t>(sizeof(double)); }

  int64_t rows_, targets_;
  ScratchFile file_;
};

ResponseStore::ResponseStore(int64_t rows, int64_t targets, const std::filesystem::path& folder) {
  if (folder.empty())
    values_ = at::empty({rows, targets}, at::kDouble);
  else
    spilled_ = std::make_shared<Spilled>(rows, targets, folder);
}

void ResponseStore::write(int64_t first, const Tensor& columns) {
  if (spilled_) return spilled_->write(first, columns);
  values_.slice(1, first, first + columns.size(1)).copy_(columns);
}

ResponseMatrix ResponseStore::matrix() const {
  return spilled_ ? ResponseMatrix(std::shared_ptr<const ResponseSource>(spilled_)) : ResponseMatrix(values_);
}

}  // namespace arcuate
