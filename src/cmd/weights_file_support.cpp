#include "cmd/weights_file_support.h"

#include <ATen/ATen.h>

#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr const char* weights_format = "arcuate weights 1";

}  // namespace

void write_weights(const std::filesystem::path& path, const EncodeWeights& weights, const std::vector<Flag>& flags) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<int64_t> bad;
  std::vector<std::string> names;
  for (size_t v = 0; v < flags.size(); ++v) {
    names.push_back(flag_name(flags[v]));
    if (flags[v] != Flag::ok) bad.push_back(static_cast<int64_t>(v));
  }
  // Targets are the last dimension.
  const auto of_targets = [&](const Tensor& values) {
    return values.index_fill(values.dim() - 1, index_tensor(bad), nan).contiguous();
  };
  Hdf5Writer file(path);
  file.attribute("format", weights_format);
  file.write("weights", of_targets(weights.fit.weights));
  file.write("intercepts", of_targets(weights.fit.intercepts));
  file.write("penalties", of_targets(weights.penalties));
  file.write("feature_means", weights.fit.feature_means);
  file.write("feature_deviations", weights.fit.feature_deviations);
  file.write("response_means", of_targets(weights.fit.response_means));
  file.write("response_deviations", of_targets(weights.fit.response_deviations));
  file.write("delays", index_tensor(weights.delays.empty() ? std::vector<int64_t>{0} : weights.delays));
  file.write("feature_columns", index_tensor(weights.widths));
  file.write("flags", names);
  file.write("origin", std::vector<std::string>{json_text(weights.origin, -1)});
  file.finish();
}

namespace {

std::string format_of(const Hdf5Reader& file) {
  try {
    return file.text_attribute("format");
  } catch (const Error&) {  // a file of another program
    return "";
  }
}

void check_format(const Hdf5Reader& file, const std::filesystem::path& path) {
  const auto format = format_of(file);
  if (format == weights_format) return;
  if (format.starts_with("arcuate weights "))
    bad_input("'{}' is of the format '{}', and this program reads '{}': use the version of arcuate that wrote it",
              path.string(), format, weights_format);
  bad_input("'{}' holds no weights: expected the format '{}', found {}. `arcuate encode --weights` writes such a file",
            path.string(), weights_format, format.empty() ? "none" : "'" + format + "'");
}

int64_t sum_of(const std::vector<int64_t>& values) { return std::accumulate(values.begin(), values.end(), int64_t{0}); }

// Shapes first, so that nothing is read that does not fit.
void check_shapes(const Hdf5Reader& file, const std::filesystem::path& path) {
  Problems problems(fmt::format("'{}' is damaged", path.string()));
  const auto shape_of = [&](const char* name) {
    if (file.contains(name)) return file.shape(name);
    problems.add("there is no dataset '{}'", name);
    return std::vector<int64_t>{};
  };
  const auto weights = shape_of("weights"), delays = shape_of("delays");
  const bool known = weights.size() == 2 && delays.size() == 1 && weights[0] * weights[1] * delays[0] > 0;
  for (const char* name : {"intercepts", "penalties", "flags"})
    if (const auto shape = shape_of(name); known && file.contains(name) && shape != std::vector<int64_t>{weights[1]})
      problems.add("'{}' is not one value for each of {} targets", name, weights[1]);
  if (known && weights[0] % delays[0] != 0)
    problems.add("{} rows of weights are not as many for each of {} delays", weights[0], delays[0]);
  if (problems.empty() && !known) problems.add("'weights' and 'delays' are not of a model with features and targets");
  problems.raise();
}

std::vector<int64_t> whole_numbers(const Hdf5Reader& file, const std::string& name) {
  const auto values = file.read(name).to(at::kLong).flatten();
  const auto* first = values.data_ptr<int64_t>();
  return {first, first + values.numel()};
}

std::vector<Flag> read_flags(const Hdf5Reader& file, const std::filesystem::path& path) {
  std::vector<Flag> flags;
  for (const auto& name : file.read_texts("flags")) {
    const auto flag = flag_named(name);
    if (!flag) bad_input("'{}' is damaged: '{}' is no flag of a target", path.string(), name);
    flags.push_back(*flag);
  }
  return flags;
}

// Older files do not say which columns were of which file, nor where the weights are from.
void read_origin(const Hdf5Reader& file, StoredWeights& weights) {
  const int64_t columns = file.shape("weights")[0] / std::ssize(weights.delays);
  weights.widths = {columns};
  if (file.contains("feature_columns")) weights.widths = whole_numbers(file, "feature_columns");
  if (sum_of(weights.widths) != columns)
    bad_input("'{}' is damaged: its feature files have {} columns, its weights are of {}", weights.path.string(),
              sum_of(weights.widths), columns);
  if (!file.contains("origin")) return;
  const auto texts = file.read_texts("origin");
  weights.origin = parse_json(texts.empty() ? "" : texts.front(), weights.path.string() + ": dataset 'origin'");
}

}  // namespace

StoredWeights read_weights_file(const std::filesystem::path& path) {
  StoredWeights weights{.path = path, .file = within("expected weights that `arcuate encode --weights` wrote", [&] {
                                        return std::make_shared<const Hdf5Reader>(path);
                                      })};
  const auto& file = *weights.file;
  check_format(file, path);
  check_shapes(file, path);
  weights.intercepts = file.read("intercepts").to(at::kDouble);
  weights.penalties = file.read("penalties").to(at::kDouble);
  weights.delays = whole_numbers(file, "delays");
  weights.flags = read_flags(file, path);
  read_origin(file, weights);
  return weights;
}

int64_t StoredWeights::features() const { return sum_of(widths); }

LinearModel StoredWeights::model() const {
  return {.weights = [file = file](
                         const RowRange& targets) { return file->read_columns("weights", targets.begin, targets.end); },
          .intercepts = intercepts,
          .delays = delays};
}

}  // namespace arcuate
