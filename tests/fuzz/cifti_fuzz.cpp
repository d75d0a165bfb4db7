// Any bytes as a CIFTI file, or as its XML if they begin with '<': an Error, or rows and columns that fit together and
// are the same after they were written and read again.
#include <ATen/core/ivalue.h>  // first: clang, in C++20, wants it complete in the headers of libtorch 1.13

#include <ATen/ATen.h>

#include <cstring>

#include "io/cifti.h"
#include "io/cifti_xml.h"
#include "one_file.h"
#include "only_errors.h"

using namespace arcuate;

constexpr int64_t xml_rows = 2, xml_columns = 26;  // of the seeds

static void check_header(const CiftiHeader& header, int64_t columns) {
  int64_t places = 0;
  for (const auto& model : header.models) places += model.size();
  if (places != columns) std::abort();
  if (header.kind != CiftiKind::series && std::ssize(header.maps) != header.rows) std::abort();
}

static bool same_headers(const CiftiHeader& a, const CiftiHeader& b) {
  if (a.kind != b.kind || a.rows != b.rows || a.metadata != b.metadata || a.models.size() != b.models.size() ||
      a.maps.size() != b.maps.size() || a.series.step != b.series.step || a.series.start != b.series.start)
    return false;
  for (size_t i = 0; i < a.models.size(); ++i)
    if (a.models[i].structure != b.models[i].structure || a.models[i].vertices != b.models[i].vertices ||
        a.models[i].voxels != b.models[i].voxels)
      return false;
  for (size_t i = 0; i < a.maps.size(); ++i)
    if (a.maps[i].name != b.maps[i].name || a.maps[i].metadata != b.maps[i].metadata ||
        a.maps[i].labels.size() != b.maps[i].labels.size())
      return false;
  return true;
}

static void try_xml(std::string_view xml) {
  CiftiHeader header;
  if (!fuzz::only_errors([&] { header = parse_cifti_xml(xml, xml_rows, xml_columns, "fuzz"); })) return;
  check_header(header, xml_columns);
  std::string written;
  if (!fuzz::only_errors([&] { written = cifti_xml(header, xml_rows, xml_columns); })) return;  // control characters
  if (!same_headers(parse_cifti_xml(written, xml_rows, xml_columns, "fuzz"), header)) std::abort();
}

static void try_file(std::string_view bytes) {
  const auto path = fuzz::file_of(bytes);
  Cifti cifti;
  if (!fuzz::only_errors([&] { cifti = read_cifti(path); })) return;
  check_header(cifti.header, cifti.values.size(1));
  if (cifti.values.size(0) != cifti.header.rows || !cifti.values.is_contiguous()) std::abort();
  const auto own = std::filesystem::temp_directory_path() / ("cifti_fuzz." + std::to_string(getpid()) + ".nii");
  if (!fuzz::only_errors([&] { write_cifti(own, cifti); })) return;
  const auto again = read_cifti(own);
  std::filesystem::remove(own);
  if (!same_headers(again.header, cifti.header) || again.values.sizes() != cifti.values.sizes() ||
      std::memcmp(again.values.data_ptr(), cifti.values.data_ptr(), cifti.values.nbytes()) != 0)
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  if (bytes.starts_with('<'))
    try_xml(bytes);
  else
    try_file(bytes);
  return 0;
}
