// Writing NIfTI: a header, extensions, numbers.
#include "io/nifti.h"

#include <ATen/ATen.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "io/nifti_affine.h"
#include "io/nifti_header.h"
#include "io/nifti_layout.h"

namespace arcuate {
namespace {

constexpr int most_space_codes = 5;

// The fields of a header, little-endian.
class HeaderFields {
 public:
  explicit HeaderFields(const NiftiFields& places) : names(places), bytes(places.header_size, '\0') {
    whole(0, 4, static_cast<int64_t>(places.header_size));
  }
  void whole(size_t at, size_t size, int64_t value) { std::memcpy(bytes.data() + at, &value, size); }
  void code(size_t at, int value) { whole(at, names.code_size, value); }
  void size(size_t at, size_t i, int64_t value) { whole(at + i * names.size_size, names.size_size, value); }
  void real(size_t at, size_t i, double value) {
    const auto narrow = static_cast<float>(value);
    const bool wide = names.real_size == 8;
    if (!std::isfinite(wide ? value : narrow)) fail(Fault::failed, "the header cannot hold the number {}", value);
    std::memcpy(bytes.data() + at + i * names.real_size, wide ? static_cast<const void*>(&value) : &narrow,
                names.real_size);
  }
  void text(size_t at, size_t size, const std::string& text, const char* what) {
    if (text.size() >= size || text.find('\0') != text.npos)
      fail(Fault::failed, "{} has {} bytes, fewer than {} and none of them zero expected", what, text.size(), size);
    bytes.replace(at, text.size(), text);
  }
  const NiftiFields& names;
  std::string bytes;
};

void put_space(HeaderFields& fields, const NiftiHeader& header) {
  const auto& f = fields.names;
  if (header.space < 0 || header.space > most_space_codes)
    fail(Fault::failed, "the code of a space is 0 to {}, not {}", most_space_codes, header.space);
  fields.real(f.pixdim, 0, 1);
  for (size_t i = 1; i < 4; ++i) fields.real(f.pixdim, i, 1);
  if (!header.affine.defined()) return;  // no place in space, as in CIFTI
  // As it will be read.
  const auto affine = header.affine.to(f.real_size == 8 ? at::kDouble : at::kFloat).to(at::kDouble).contiguous();
  if (affine.sizes() != at::IntArrayRef({4, 4}) || !is_invertible(affine))
    fail(Fault::failed, "the affine has no inverse or is not 4 x 4");
  const auto qform = qform_of_affine(affine);
  // Where no space is named, the affine would not be read: scanner is x.
  const int space = std::max(header.space, 1);
  fields.code(f.qform, space);
  fields.code(f.sform, space);
  fields.real(f.pixdim, 0, qform.handedness);
  for (size_t i = 0; i < 3; ++i) {
    fields.real(f.pixdim, i + 1, qform.size[i]);
    fields.real(f.quaternion, i, qform.quaternion[i]);
    fields.real(f.qoffset, i, qform.offset[i]);
  }
  for (size_t i = 0; i < 12; ++i) fields.real(f.srow, i, affine.data_ptr<double>()[i]);
}

void put_units(HeaderFields& fields, const NiftiHeader& header) {
  const auto& f = fields.names;
  if (!std::isfinite(header.tr) || header.tr < 0) fail(Fault::failed, "a TR of {} s cannot be written", header.tr);
  const auto& unit = header.space_unit;
  if (unit != "" && unit != "m" && unit != "mm" && unit != "um")
    fail(Fault::failed, "the unit of space is 'mm', 'm' or 'um', not '{}'", unit);
  constexpr int seconds = 8;
  const int space = unit == "m" ? 1 : unit == "mm" ? 2 : unit == "um" ? 3 : 0;
  fields.whole(f.units, f.units_size, space + (header.tr > 0 ? seconds : 0));
  if (header.tr > 0) fields.real(f.pixdim, 4, header.tr);
}

void put_shape(HeaderFields& fields, const std::vector<int64_t>& shape) {
  const auto& f = fields.names;
  if (shape.empty() || shape.size() > 7 || std::any_of(shape.begin(), shape.end(), [](auto n) { return n < 1; }))
    fail(Fault::failed, "NIfTI files hold 1 to 7 dimensions and at least one value");
  fields.size(f.shape, 0, std::ssize(shape));
  for (size_t i = 0; i < 7; ++i) fields.size(f.shape, i + 1, i < shape.size() ? shape[i] : 1);
}

std::string extension_bytes(const std::vector<NiftiExtension>& extensions) {
  std::string bytes(4, '\0');
  bytes[0] = extensions.empty() ? '\0' : '\1';
  for (const auto& extension : extensions) {
    const auto size = (extension.bytes.size() + 8 + 15) / 16 * 16;
    if (size > std::numeric_limits<int32_t>::max())
      fail(Fault::failed, "an extension of {} bytes cannot be written", extension.bytes.size());
    const int32_t start[] = {static_cast<int32_t>(size), extension.code};
    bytes.append(reinterpret_cast<const char*>(start), sizeof start);
    bytes += extension.bytes;
    bytes.append(size - 8 - extension.bytes.size(), '\0');
  }
  return bytes;
}

// zlib writes the file as it is, or packed; of gzip's header it fills in neither name nor time.
class Output {
 public:
  explicit Output(const fs::path& path, bool packed) : file_(gzopen(path.c_str(), packed ? "wb1" : "wbT")) {
    if (!file_) fail(Fault::failed, "{}", std::strerror(errno));
  }
  ~Output() {
    if (file_) gzclose(file_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  void write(const void* bytes, uint64_t count) {
    constexpr uint64_t step = 1 << 24;  // zlib counts in 32 bits
    for (uint64_t done = 0; done < count; done += step) {
      const auto size = static_cast<unsigned>(std::min(step, count - done));
      if (gzwrite(file_, static_cast<const char*>(bytes) + done, size) != static_cast<int>(size)) broken();
    }
  }
  void close() {
    if (gzclose(std::exchange(file_, nullptr)) != Z_OK) broken();
  }

 private:
  [[noreturn]] static void broken() { fail(Fault::failed, "the file cannot be written (is the disk full?)"); }
  gzFile file_;
};

at::Tensor in_file_order(const at::Tensor& values) {
  std::vector<int64_t> order(static_cast<size_t>(values.dim()));
  std::iota(order.rbegin(), order.rend(), 0);
  return values.permute(order).contiguous();
}

const NiftiType& written_type(const at::Tensor& values) {
  const auto type = values.scalar_type();
  if (type != at::kFloat && type != at::kInt && type != at::kShort && type != at::kByte)
    fail(Fault::failed, "NIfTI files are written from float32, int32, int16 or uint8 tensors, not {}",
         c10::toString(type));
  return *nifti_type_of(type);
}

}  // namespace

int nifti_version_for(const std::vector<int64_t>& shape) {
  const auto fits = [](int64_t size) { return size <= std::numeric_limits<int16_t>::max(); };
  return std::all_of(shape.begin(), shape.end(), fits) ? 1 : 2;
}

std::string nifti_start_bytes(const NiftiHeader& header, const NiftiType& type) {
  HeaderFields fields(header.version == 1 ? nifti1_fields : nifti2_fields);
  const auto& f = fields.names;
  const std::string_view magic = header.version == 1 ? "n+1" : std::string_view("n+2\0\r\n\032\n", 8);
  fields.bytes.replace(f.magic, magic.size(), magic);
  fields.whole(f.type, 2, type.code);
  fields.whole(f.bits, 2, static_cast<int64_t>(8 * type.size));
  put_shape(fields, header.shape);
  fields.real(f.slope, 0, 1);
  put_space(fields, header);
  put_units(fields, header);
  fields.code(f.intent, header.intent_code);
  fields.text(f.intent_name, intent_name_bytes, header.intent_name, "the name of the intent");
  fields.text(f.description, description_bytes, header.description, "the description");
  const auto extensions = extension_bytes(header.extensions);
  const auto data_start = f.header_size + extensions.size();
  if (f.real_data_start)
    fields.real(f.data_start, 0, static_cast<double>(data_start));
  else
    fields.whole(f.data_start, f.size_size, static_cast<int64_t>(data_start));
  return fields.bytes + extensions;
}

void write_nifti(const std::filesystem::path& path, const Nifti& nifti) {
  within(fmt::format("while writing '{}'", path.string()), [&] {
    auto header = nifti.header;
    const auto& type = written_type(nifti.values);
    header.shape = nifti.values.sizes().vec();
    header.version = nifti_version_for(header.shape);
    const auto start = nifti_start_bytes(header, type);
    const auto values = in_file_order(nifti.values);
    write_atomically(path, [&](const fs::path& temporary) {
      Output output(temporary, path.extension() == ".gz");
      output.write(start.data(), start.size());
      output.write(values.data_ptr(), values.nbytes());
      output.close();
    });
  });
}

}  // namespace arcuate
