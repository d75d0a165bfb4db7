// A small study for the analysis "shape": two regions in two hemispheres, a rhythm going around one of them, feature
// spaces that are noise, and a small model with a twin.
#pragma once
#include <ATen/ATen.h>

#include <cmath>
#include <numbers>
#include <sstream>

#include "cli/run.h"
#include "core/files.h"
#include "core/random.h"
#include "core/tensor.h"
#include "io/npy.h"
#include "io/table.h"
#include "study/run_study.h"
#include "study/study.h"
#include "support.h"

namespace arcuate::test {

inline constexpr int64_t shape_volumes = 70;

inline void write_shape_story(const fs::path& folder, const std::string& name) {
  std::vector<std::vector<std::string>> words;
  const char* const texts[] = {"the", "light", "turned", "again", "and", "we", "saw", "it"};
  for (int64_t i = 0; i < 2 * shape_volumes; ++i)
    words.push_back(
        {texts[i * i % 8], fmt::format("{}", static_cast<double>(i)), fmt::format("{}", static_cast<double>(i) + 0.5)});
  write_tsv(folder / (name + ".tsv"), {"word", "onset", "offset"}, words);
  for (int64_t s = 0; s < 6; ++s) {
    fs::create_directories(folder / fmt::format("space{}", s));
    write_npy(folder / fmt::format("space{}", s) / (name + ".npy"),
              random_normals(2 * shape_volumes, 3, derive_seed(static_cast<uint64_t>(s), name)));
  }
}

// volumes x 16: four targets in each of ring L, ring R, field L, field R.
inline at::Tensor shape_recording(uint64_t seed) {
  auto responses = random_normals(shape_volumes, 16, seed);
  const auto time = at::arange(shape_volumes, at::kDouble) * (2 * std::numbers::pi / 14);
  for (int64_t target = 0; target < 8; ++target)
    responses.select(1, target).mul_(0.2).add_((time - std::numbers::pi / 2 * static_cast<double>(target)).cos());
  return responses;
}

inline void write_shape_data(const fs::path& folder, bool places) {
  std::vector<std::vector<std::string>> stories, recordings, targets;
  for (const char* story : {"one", "two"}) {
    write_shape_story(folder, story);
    stories.push_back({story, fmt::format("{}.tsv", story), "2", "1"});
    for (int64_t subject = 0; subject < 3; ++subject) {
      const auto file = fmt::format("s{}-{}.npy", subject, story);
      write_npy(folder / file, shape_recording(derive_seed(static_cast<uint64_t>(subject), file)));
      recordings.push_back({fmt::format("s{}", subject), story, file});
    }
  }
  write_tsv(folder / "stories.tsv", {"story", "words", "tr", "first_volume"}, stories);
  write_tsv(folder / "recordings.tsv", {"subject", "story", "responses"}, recordings);
  for (int64_t t = 0; t < 16; ++t)
    targets.push_back({fmt::format("t{}", t), t / 4 % 2 == 0 ? "L" : "R", std::to_string(t), t < 8 ? "ring" : "field"});
  std::vector<std::string> columns{"target", "hemisphere", "vertex", "region"};
  if (!places) {
    columns.resize(1);
    for (auto& row : targets) row.resize(1);
  }
  write_tsv(folder / "targets.tsv", columns, targets);
}

inline std::string shape_study_text() {
  auto text = fmt::format(R"(schema_version = 1
name = "small"
[dataset]
layout = "arrays"
root = "."
[align]
delays = [1, 2]
highpass = 0
[encode]
penalties = "log:0:4:3"
folds = "story"
inner_folds = 2
[permutation]
count = 10
[[model]]
name = "tales"
path = "{}"
context = {{ words = 5 }}
layers = "0,2,4"
untrained_seeds = [1]
[[feature]]
name = "word_rate"
kind = "word_rate"
)",
                          source_path("../models/tales-1m").string());
  for (int64_t s = 0; s < 6; ++s)
    text += fmt::format("[[feature]]\nname = \"space{0}\"\nkind = \"file\"\npath = \"space{0}\"\n", s);
  return text +
         "[[analysis]]\nkind = \"shape\"\ngroups = \"space\"\nfolds = 4\nshuffles = 40\nbootstrap = 100\n"
         "max_points = 70\n";
}

inline StudyOutputs run_shape(const fs::path& folder, const std::vector<std::string>& settings, int threads = 2,
                              const std::string& output = "out") {
  std::ostringstream log;
  cli::Console console(log, log, cli::Level::quiet, false);
  const cli::Common common;
  cli::Run run{.console = console, .common = common};
  run.compute.threads = threads;
  return run_study(read_study(folder / "study.toml", settings), folder / output, run);
}

}  // namespace arcuate::test
