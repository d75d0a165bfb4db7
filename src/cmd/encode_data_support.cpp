#include "cmd/encode_data_support.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

#include "cli/machine.h"
#include "cmd/labels_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/delays.h"
#include "encode/score.h"

namespace arcuate {

using at::Tensor;

int64_t response_memory(const cli::Common& common) {
  constexpr int64_t share = 4;
  return (common.memory_limit.count > 0 ? common.memory_limit : cli::available_memory()).count / share;
}

Tensor read_matrix(const std::string& text) {
  auto array = read_named_array(text);
  if (array.dim() == 1) array = array.unsqueeze(1);
  if (array.dim() != 2 || array.numel() == 0)
    bad_input("'{}' is {}: expected rows x columns, at least one of each", text, shape_text(array));
  const bool single = array.scalar_type() == at::kFloat || array.scalar_type() == at::kHalf;
  return array.to(single ? at::kFloat : at::kDouble);
}

void check_finite_columns(const std::string& name, const Tensor& matrix, Problems& problems) {
  constexpr int64_t shown = 5;
  const auto bad = at::isfinite(matrix).logical_not();
  const auto columns = bad.any(0).nonzero().flatten();
  if (columns.numel() == 0) return;
  std::vector<std::string> first;
  for (int64_t i = 0; i < std::min(shown, columns.numel()); ++i) {
    const auto column = columns[i].item<int64_t>();
    first.push_back(fmt::format("{} (row {})", column, bad.select(1, column).nonzero()[0].item<int64_t>()));
  }
  problems.add("'{}': {} of {} columns hold NaN or infinite values: {}{}", name, columns.numel(), matrix.size(1),
               join(first, ", "), columns.numel() > shown ? ", …" : "");
}

namespace {

// Responses of some rows: in a file as they are, or in memory.
struct ResponseRows {
  std::shared_ptr<const ColumnFile> file{};
  Tensor values{};
  int64_t rows() const { return file ? file->rows() : values.size(0); }
  int64_t targets() const { return file ? file->columns() : values.size(1); }
  at::ScalarType type() const { return file ? file->type() : values.scalar_type(); }
};

ResponseRows open_responses(const std::string& text, int64_t memory) {
  ResponseRows rows{.file = open_columns(text, memory)};
  if (!rows.file || rows.rows() * rows.targets() == 0) rows = {.values = read_matrix(text)};
  return rows;
}

// One after the other in time.
class StackedResponses final : public ResponseSource {
 public:
  explicit StackedResponses(std::vector<ResponseRows> parts) : parts_(std::move(parts)) {
    for (const auto& part : parts_) {
      rows_ += part.rows();
      if (part.type() == at::kDouble) type_ = at::kDouble;
    }
  }
  int64_t rows() const override { return rows_; }
  int64_t targets() const override { return parts_.front().targets(); }

  Tensor read(const RowRange& targets) const override {
    auto all = at::empty({rows_, targets.size()}, type_);
    int64_t first = 0;
    for (const auto& part : parts_) {
      auto own = all.slice(0, first, first + part.rows());
      first += part.rows();
      if (!part.file) {
        own.copy_(part.values.slice(1, targets.begin, targets.end));
      } else if (part.type() == type_) {
        part.file->read(targets.begin, targets.end, own);
      } else {
        auto read = at::empty(own.sizes(), part.type());
        part.file->read(targets.begin, targets.end, read);
        own.copy_(read);
      }
    }
    return all;
  }

 private:
  std::vector<ResponseRows> parts_;
  int64_t rows_ = 0;
  at::ScalarType type_ = at::kFloat;
};

}  // namespace

ResponseMatrix open_response_matrix(const std::string& name, int64_t memory) {
  return ResponseMatrix(std::make_shared<StackedResponses>(std::vector{open_responses(name, memory)}));
}

namespace {

struct Part {
  Tensor features{};
  ResponseRows responses{};
  std::vector<int64_t> widths{};
};

Part read_part(const std::vector<std::string>& feature_names, const std::string& response_name, int64_t memory) {
  Part part{.responses = open_responses(response_name, memory)};
  std::vector<Tensor> columns;
  Problems lengths("features and responses must have the same number of rows");
  Problems values("features must be finite (rows and columns counted from 0); repair or leave out these columns");
  for (const auto& name : feature_names) {
    columns.push_back(read_matrix(name));
    if (columns.back().size(0) != part.responses.rows())
      lengths.add("features '{}' are {}, responses '{}' are {} x {}", name, shape_text(columns.back()), response_name,
                  part.responses.rows(), part.responses.targets());
    check_finite_columns(name, columns.back(), values);
  }
  lengths.raise();
  values.raise();
  part.features = columns.size() == 1 ? columns.front() : at::cat(columns, 1);
  for (const auto& x : columns) part.widths.push_back(x.size(1));
  return part;
}

void append_test(EncodeData& data, const ResponseRows& responses, const Part& test) {
  Problems problems("the test arrays do not fit the training arrays");
  if (test.features.size(1) != data.features.size(1))
    problems.add("{} test features for {} training features", test.features.size(1), data.features.size(1));
  if (test.responses.targets() != responses.targets())
    problems.add("{} test targets for {} training targets", test.responses.targets(), responses.targets());
  for (size_t i = 0; i < std::min(data.widths.size(), test.widths.size()); ++i)
    if (test.widths[i] != data.widths[i] && test.features.size(1) == data.features.size(1))
      problems.add("feature file {} has {} columns, its test file {}", i + 1, data.widths[i], test.widths[i]);
  problems.raise();
  data.features = at::cat({data.features, test.features}, 0);
  data.responses = ResponseMatrix(std::make_shared<StackedResponses>(std::vector{responses, test.responses}));
}

}  // namespace

// Runs of equal labels.
void append_stories(const std::vector<std::string>& labels, RowRange rows, const fs::path& path,
                    std::vector<RowRange>& stories) {
  Problems problems(fmt::format("'{}': the rows of a group must follow one another", path.string()));
  std::set<std::string> closed;
  for (int64_t begin = rows.begin, row = rows.begin + 1; row <= rows.end; ++row) {
    const auto& label = labels[static_cast<size_t>(begin)];
    if (row < rows.end && labels[static_cast<size_t>(row)] == label) continue;
    if (!closed.insert(label).second) problems.add("group '{}' begins again at row {} (counted from 0)", label, begin);
    stories.push_back({begin, row});
    begin = row;
  }
  problems.raise();
}

namespace {

std::vector<RowRange> story_ranges(const fs::path& path, int64_t train, int64_t all) {
  std::vector<RowRange> stories;
  int64_t labelled = 0;
  if (!path.empty()) {
    const auto labels = read_labels(path, "row");
    labelled = static_cast<int64_t>(labels.size());
    if (labelled != train && labelled != all)
      bad_input("'{}' has {} labels for {} training rows{}", path.string(), labelled, train,
                all == train ? "" : fmt::format(" and {} test rows", all - train));
    append_stories(labels, {0, train}, path, stories);
    if (labelled > train) append_stories(labels, {train, all}, path, stories);
  } else {
    stories.push_back({0, train});
  }
  if (all > train && labelled != all) stories.push_back({train, all});
  return stories;
}

}  // namespace

// What cannot be read otherwise is told when it is read.
void check_there(const std::vector<fs::path>& files) {
  Problems problems("arrays are missing");
  for (const auto& file : files)
    if (!fs::exists(file)) problems.add("cannot read '{}': No such file or directory", file.string());
  problems.raise();
}

EncodeData read_encode_data(const ArrayNames& names, int64_t memory) {
  if (names.test_features.empty() != names.test_responses.empty())
    bad_usage("--test-features and --test-responses belong together; only one is given");
  check_there(array_files(names));
  const auto train = read_part(names.features, names.responses, memory);
  EncodeData data{.features = train.features,
                  .responses = ResponseMatrix(std::make_shared<StackedResponses>(std::vector{train.responses})),
                  .widths = train.widths,
                  .train_rows = train.features.size(0)};
  data.constant_features = data.features.eq(data.features.slice(0, 0, 1)).all(0).sum().item<int64_t>();
  if (data.constant_features == data.features.size(1))
    bad_input("all {} feature columns are constant in the training rows: there is nothing to predict from",
              data.constant_features);
  if (!names.test_features.empty())
    append_test(data, train.responses, read_part(names.test_features, names.test_responses, memory));
  data.stories = story_ranges(names.groups, data.train_rows, data.features.size(0));
  data.grouped = !names.groups.empty();
  return data;
}

std::vector<Tensor> file_designs(const EncodeData& data, const std::vector<int64_t>& delays) {
  std::vector<Tensor> designs;
  int64_t begin = 0;
  for (const int64_t width : data.widths) {
    const auto own = data.features.slice(1, begin, begin + width);
    designs.push_back(delays.empty() ? own : delayed(own, delays, data.stories));
    begin += width;
  }
  return designs;
}

std::vector<fs::path> array_files(const ArrayNames& names) {
  std::vector<fs::path> files;
  const auto add = [&](const fs::path& file) {
    if (!file.empty() && std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
  };
  for (const auto& name : names.features) add(array_file(name));
  add(array_file(names.responses));
  for (const auto& name : names.test_features) add(array_file(name));
  add(array_file(names.test_responses));
  add(names.groups);
  return files;
}

std::vector<int64_t> parse_delays(const std::vector<std::string>& items) {
  if (items.empty() || (items.size() == 1 && items[0] == "none")) return {};
  std::vector<int64_t> delays;
  for (const auto& item : items) {
    const auto delay = to_integer(item);
    if (!delay) bad_usage("--delays expects 'none' or whole numbers such as 1,2,3,4, found '{}'", item);
    if (std::find(delays.begin(), delays.end(), *delay) != delays.end())
      bad_usage("--delays: {} is given twice", *delay);
    delays.push_back(*delay);
  }
  return delays;
}

}  // namespace arcuate
