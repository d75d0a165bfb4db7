// A small study of simulated brains on a surface, run once for all tests of the suite SurfaceStudy.
#pragma once
#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "brain/clean.h"
#include "cli/run.h"
#include "core/files.h"
#include "io/table.h"
#include "simulate/dataset.h"
#include "simulate/study_file.h"
#include "study/run_study.h"
#include "study/summary.h"
#include "support.h"

namespace arcuate::test {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();
inline constexpr const char* model = "tales-1m";

inline std::string first_lines(const std::string& text, size_t count) {
  size_t end = 0;
  for (size_t line = 0; line < count; ++line) end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

inline SimulateOptions small_simulation(const fs::path& text) {
  SimulateOptions options;
  options.text = text;
  options.drive.model = source_path("../models/tales-1m");
  options.cortex.vertices = 162;
  options.brain.subjects = 2;
  options.brain.repeats = 2;
  return options;
}

inline const std::vector<std::string> settings{"permutation.count=20", "model.0.layers=1,4,final",
                                               "model.0.untrained_layers=4"};

inline StudyOutputs run_quietly(const Study& study, const fs::path& output) {
  std::ostringstream log;
  cli::Console console(log, log, cli::Level::quiet, false);
  const cli::Common common;
  cli::Run run{.console = console, .common = common};
  return run_study(study, output, run);
}

// What run_study() has in hand before it writes, from the finished units.
struct Evaluated {
  Study study;
  Dataset dataset = read_dataset(study.dataset);
  std::vector<Recording> recordings = dataset.recordings;  // the dataset lets go of its own
  std::vector<TimedStory> stories = read_stories(study, dataset);
  std::vector<FeatureSpace> spaces = feature_spaces(study);
  Responses responses = clean_responses(study, dataset);
  EncodingPlan plan;
  Summary summary = summarize(plan, spaces);
  explicit Evaluated(const fs::path& study_path, const fs::path& work)
      : study(read_study(study_path, settings)), plan(plan_encoding(study, responses, stories, spaces, work)) {}

  int64_t targets() const { return responses.target_count(); }
  const FeatureSpace& space(const std::string& id) const {
    for (const auto& space : spaces)
      if (space.id == id) return space;
    throw std::out_of_range(id);
  }
};

class SurfaceStudy : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const auto text = *folder_ / "story.txt";
    write_text(text, first_lines(read_file(source_path("../assets/stories/turning_light.txt")), 62));
    const auto options = small_simulation(text);
    const auto dataset = write_simulated_dataset(data(), options, {});
    write_file(study_path(), study_file(options, dataset, {.untrained = 1, .random_features = 1}));
    outputs_ = run_quietly(read_study(study_path(), settings), *folder_ / "results");
    evaluated_ = std::make_unique<Evaluated>(study_path(), outputs_.folder / "work");
  }
  static void TearDownTestSuite() {
    evaluated_.reset();
    folder_.reset();
  }

  static fs::path data() { return *folder_ / "brains"; }
  static fs::path study_path() { return data() / "study.toml"; }
  static const Evaluated& all() { return *evaluated_; }
  static EncodingScores unit(const std::string& space, const std::string& layer) {
    return read_encoding(encoding_file(all().plan.work, space, layer));
  }
  static Table table(const fs::path& relative) { return read_table(outputs_.folder / relative); }
  static fs::path map_stem(const std::string& subject, const char* hemisphere, const char* what) {
    return outputs_.folder / fmt::format("sub-{0}/func/sub-{0}_task-simulated_hemi-{1}_model-tales1m_{2}_statmap",
                                         subject, hemisphere, what);
  }
  static at::Tensor maps(const std::string& subject, Hemisphere hemisphere, const char* what) {
    return read_vertex_values(map_stem(subject, letter(hemisphere), what).string() + ".func.gii").to(at::kDouble);
  }

  // One subject's recordings, high-passed: repeats x volumes x targets. There is one story.
  static at::Tensor cleaned_repeats(size_t subject) {
    std::vector<at::Tensor> repeats;
    for (const auto& recording : all().recordings)
      if (recording.subject == subject) repeats.push_back(highpass(at::nan_to_num(recording.responses), 2, 128));
    return at::stack(repeats);
  }

  static inline std::unique_ptr<TemporaryFolder> folder_;
  static inline StudyOutputs outputs_;
  static inline std::unique_ptr<Evaluated> evaluated_;
};

inline double pearson_of(const at::Tensor& a, const at::Tensor& b) {
  const auto x = a - a.mean(), y = b - b.mean();
  return (x * y).sum().item<double>() / std::sqrt((x * x).sum().item<double>() * (y * y).sum().item<double>());
}

inline double mean_of_numbers(const at::Tensor& values) {
  return values.masked_select(at::logical_not(at::isnan(values))).mean().item<double>();
}

}  // namespace arcuate::test
