#include "io/gifti_series.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "io/gifti_document.h"
#include "io/gzip.h"

namespace arcuate {

struct GiftiSeries::Source {
  explicit Source(const fs::path& path)
      : file(path),
        unpacked(is_gzip(file.bytes()) ? gunzip(file.bytes(), path.string()) : ""),
        document(unpacked.empty() ? file.bytes() : unpacked, path.string()) {
    release(file.bytes());
  }
  // What was read of the file is not needed again, or not soon.
  void release(std::string_view part) const {
    if (unpacked.empty() && !part.empty()) file.release(part);
  }

  MappedFile file;
  std::string unpacked;
  GiftiDocument document;
  std::vector<GiftiArrayHead> heads{};
  int64_t vertices = 0;
};

static int64_t count_of(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

GiftiSeries::GiftiSeries(const fs::path& path) : source_(std::make_unique<Source>(path)) {
  auto& [file, unpacked, document, heads, vertices] = *source_;
  if (document.arrays.empty()) bad_input("'{}' has no arrays; functional data have one for each volume", path.string());
  for (size_t i = 0; i < document.arrays.size(); ++i) {
    XmlReport report{document.problems, fmt::format("array {}", i + 1)};
    heads.push_back(document.head(i, report));
    if (!report.sound) continue;
    const auto& [intent, metadata, layout, data] = heads.back();
    const auto count = count_of(layout.shape);
    if (*std::max_element(layout.shape.begin(), layout.shape.end()) != count)
      document.problems.add("{} ({}) is {}, one value for each vertex expected", report.where, intent,
                            fmt::join(layout.shape, " x "));
    else if (vertices == 0)
      vertices = count;
    else if (count != vertices)
      document.problems.add("{} has {} values, the first array has {}", report.where, count, vertices);
  }
  document.problems.raise();
}

GiftiSeries::~GiftiSeries() = default;
GiftiSeries::GiftiSeries(GiftiSeries&&) noexcept = default;

int64_t GiftiSeries::volumes() const { return std::ssize(source_->heads); }
int64_t GiftiSeries::vertices() const { return source_->vertices; }

void GiftiSeries::read(const at::Tensor& to) const {
  auto& [file, unpacked, document, heads, vertices] = *source_;
  auto problems = document.problems;
  for (size_t i = 0; i < heads.size(); ++i) {
    XmlReport report{problems, fmt::format("array {}", i + 1)};
    const auto values = document.values(heads[i], report);
    if (values.defined()) to.select(0, static_cast<int64_t>(i)).copy_(values.flatten());
    source_->release(document.text_of(heads[i]));
  }
  problems.raise();
}

at::Tensor read_gifti_series(const fs::path& path) {
  const GiftiSeries series(path);
  auto rows = empty_in_large_pages({series.volumes(), series.vertices()}, at::kFloat);
  series.read(rows);
  return rows;
}

}  // namespace arcuate
