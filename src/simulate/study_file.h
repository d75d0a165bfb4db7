// The study of a simulated dataset, as the file that `arcuate run` reads.
#pragma once
#include <string>

#include "simulate/dataset.h"

namespace arcuate {

struct StudyFileOptions {
  std::string name = "simulated";
  int64_t untrained = 5;        ///< Untrained twins of the model.
  int64_t random_features = 5;  ///< Seeds of the random control.
};

/// For a file that lies in the dataset's own folder.
std::string study_file(const SimulateOptions& options, const SimulatedDataset& dataset, const StudyFileOptions& study);

/// The name that the study gives the model: that of its folder.
std::string simulated_model_name(const SimulateOptions& options);

}  // namespace arcuate
