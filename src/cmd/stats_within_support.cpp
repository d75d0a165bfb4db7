#include "cmd/stats_within_support.h"

#include <ATen/ATen.h>

#include <limits>
#include <memory>
#include <numeric>

#include "cmd/encode_data_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {

void describe_within_subject(cli::Spec<WithinSubject>& s) {
  s.section("Within one subject");
  s.option("responses", &WithinSubject::responses,
           "volumes x targets: FILE.npy, FILE.h5:DATASET, FILE.npz:NAME or FILE.mat:NAME")
      .metavar("FILE");
  s.option("predictions", &WithinSubject::predictions,
           "held-out predictions of two models for the same volumes and targets, A and then B")
      .metavar("FILE");
  s.option("volumes", &WithinSubject::volumes,
           "volumes of each story, where there are several; blocks end where stories end")
      .metavar("LIST");
  s.option("block", &WithinSubject::block,
           "volumes that A and B exchange together: many times the time over which responses and predictions are "
           "correlated with themselves")
      .range(1, std::numeric_limits<double>::infinity());
}

namespace {

// One of the three arrays, in memory or read in columns.
class ColumnArray {
 public:
  explicit ColumnArray(const std::string& name, int64_t memory) : name_(name), columns_(open_columns(name, memory)) {
    if (!columns_) values_ = read_named_array(name);
  }
  std::string shape() const {
    return columns_ ? fmt::format("{} x {}", columns_->rows(), columns_->columns()) : shape_text(values_);
  }
  bool is_matrix() const { return columns_ || (values_.dim() == 2 && values_.numel() > 0); }
  int64_t rows() const { return columns_ ? columns_->rows() : values_.size(0); }
  int64_t columns() const { return columns_ ? columns_->columns() : values_.size(1); }
  const std::string& name() const { return name_; }

  at::Tensor read(int64_t begin, int64_t end) const {
    if (!columns_) return values_.slice(1, begin, end);
    auto block = at::empty({rows(), end - begin}, columns_->type());
    columns_->read(begin, end, block);
    return block;
  }

 private:
  std::string name_;
  std::unique_ptr<const ColumnFile> columns_;
  at::Tensor values_{};
};

void check_shapes(const ColumnArray& responses, const std::vector<const ColumnArray*>& predictions) {
  if (!responses.is_matrix())
    bad_input("'{}' is {}: responses are volumes x targets", responses.name(), responses.shape());
  Problems problems(fmt::format("predictions need the shape of '{}', {}", responses.name(), responses.shape()));
  for (const auto* array : predictions)
    if (array->shape() != responses.shape()) problems.add("'{}' is {}", array->name(), array->shape());
  problems.raise();
}

std::vector<int64_t> story_lengths(const std::vector<int64_t>& volumes, int64_t rows) {
  if (volumes.empty()) return {rows};
  Problems problems("--volumes", Fault::usage);
  for (const int64_t length : volumes)
    if (length < 1) problems.add("a story has at least 1 volume, found {}", length);
  problems.raise();
  const int64_t sum = std::accumulate(volumes.begin(), volumes.end(), int64_t{0});
  if (sum != rows) bad_input("--volumes add up to {}; the responses have {} volumes", sum, rows);
  return volumes;
}

}  // namespace

WithinData read_within_subject(const WithinSubject& names, int64_t memory) {
  if (names.predictions.size() != 2)
    bad_usage("--predictions expects two files, of the models A and B; found {}", names.predictions.size());
  const auto y = std::make_shared<const ColumnArray>(names.responses, memory);
  const auto a = std::make_shared<const ColumnArray>(names.predictions[0], memory),
             b = std::make_shared<const ColumnArray>(names.predictions[1], memory);
  check_shapes(*y, {a.get(), b.get()});
  return {.source =
              [y, a, b](int64_t begin, int64_t end) {
                return PairedColumns{y->read(begin, end), a->read(begin, end), b->read(begin, end)};
              },
          .rows = y->rows(),
          .targets = y->columns(),
          .story_lengths = story_lengths(names.volumes, y->rows())};
}

std::vector<fs::path> within_files(const WithinSubject& names) {
  return {array_file(names.responses), array_file(names.predictions[0]), array_file(names.predictions[1])};
}

}  // namespace arcuate
