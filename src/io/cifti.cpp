#include "io/cifti.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <fstream>

#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "io/byte_stream.h"
#include "io/cifti_xml.h"
#include "io/nifti_header.h"

namespace arcuate {
namespace {

constexpr int cifti_extension = 32;
constexpr int64_t piece_values = 1 << 17;  // which the processor keeps at hand while they are transposed

struct CiftiStart {
  CiftiHeader header{};
  NiftiNumbers numbers{};
  int64_t rows = 0, columns = 0;
};

CiftiStart read_cifti_start(ByteStream& stream) {
  const auto start = read_nifti_start(stream);
  const auto& source = stream.source();
  const auto& extensions = start.header.extensions;
  const auto xml = std::find_if(extensions.begin(), extensions.end(),
                                [](const auto& extension) { return extension.code == cifti_extension; });
  if (xml == extensions.end() || start.header.version != 2)
    bad_input("'{}' is not a CIFTI-2 file: NIfTI-2 with an extension of code 32 (XML) expected", source);
  const auto& shape = start.header.shape;
  if (shape.size() != 6 || std::any_of(shape.begin(), shape.begin() + 4, [](int64_t n) { return n != 1; }))
    bad_input("'{}' is not a CIFTI-2 file of two dimensions: 1 x 1 x 1 x 1 x rows x columns expected", source);
  const auto text = std::string_view(xml->bytes).substr(0, xml->bytes.find_last_not_of('\0') + 1);
  return {parse_cifti_xml(text, shape[4], shape[5], source), start.numbers, shape[4], shape[5]};
}

// In the file the rows' values of one column lie side by side: columns of `values` are filled some at a time.
template <class F>
void for_pieces(const at::Tensor& values, F&& body) {
  const auto step = std::max<int64_t>(1, piece_values / std::max<int64_t>(1, values.size(0)));
  for (int64_t begin = 0; begin < values.size(1); begin += step)
    body(values.slice(1, begin, std::min(begin + step, values.size(1))));
}

struct Intent {
  int code;
  const char* name;
};

Intent intent_of(CiftiKind kind) {
  switch (kind) {
    case CiftiKind::series:
      return {3002, "ConnDenseSeries"};
    case CiftiKind::labels:
      return {3007, "ConnDenseLabel"};
    default:
      return {3006, "ConnDenseScalar"};
  }
}

}  // namespace

CiftiHeader read_cifti_header(const std::filesystem::path& path) {
  ByteStream stream(path);
  return read_cifti_start(stream).header;
}

Cifti read_cifti(const std::filesystem::path& path) {
  ByteStream stream(path);
  auto start = read_cifti_start(stream);
  Cifti cifti{std::move(start.header), empty_in_large_pages({start.rows, start.columns}, at::kFloat)};
  for_pieces(cifti.values, [&](const at::Tensor& piece) {
    const auto stored = at::empty({piece.size(1), piece.size(0)}, at::kFloat);
    read_nifti_numbers(stream, start.numbers, stored);
    piece.copy_(stored.t());
  });
  expect_end(stream);
  return cifti;
}

void write_cifti(const std::filesystem::path& path, const Cifti& cifti) {
  within(fmt::format("while writing '{}'", path.string()), [&] {
    const auto& values = cifti.values;
    if (!values.defined() || values.dim() != 2 || values.scalar_type() != at::kFloat)
      fail(Fault::failed, "rows x brainordinates in float32 expected");
    const auto xml = cifti_xml(cifti.header, values.size(0), values.size(1));
    const auto [code, name] = intent_of(cifti.header.kind);
    const auto start = nifti_start_bytes({.shape = {1, 1, 1, 1, values.size(0), values.size(1)},
                                          .intent_code = code,
                                          .intent_name = name,
                                          .extensions = {{cifti_extension, xml}},
                                          .version = 2},
                                         *nifti_type_of(at::kFloat));
    write_atomically(path, [&](const fs::path& temporary) {
      std::ofstream file(temporary, std::ios::binary);
      file << start;
      for_pieces(values, [&](const at::Tensor& piece) {
        const auto stored = piece.t().contiguous();
        file.write(static_cast<const char*>(stored.data_ptr()), static_cast<std::streamsize>(stored.nbytes()));
      });
      file.close();
      if (!file) fail(Fault::failed, "the file cannot be written (is the disk full?)");
    });
  });
}

}  // namespace arcuate
