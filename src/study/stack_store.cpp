#include "study/stack_store.h"

#include <ATen/ATen.h>

namespace arcuate {

void write_stack_scores(const StackScores& scores, Hdf5Writer& file) {
  file.write("r", scores.r);
  file.write("r_single", scores.r_single);
  file.write("r_p", scores.r_p);
  file.write("gain_p", scores.gain_p);
  file.write("gain_null", scores.gain_null);
  file.attribute("off_minimum", scores.off_minimum);
}

StackScores read_stack_scores(const Hdf5Reader& file) {
  return {.r = file.read("r"),
          .r_single = file.read("r_single"),
          .r_p = file.read("r_p"),
          .gain_p = file.read("gain_p"),
          .gain_null = file.read("gain_null"),
          .off_minimum = file.number_attribute("off_minimum")};
}

void write_stacked_models(const StackedModels& models, const RowRange& columns, int64_t all, Hdf5Writer& file) {
  file.write_columns("weights", all, columns.begin, models.weights.flatten(0, 1));
  file.write_columns("single", all, columns.begin, models.single);
  file.write_columns("model_r", all, columns.begin, models.model_r);
}

StackedModels read_stacked_models(const Hdf5Reader& file, const RowRange& columns) {
  const auto read = [&](const char* name) { return file.read_columns(name, columns.begin, columns.end); };
  StackedModels models{.weights = read("weights"), .single = read("single"), .model_r = read("model_r")};
  models.weights = models.weights.view({models.single.size(0), models.model_r.size(0), columns.size()});
  return models;
}

}  // namespace arcuate
