#include "encode/response_matrix.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/tensor.h"
#include "encode/ridge_solver.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr int64_t columns_at_once = 1024;  // that are read to be looked at

}  // namespace

ResponseMatrix::ResponseMatrix(Tensor values) : values_(std::move(values)) {
  if (values_.dim() != 2) bad_input("responses are {}: expected rows x targets", shape_text(values_));
}
ResponseMatrix::ResponseMatrix(std::shared_ptr<const ResponseSource> source)
    : source_(std::move(source)), part_{0, source_->targets()} {}

int64_t ResponseMatrix::rows() const { return source_ ? source_->rows() : values_.size(0); }
int64_t ResponseMatrix::targets() const { return source_ ? part_.size() : values_.size(1); }

Tensor ResponseMatrix::columns(const RowRange& targets) const {
  auto own = source_ ? source_->read({part_.begin + targets.begin, part_.begin + targets.end})
                     : values_.slice(1, targets.begin, targets.end);
  if (flags_.empty()) return own;
  const std::vector<Flag> flags(flags_.begin() + targets.begin, flags_.begin() + targets.end);
  return without_bad_targets(own, flags);
}

Tensor ResponseMatrix::columns(const Tensor& targets) const {
  if (!source_ && flags_.empty()) return values_.index_select(1, targets);
  std::vector<Tensor> parts;
  for (int64_t begin = 0; begin < this->targets(); begin += columns_at_once) {
    const RowRange range{begin, std::min(begin + columns_at_once, this->targets())};
    const auto inside = targets.ge(range.begin).logical_and(targets.lt(range.end)).nonzero().squeeze(1);
    if (inside.numel() > 0) parts.push_back(columns(range).index_select(1, targets.index_select(0, inside) - begin));
  }
  return parts.empty() ? columns(RowRange{0, 0}) : at::cat(parts, 1);
}

Tensor ResponseMatrix::whole() const { return columns(RowRange{0, targets()}); }

ResponseMatrix ResponseMatrix::slice(const RowRange& targets) const {
  auto result = *this;
  if (source_)
    result.part_ = {part_.begin + targets.begin, part_.begin + targets.end};
  else
    result.values_ = values_.slice(1, targets.begin, targets.end);
  if (!flags_.empty()) result.flags_ = {flags_.begin() + targets.begin, flags_.begin() + targets.end};
  return result;
}

ResponseMatrix ResponseMatrix::without(const std::vector<Flag>& flags) const {
  auto result = *this;
  const bool all_ok = std::all_of(flags.begin(), flags.end(), [](Flag flag) { return flag == Flag::ok; });
  result.flags_ = all_ok ? std::vector<Flag>{} : flags;
  return result;
}

std::vector<Flag> flag_targets(const ResponseMatrix& responses, const std::vector<std::vector<int64_t>>& selections) {
  const std::vector<ridge::Rows> parts(selections.begin(), selections.end());
  std::vector<Flag> flags;
  for (int64_t begin = 0; begin < responses.targets(); begin += columns_at_once) {
    const auto own = responses.columns(RowRange{begin, std::min(begin + columns_at_once, responses.targets())});
    auto found = flag_targets(own);
    for (const auto& rows : parts) {
      if (rows.count() == own.size(0)) continue;
      const auto there = flag_targets(rows.of(own));
      for (size_t v = 0; v < found.size(); ++v)
        if (found[v] == Flag::ok) found[v] = there[v];
    }
    flags.insert(flags.end(), found.begin(), found.end());
  }
  return flags;
}

}  // namespace arcuate
