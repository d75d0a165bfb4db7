#include "io/hdf5.h"

#include <ATen/ATen.h>
#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "core/error.h"
#include "core/files.h"

namespace arcuate {
namespace {

// Debian's HDF5 is not thread-safe: one call at a time.
std::mutex& library_lock() {
  static std::mutex lock;
  return lock;
}

class Id {
 public:
  using Close = herr_t (*)(hid_t);
  Id(hid_t id, Close close) : id_(id), close_(close) {}
  Id(Id&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Id(const Id&) = delete;
  ~Id() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }
  bool valid() const { return id_ >= 0; }

 private:
  hid_t id_;
  Close close_;
};

// The library prints its own error stack unless told not to; our messages name the file and the object. Nor may it
// tidy up at the end of the process: after a full disk it stumbles there over the file that it could not close.
void silence() {
  H5dont_atexit();  // heeded before any other call
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

// IEEE's half precision, which the library does not name.
Id half_type() {
  Id type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  H5Tset_fields(type, 15, 10, 5, 0, 10);  // sign, exponent and its bits, mantissa and its bits
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

Id native_type(at::ScalarType type) {
  switch (type) {
    case at::kHalf:
      return half_type();
    case at::kFloat:
      return Id(H5Tcopy(H5T_NATIVE_FLOAT), H5Tclose);
    case at::kDouble:
      return Id(H5Tcopy(H5T_NATIVE_DOUBLE), H5Tclose);
    case at::kLong:
      return Id(H5Tcopy(H5T_NATIVE_INT64), H5Tclose);
    case at::kByte:
      return Id(H5Tcopy(H5T_NATIVE_UINT8), H5Tclose);
    default:
      fail(Fault::failed, "HDF5 files are written from float16, float32, float64, int64 or uint8 tensors");
  }
}

Id text_type(H5T_cset_t characters = H5T_CSET_UTF8) {
  Id type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, characters);
  return type;
}

Id quiet_properties(hid_t property_class) {
  Id properties(H5Pcreate(property_class), H5Pclose);
  if (property_class == H5P_DATASET_CREATE) H5Pset_obj_track_times(properties, false);
  return properties;
}

// The library's own locks of files fail where a file system knows none, and guard nothing here: a file that is written
// has a name of its own until it is whole.
Id without_file_locks() {
  Id properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(properties, false, true);
  return properties;
}

// The texts of a dataset or attribute of a text type; `read(memory type, buffer)` reads it.
template <class Read>
std::vector<std::string> read_text_space(hid_t type, hid_t space, const std::string& place, Read&& read) {
  const auto count = static_cast<size_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space)));
  const auto check = [&](herr_t code) {
    if (code < 0) bad_input("{} cannot be read (damaged, or a filter that is not installed)", place);
  };
  std::vector<std::string> texts;
  if (count == 0) return texts;
  if (H5Tis_variable_str(type) > 0) {
    const Id memory = text_type(H5Tget_cset(type));
    std::vector<char*> pointers(count, nullptr);
    check(read(memory, pointers.data()));
    for (auto* p : pointers) texts.emplace_back(p ? p : "");
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, pointers.data());
    return texts;
  }
  const size_t width = H5Tget_size(type);
  std::string buffer(width * count, '\0');
  check(read(type, buffer.data()));
  for (size_t i = 0; i < count; ++i) texts.emplace_back(buffer.substr(i * width, width).c_str());
  return texts;
}

}  // namespace

struct Hdf5Writer::Handle {
  fs::path path, temporary;
  hid_t file = -1;
  void check(bool good, const std::string& name) const {
    if (!good) fail(Fault::failed, "cannot write '{}' into '{}' (is the disk full?)", name, path.string());
  }
};

Hdf5Writer::Hdf5Writer(const std::filesystem::path& path) : handle_(std::make_unique<Handle>()) {
  const std::lock_guard lock(library_lock());
  silence();
  handle_->path = path;
  handle_->temporary = path.string() + fmt::format(".{}.tmp", getpid());
  handle_->file = H5Fcreate(handle_->temporary.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, without_file_locks());
  if (handle_->file < 0) bad_input("cannot create '{}'", path.string());
}

Hdf5Writer::~Hdf5Writer() {
  const std::lock_guard lock(library_lock());
  if (handle_->file >= 0) H5Fclose(handle_->file);
  std::error_code ignored;
  fs::remove(handle_->temporary, ignored);  // gone already when finish() renamed it
}

static Id create_dataset(hid_t file, const std::string& name, hid_t type, hid_t space) {
  const Id links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links, 1);
  const Id properties = quiet_properties(H5P_DATASET_CREATE);
  return Id(H5Dcreate2(file, name.c_str(), type, space, links, properties, H5P_DEFAULT), H5Dclose);
}

void Hdf5Writer::write(const std::string& name, const at::Tensor& tensor) {
  const auto whole = tensor.to(at::kCPU).contiguous();
  const std::lock_guard lock(library_lock());
  const std::vector<hsize_t> shape(whole.sizes().begin(), whole.sizes().end());
  const Id space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
  const Id type = native_type(whole.scalar_type());
  const Id dataset = create_dataset(handle_->file, name, type, space);
  handle_->check(dataset.valid() && (whole.numel() == 0 ||
                                     H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, whole.data_ptr()) >= 0),
                 name);
}

void Hdf5Writer::write_columns(const std::string& name, int64_t columns, int64_t first, const at::Tensor& tensor) {
  const auto part = tensor.to(at::kCPU).contiguous();
  const std::lock_guard lock(library_lock());
  const auto size = [](int64_t count) { return static_cast<hsize_t>(count); };
  const hsize_t whole[2] = {size(part.size(0)), size(columns)}, own[2] = {size(part.size(0)), size(part.size(1))},
                start[2] = {0, size(first)};
  const Id type = native_type(part.scalar_type());
  const Id space(H5Screate_simple(2, whole, nullptr), H5Sclose), memory(H5Screate_simple(2, own, nullptr), H5Sclose);
  const Id dataset = H5Lexists(handle_->file, name.c_str(), H5P_DEFAULT) > 0
                         ? Id(H5Dopen2(handle_->file, name.c_str(), H5P_DEFAULT), H5Dclose)
                         : create_dataset(handle_->file, name, type, space);
  H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, own, nullptr);
  handle_->check(dataset.valid() &&
                     (part.numel() == 0 || H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, part.data_ptr()) >= 0),
                 name);
}

void Hdf5Writer::write(const std::string& name, const std::vector<std::string>& texts) {
  const std::lock_guard lock(library_lock());
  const hsize_t count = texts.size();
  const Id space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Id type = text_type();
  const Id dataset = create_dataset(handle_->file, name, type, space);
  std::vector<const char*> pointers;
  for (const auto& text : texts) pointers.push_back(text.c_str());
  handle_->check(
      dataset.valid() && (count == 0 || H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) >= 0),
      name);
}

static bool write_attribute(hid_t file, const std::string& name, hid_t type, const void* value) {
  const Id space(H5Screate(H5S_SCALAR), H5Sclose);
  const Id attribute(H5Acreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  return attribute.valid() && H5Awrite(attribute, type, value) >= 0;
}

void Hdf5Writer::attribute(const std::string& name, const std::string& value) {
  const std::lock_guard lock(library_lock());
  const char* text = value.c_str();
  handle_->check(write_attribute(handle_->file, name, text_type(), &text), name);
}
void Hdf5Writer::attribute_of(const std::string& dataset, const std::string& name, const std::string& value) {
  const std::lock_guard lock(library_lock());
  const char* text = value.c_str();
  const Id owner(H5Dopen2(handle_->file, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  handle_->check(owner.valid() && write_attribute(owner, name, text_type(), &text), dataset + "/" + name);
}
void Hdf5Writer::attribute(const std::string& name, double value) {
  const std::lock_guard lock(library_lock());
  handle_->check(write_attribute(handle_->file, name, H5T_NATIVE_DOUBLE, &value), name);
}
void Hdf5Writer::attribute(const std::string& name, int64_t value) {
  const std::lock_guard lock(library_lock());
  handle_->check(write_attribute(handle_->file, name, H5T_NATIVE_INT64, &value), name);
}

void Hdf5Writer::finish() {
  const std::lock_guard lock(library_lock());
  handle_->check(H5Fclose(std::exchange(handle_->file, -1)) >= 0, "the end of the file");
  std::error_code code;
  fs::rename(handle_->temporary, handle_->path, code);
  if (code) fail(Fault::failed, "cannot write '{}': {}", handle_->path.string(), code.message());
}

// Sizes of a dataset; one without a value at all has none.
static std::vector<hsize_t> extent(hid_t dataset) {
  const Id space(H5Dget_space(dataset), H5Sclose);
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return {0};
  std::vector<hsize_t> sizes(static_cast<size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
  H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
  return sizes;
}

struct Hdf5Reader::Handle {
  fs::path path;
  hid_t file = -1;
  Id dataset(const std::string& name) const {
    Id id(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!id.valid()) bad_input("'{}' has no dataset '{}'", path.string(), name);
    return id;
  }
  std::string place(const std::string& name) const { return fmt::format("'{}': dataset '{}'", path.string(), name); }

  // Refuses sizes that the stored bytes cannot fill, before any memory is asked for. Compression (deflate) saves at
  // most a factor of 1032, and parts that were never written take no room: a quarter of a GiB is always believed.
  void check_size(hid_t dataset, const std::string& name, size_t item_size) const {
    auto bytes = static_cast<double>(item_size);  // not an integer: a damaged file may announce more than one can hold
    for (hsize_t size : extent(dataset)) bytes *= static_cast<double>(std::max<hsize_t>(size, 1));
    hsize_t file_size = 0;
    H5Fget_filesize(file, &file_size);
    const hsize_t stored = std::min(H5Dget_storage_size(dataset), file_size);
    if (bytes > 0x1p28 + 1032.0 * static_cast<double>(stored))
      bad_input("{} announces {:.3g} bytes, {} are stored; the file is damaged", place(name), bytes, stored);
  }

  // As what the numbers of a dataset are read.
  at::ScalarType number_type(hid_t dataset, const std::string& name) const {
    const Id type(H5Dget_type(dataset), H5Tclose);
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) bad_input("{} does not hold numbers", place(name));
    const auto target = kind == H5T_INTEGER ? at::kLong : H5Tget_size(type) > 4 ? at::kDouble : at::kFloat;
    check_size(dataset, name, at::elementSize(target));
    return target;
  }

  void read_numbers(hid_t dataset, const std::string& name, hid_t memory, hid_t space, const at::Tensor& tensor) const {
    if (tensor.numel() > 0 &&
        H5Dread(dataset, native_type(tensor.scalar_type()), memory, space, H5P_DEFAULT, tensor.data_ptr()) < 0)
      bad_input("{} cannot be read (damaged, or a filter that is not installed)", place(name));
  }

  // Entries [begin, end) of one dimension, and all of the others.
  at::Tensor read_part(hid_t dataset, const std::string& name, size_t dimension, int64_t begin, int64_t end) const {
    auto count = extent(dataset);
    std::vector<hsize_t> first(count.size(), 0);
    first[dimension] = static_cast<hsize_t>(begin);
    count[dimension] = static_cast<hsize_t>(end - begin);
    auto tensor = at::empty(std::vector<int64_t>(count.begin(), count.end()), number_type(dataset, name));
    const Id space(H5Dget_space(dataset), H5Sclose),
        memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, first.data(), nullptr, count.data(), nullptr);
    read_numbers(dataset, name, memory, space, tensor);
    return tensor;
  }

  // The same of the columns of a matrix, into a tensor of its type whose rows have no gaps but may lie apart.
  void read_columns(hid_t dataset, const std::string& name, int64_t begin, const at::Tensor& to) const {
    const auto size = [](int64_t n) { return static_cast<hsize_t>(n); };
    const hsize_t from[] = {0, size(begin)}, none[] = {0, 0}, count[] = {size(to.size(0)), size(to.size(1))},
                  held[] = {count[0], size(std::max(to.stride(0), to.size(1)))};
    const Id space(H5Dget_space(dataset), H5Sclose), memory(H5Screate_simple(2, held, nullptr), H5Sclose);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, from, nullptr, count, nullptr);
    H5Sselect_hyperslab(memory, H5S_SELECT_SET, none, nullptr, count, nullptr);
    read_numbers(dataset, name, memory, space, to);
  }
};

Hdf5Reader::Hdf5Reader(const std::filesystem::path& path) : handle_(std::make_unique<Handle>()) {
  MappedFile{path};  // the system's own reason when it cannot be read
  const std::lock_guard lock(library_lock());
  silence();
  handle_->path = path;
  handle_->file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, without_file_locks());
  if (handle_->file < 0) bad_input("'{}' is not an HDF5 file, or is truncated", path.string());
}

Hdf5Reader::~Hdf5Reader() {
  const std::lock_guard lock(library_lock());
  H5Fclose(handle_->file);
}

std::vector<std::string> Hdf5Reader::datasets() const {
  const std::lock_guard lock(library_lock());
  std::vector<std::string> names;
  const auto visit = [](hid_t, const char* name, const H5O_info_t* info, void* list) -> herr_t {
    if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(list)->emplace_back(name);
    return 0;
  };
  if (H5Ovisit(handle_->file, H5_INDEX_NAME, H5_ITER_INC, visit, &names) < 0)
    bad_input("'{}' is damaged: its datasets cannot be listed", handle_->path.string());
  std::sort(names.begin(), names.end());
  return names;
}

bool Hdf5Reader::contains(const std::string& name) const {
  const auto names = datasets();
  return std::binary_search(names.begin(), names.end(), name);
}

std::vector<int64_t> Hdf5Reader::shape(const std::string& name) const {
  const std::lock_guard lock(library_lock());
  const auto sizes = extent(handle_->dataset(name));
  return {sizes.begin(), sizes.end()};
}

at::ScalarType Hdf5Reader::type(const std::string& name) const {
  const std::lock_guard lock(library_lock());
  return handle_->number_type(handle_->dataset(name), name);
}

bool Hdf5Reader::is_chunked(const std::string& name) const {
  const std::lock_guard lock(library_lock());
  const Id properties(H5Dget_create_plist(handle_->dataset(name)), H5Pclose);
  return H5Pget_layout(properties) == H5D_CHUNKED;
}

at::Tensor Hdf5Reader::read(const std::string& name) const {
  const std::lock_guard lock(library_lock());
  const Id dataset = handle_->dataset(name);
  const auto type = handle_->number_type(dataset, name);
  const auto sizes = extent(dataset);
  auto tensor = at::empty(std::vector<int64_t>(sizes.begin(), sizes.end()), type);
  handle_->read_numbers(dataset, name, H5S_ALL, H5S_ALL, tensor);
  return tensor;
}

at::Tensor Hdf5Reader::read_columns(const std::string& name, int64_t begin, int64_t end) const {
  const std::lock_guard lock(library_lock());
  const Id dataset = handle_->dataset(name);
  const auto sizes = extent(dataset);
  if ((sizes.size() != 1 && sizes.size() != 2) || begin < 0 || end < begin || static_cast<hsize_t>(end) > sizes.back())
    bad_input("{} has no columns [{}, {})", handle_->place(name), begin, end);
  return handle_->read_part(dataset, name, sizes.size() - 1, begin, end);
}

void Hdf5Reader::read_columns(const std::string& name, int64_t begin, const at::Tensor& to) const {
  const std::lock_guard lock(library_lock());
  const Id dataset = handle_->dataset(name);
  const auto sizes = extent(dataset);
  if (sizes.size() != 2 || begin < 0 || static_cast<hsize_t>(to.size(0)) != sizes[0] ||
      static_cast<hsize_t>(begin + to.size(1)) > sizes[1] || to.stride(1) != 1)
    bad_input("{} has no {} x {} numbers from column {} on", handle_->place(name), to.size(0), to.size(1), begin);
  handle_->read_columns(dataset, name, begin, to);
}

at::Tensor Hdf5Reader::read_entry(const std::string& name, int64_t i) const {
  const std::lock_guard lock(library_lock());
  const Id dataset = handle_->dataset(name);
  const auto sizes = extent(dataset);
  if (sizes.size() < 2 || i < 0 || static_cast<hsize_t>(i) >= sizes[0])
    bad_input("{} has no entry {}", handle_->place(name), i);
  return handle_->read_part(dataset, name, 0, i, i + 1).squeeze(0);
}

std::vector<std::string> Hdf5Reader::read_texts(const std::string& name) const {
  const std::lock_guard lock(library_lock());
  const Id dataset = handle_->dataset(name);
  const Id type(H5Dget_type(dataset), H5Tclose), space(H5Dget_space(dataset), H5Sclose);
  if (H5Tget_class(type) != H5T_STRING) bad_input("{} does not hold text", handle_->place(name));
  handle_->check_size(dataset, name, H5Tget_size(type));
  return read_text_space(type, space, handle_->place(name), [&](hid_t memory, void* buffer) {
    return H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer);
  });
}

std::string Hdf5Reader::text_attribute(const std::string& name) const {
  const std::lock_guard lock(library_lock());
  const Id attribute(H5Aopen(handle_->file, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute.valid()) bad_input("'{}' has no attribute '{}'", handle_->path.string(), name);
  const Id type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
  const auto place = fmt::format("'{}': attribute '{}'", handle_->path.string(), name);
  if (H5Tget_class(type) != H5T_STRING) bad_input("{} is not text", place);
  const auto texts = read_text_space(type, space, place,
                                     [&](hid_t memory, void* buffer) { return H5Aread(attribute, memory, buffer); });
  return texts.empty() ? "" : texts.front();
}

double Hdf5Reader::number_attribute(const std::string& name) const {
  const std::lock_guard lock(library_lock());
  const Id attribute(H5Aopen(handle_->file, name.c_str(), H5P_DEFAULT), H5Aclose);
  const Id space(attribute.valid() ? H5Aget_space(attribute) : -1, H5Sclose);
  double value = 0;  // room for one number, whatever the file says
  if (!space.valid() || H5Sget_simple_extent_npoints(space) != 1 || H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0)
    bad_input("'{}' has no single number in attribute '{}'", handle_->path.string(), name);
  return value;
}

}  // namespace arcuate
