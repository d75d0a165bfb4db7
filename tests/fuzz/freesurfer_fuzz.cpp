// Any bytes as each of FreeSurfer's files: an Error, or tensors no larger than the file accounts for, whose indices
// exist.
#include <ATen/core/ivalue.h>  // first: clang, in C++20, wants it complete in the headers of libtorch 1.13

#include <ATen/ATen.h>

#include <set>

#include "io/freesurfer_annot.h"
#include "io/freesurfer_label.h"
#include "io/freesurfer_surface.h"
#include "io/freesurfer_values.h"
#include "only_errors.h"

using namespace arcuate;

static void expect(bool holds) {
  if (!holds) std::abort();
}

static void check_surface(const FreesurferSurface& surface, size_t size) {
  expect(surface.points.nbytes() + surface.triangles.nbytes() < size);
  expect(surface.triangles.min().item<int>() >= 0 && surface.triangles.max().item<int>() < surface.points.size(0));
}

static void check_annot(const FreesurferAnnot& annot, size_t size) {
  expect(annot.indices.nbytes() < size && annot.table.size() < size);
  std::set<int> indices{-1};
  int last = -1;
  for (const auto& entry : annot.table) {
    expect(entry.index > last && !invalid_utf8(entry.name));
    indices.insert(last = entry.index);
  }
  for (int64_t i = 0; i < annot.indices.size(0); ++i) expect(indices.count(annot.indices[i].item<int>()) == 1);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  fuzz::only_errors([&] { check_surface(parse_freesurfer_surface(bytes, "fuzz"), size); });
  // Old values are twice as large as float32.
  fuzz::only_errors([&] { expect(parse_freesurfer_values(bytes, "fuzz").nbytes() <= 2 * size); });
  fuzz::only_errors([&] { check_annot(parse_freesurfer_annot(bytes, "fuzz"), size); });
  fuzz::only_errors([&] {
    const auto label = parse_freesurfer_label(bytes, "fuzz");
    expect(label.vertices.size(0) == label.points.size(0) && label.values.size(0) == label.points.size(0));
  });
  return 0;
}
