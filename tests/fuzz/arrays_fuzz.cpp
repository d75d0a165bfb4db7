// The tables of a dataset of arrays, between lines "---": stories.tsv, recordings.tsv, targets.tsv,
// dataset_description.json. The arrays a.npy (3 x 2) and b.npy (4 x 2) are there. An Error, or recordings that fit.
#include <ATen/ATen.h>

#include <cmath>

#include "brain/dataset.h"
#include "io/npy.h"
#include "one_folder.h"
#include "only_errors.h"

using namespace arcuate;

static const fs::path& folder() {
  static const fuzz::Folder folder("arrays");
  static const bool written = [] {
    write_npy(folder.path() / "a.npy", at::arange(6, at::kDouble).reshape({3, 2}));
    write_npy(folder.path() / "b.npy", at::arange(8, at::kDouble).reshape({4, 2}));
    return true;
  }();
  if (!written) std::abort();
  return folder.path();
}

static void write_optional(const char* name, std::string_view bytes) {
  if (bytes.empty())
    fs::remove(folder() / name);
  else
    write_file(folder() / name, bytes);
}

static void check(const Dataset& dataset) {
  for (const auto& story : dataset.stories)
    if (!(story.tr > 0) || !std::isfinite(story.tr) || !std::isfinite(story.first_volume) || story.lead < 0)
      std::abort();
  for (const auto& recording : dataset.recordings) {
    if (recording.subject >= dataset.subjects.size() || recording.story >= dataset.stories.size()) std::abort();
    if (recording.responses.size(0) != dataset.stories[recording.story].volumes) std::abort();
    if (recording.responses.size(1) != static_cast<int64_t>(dataset.targets.size())) std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), 4);
  write_file(folder() / "stories.tsv", parts[0]);
  write_file(folder() / "recordings.tsv", parts[1]);
  write_optional("targets.tsv", parts[2]);
  write_optional("dataset_description.json", parts[3]);
  DatasetOptions options;
  options.root = folder();
  fuzz::only_errors([&] { check(read_dataset(options)); });
  return 0;
}
