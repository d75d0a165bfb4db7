#include "io/nifti_header.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/error.h"
#include "core/tensor.h"
#include "io/nifti_affine.h"
#include "io/nifti_layout.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr auto advice = "write it anew as one file (.nii or .nii.gz), with nibabel or `fslchfiletype NIFTI_GZ`";
constexpr uint64_t largest_header = 540;
constexpr uint64_t most_extension_bytes = 256 << 20;  // the XML of a large CIFTI file has a few MB

class HeaderFields {
 public:
  explicit HeaderFields(const std::string& file) : source(file) {}

  int64_t whole(size_t at, size_t size) const {
    char bytes[8] = {};
    for (size_t i = 0; i < size; ++i) bytes[i] = bytes_[at + (swapped ? size - 1 - i : i)];
    uint64_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    const auto unused = 64 - 8 * size;
    return static_cast<int64_t>(value << unused) >> unused;
  }
  int code(size_t at) const { return static_cast<int>(whole(at, names->code_size)); }
  int short_code(size_t at) const { return static_cast<int>(whole(at, 2)); }
  int64_t size(size_t at, size_t i) const { return whole(at + i * names->size_size, names->size_size); }
  double real(size_t at, size_t i = 0) const {
    const auto bits = whole(at + i * names->real_size, names->real_size);
    if (names->real_size == 8) return from_bits<double>(bits);
    return from_bits<float>(static_cast<int32_t>(bits));
  }
  std::string text(size_t at, size_t size) const {
    const auto all = bytes_.substr(at, size);
    return all.substr(0, all.find('\0'));
  }
  std::string_view bytes(size_t at, size_t size) const { return std::string_view(bytes_).substr(at, size); }
  /// Errors: input.
  void read(ByteStream& stream);

  const std::string& source;
  const NiftiFields* names = nullptr;
  int version = 0;
  bool swapped = false;

 private:
  template <class Real, class Bits>
  static double from_bits(Bits bits) {
    static_assert(sizeof(Real) == sizeof(Bits));
    Real value;
    std::memcpy(&value, &bits, sizeof value);
    return static_cast<double>(value);
  }
  std::string bytes_;
};

void HeaderFields::read(ByteStream& stream) {
  bytes_.assign(largest_header, '\0');
  const auto first = stream.read(bytes_.data(), 4);
  if (first == 0) bad_input("'{}' is empty, a NIfTI file expected", source);
  for (const bool turned : {false, true}) {
    swapped = turned;
    const auto found = whole(0, 4);
    if (found == static_cast<int64_t>(nifti1_fields.header_size)) names = &nifti1_fields, version = 1;
    if (found == static_cast<int64_t>(nifti2_fields.header_size)) names = &nifti2_fields, version = 2;
    if (names) break;
  }
  if (!names && source.ends_with(".img"))
    bad_input("'{}' is the data of a pair (.hdr and .img), which is not read: {}", source, advice);
  if (!names) bad_input("'{}' is not a NIfTI file: its first number should be 348 or 540", source);
  const auto rest = names->header_size - 4, found = stream.read(bytes_.data() + 4, rest);
  if (found < rest)
    bad_input("'{}' is truncated: a header of {} bytes expected, {} found", source, names->header_size, found + 4);
}

void check_magic(const HeaderFields& fields) {
  const auto wanted = fields.version == 1 ? std::string_view("n+1\0", 4) : std::string_view("n+2\0\r\n\032\n", 8);
  const auto pair = fields.version == 1 ? std::string_view("ni1\0", 4) : std::string_view("ni2\0", 4);
  const auto magic = fields.bytes(fields.names->magic, wanted.size());
  if (magic == wanted) return;
  if (magic.substr(0, 4) == pair)
    bad_input("'{}' is the header of a pair (.hdr and .img), which is not read: {}", fields.source, advice);
  if (fields.version == 1 && magic.find_first_not_of('\0') == magic.npos)
    bad_input("'{}' is a header of ANALYZE 7.5, which does not say where left and right are: {}", fields.source,
              advice);
  if (magic.substr(0, 4) == wanted.substr(0, 4))
    bad_input("'{}' was changed on its way, as if it were text: its magic has other ends of lines", fields.source);
  bad_input("'{}' is not a NIfTI file: its magic is '{}', '{}' expected", fields.source,
            excerpt(fields.text(fields.names->magic, 4)), wanted.substr(0, 3));
}

// FreeSurfer puts a surface of more vertices than 16 bits count into version 1: -1 stands for the number in glmin.
int64_t freesurfer_size(const HeaderFields& fields) {
  constexpr size_t glmin = 144;
  const auto& f = *fields.names;
  const bool is_one = fields.version == 1 && fields.size(f.shape, 1) == -1 && fields.size(f.shape, 2) == 1 &&
                      fields.size(f.shape, 3) == 1;
  return is_one ? fields.whole(glmin, 4) : -1;
}

std::vector<int64_t> read_shape(const HeaderFields& fields, Problems& problems) {
  const auto& f = *fields.names;
  std::vector<int64_t> shape;
  const auto dimensions = fields.size(f.shape, 0);
  if (dimensions < 1 || dimensions > 7) {
    auto turned = fields;
    turned.swapped = !fields.swapped;
    const auto other = turned.size(f.shape, 0);
    problems.add(
        "{} dimensions, from 1 to 7 expected{}", dimensions,
        other >= 1 && other <= 7 ? " (they are in the other byte order than the beginning of the header)" : "");
    return shape;
  }
  int64_t count = 1;
  for (size_t i = 1; i <= static_cast<size_t>(dimensions); ++i) {
    const auto size = i == 1 && freesurfer_size(fields) > 0 ? freesurfer_size(fields) : fields.size(f.shape, i);
    shape.push_back(size);
    if (size < 1) {
      problems.add("dimension {} is {}, at least 1 expected", i, size);
    } else if (count > std::numeric_limits<int64_t>::max() / 16 / size) {
      problems.add("its dimensions make more values than can be counted");
      break;
    } else {
      count *= size;
    }
  }
  return shape;
}

NiftiNumbers read_numbers(const HeaderFields& fields, Problems& problems) {
  const auto& f = *fields.names;
  NiftiNumbers numbers{find_nifti_type(fields.short_code(f.type)), fields.swapped};
  const int code = fields.short_code(f.type), bits = fields.short_code(f.bits);
  if (!numbers.type)
    problems.add("it holds numbers of type {} ({}); integers of 8 to 64 bits, float32 and float64 are read", code,
                 refused_nifti_type(code));
  else if (static_cast<size_t>(std::max(bits, 0)) != 8 * numbers.type->size)
    problems.add("{} bits a number are announced, but {} has {}", bits, numbers.type->name, 8 * numbers.type->size);
  const double slope = fields.real(f.slope), intercept = fields.real(f.intercept);
  if (!std::isfinite(slope)) problems.add("its scale (scl_slope) is {}, a number expected; 0 means none", slope);
  if (slope == 0) return numbers;
  if (!std::isfinite(intercept)) problems.add("its intercept (scl_inter) is {}, a number expected", intercept);
  numbers.slope = slope;
  numbers.intercept = intercept;
  return numbers;
}

uint64_t read_data_start(const HeaderFields& fields, Problems& problems) {
  const auto& f = *fields.names;
  const double start =
      f.real_data_start ? fields.real(f.data_start) : static_cast<double>(fields.whole(f.data_start, f.size_size));
  const auto first = f.header_size + 4;
  if (start >= static_cast<double>(first) && start < 1e15 && start == std::floor(start))
    return static_cast<uint64_t>(start);
  problems.add("its data begin at byte {} (vox_offset), a whole number from {} on expected", start, first);
  return first;
}

std::array<double, 3> three(const HeaderFields& fields, size_t at, size_t first = 0) {
  return {fields.real(at, first), fields.real(at, first + 1), fields.real(at, first + 2)};
}

at::Tensor read_qform(const HeaderFields& fields, Problems& problems) {
  const auto& f = *fields.names;
  const Qform qform{three(fields, f.quaternion), three(fields, f.qoffset), three(fields, f.pixdim, 1),
                    fields.real(f.pixdim) < 0 ? -1.0 : 1.0};
  const auto [b, c, d] = qform.quaternion;
  if (!(b * b + c * c + d * d < 1 + 1e-5)) problems.add("the quaternion of its qform is longer than 1 or no number");
  return affine_of_qform(qform);
}

at::Tensor read_sform(const HeaderFields& fields) {
  auto affine = at::eye(4, at::kDouble);
  for (int64_t i = 0; i < 12; ++i) affine[i / 4][i % 4] = fields.real(fields.names->srow, static_cast<size_t>(i));
  return affine;
}

// A size of 0 is none, and a negative one has lost its direction: as nibabel mends them.
at::Tensor read_sizes(const HeaderFields& fields, std::span<const int64_t> shape) {
  auto sizes = three(fields, fields.names->pixdim, 1);
  for (auto& size : sizes) size = size == 0 ? 1 : std::abs(size);
  return affine_of_sizes(sizes, shape);
}

void read_space(const HeaderFields& fields, NiftiHeader& header, Problems& problems) {
  const auto& f = *fields.names;
  const int sform = fields.code(f.sform), qform = fields.code(f.qform);
  header.affine_from = sform > 0 ? "sform" : qform > 0 ? "qform" : "pixdim";
  header.space = std::max(sform > 0 ? sform : qform, 0);
  header.affine = sform > 0   ? read_sform(fields)
                  : qform > 0 ? read_qform(fields, problems)
                              : read_sizes(fields, header.shape);
  if (!is_invertible(header.affine))
    problems.add("its {} places the voxels nowhere: it has no inverse or is no number", header.affine_from);
}

void read_units(const HeaderFields& fields, NiftiHeader& header, Problems& problems) {
  const auto& f = *fields.names;
  const auto units = fields.whole(f.units, f.units_size);
  constexpr const char* space_units[] = {"", "m", "mm", "um", "", "", "", ""};
  header.space_unit = space_units[units & 7];
  const auto time = units & 0x38;
  constexpr int64_t seconds = 8, milliseconds = 16, microseconds = 24;
  const double unit = time == 0 || time == seconds ? 1 : time == milliseconds ? 1e-3 : time == microseconds ? 1e-6 : 0;
  if (header.shape.size() < 4 || unit == 0) return;  // hertz and their like
  const double step = fields.real(f.pixdim, 4);
  if (!std::isfinite(step) || step < 0) problems.add("the time from volume to volume is {}, at least 0 expected", step);
  header.tr = step * unit;
}

NiftiStart parse(const HeaderFields& fields, Problems& problems) {
  const auto& f = *fields.names;
  NiftiStart start;
  auto& header = start.header;
  header.version = fields.version;
  header.shape = read_shape(fields, problems);
  start.numbers = read_numbers(fields, problems);
  if (start.numbers.type) header.stored_type = start.numbers.type->name;
  header.slope = start.numbers.slope;
  header.intercept = start.numbers.intercept;
  header.intent_code = fields.code(f.intent);
  header.intent_name = fields.text(f.intent_name, intent_name_bytes);
  header.description = fields.text(f.description, description_bytes);
  read_space(fields, header, problems);
  read_units(fields, header, problems);
  return start;
}

// From behind the header up to the data.
std::vector<NiftiExtension> read_extensions(ByteStream& stream, const HeaderFields& fields, uint64_t size) {
  const auto& source = fields.source;
  if (size > std::min(most_extension_bytes, stream.most_bytes()))
    bad_input("'{}' is truncated: its data should begin {} bytes behind its header", source, size);
  std::string bytes(size, '\0');
  if (const auto found = stream.read(bytes.data(), size); found < size)
    bad_input("'{}' is truncated: its data should begin {} bytes behind its header, {} found", source, size, found);
  std::vector<NiftiExtension> extensions;
  if (bytes[0] == 0) return extensions;
  const auto number = [&](size_t at) {
    char own[4];
    std::memcpy(own, bytes.data() + at, 4);
    if (fields.swapped) std::reverse(own, own + 4);
    int32_t value = 0;
    std::memcpy(&value, own, 4);
    return value;
  };
  for (size_t at = 4; at + 8 <= size;) {
    const int32_t length = number(at);
    if (length == 0 && bytes.find_first_not_of('\0', at) == bytes.npos) break;  // room that was left
    if (length < 16 || length % 16 != 0 || static_cast<size_t>(length) > size - at)
      bad_input(
          "'{}': extension {} says that it has {} bytes; a multiple of 16, and at most {} up to the data, expected",
          source, extensions.size() + 1, length, size - at);
    extensions.push_back({number(at + 4), bytes.substr(at + 8, static_cast<size_t>(length) - 8)});
    at += static_cast<size_t>(length);
  }
  return extensions;
}

}  // namespace

NiftiStart read_nifti_start(ByteStream& stream) {
  const auto& source = stream.source();
  HeaderFields fields(source);
  fields.read(stream);
  check_magic(fields);
  Problems problems("'" + source + "'");
  auto start = parse(fields, problems);
  const auto data_start = read_data_start(fields, problems);
  problems.raise();
  start.header.extensions = read_extensions(stream, fields, data_start - fields.names->header_size);
  start.count = 1;
  for (const int64_t size : start.header.shape) start.count *= size;
  const uint64_t bytes = static_cast<uint64_t>(start.count) * start.numbers.type->size;
  if (bytes > stream.most_bytes() || (!stream.packed() && bytes > stream.most_bytes() - data_start))
    bad_input("'{}' is truncated: its shape needs {} bytes of data, {}", source, bytes,
              stream.packed() ? "more than it can hold" : fmt::format("{} found", stream.most_bytes() - data_start));
  return start;
}

void expect_end(ByteStream& stream) {
  char byte = 0;
  if (stream.read(&byte, 1) > 0)
    bad_input("'{}' goes on after its data: its shape needs fewer bytes than are there", stream.source());
}

}  // namespace arcuate
