// GIfTI files (.gii): arrays over the vertices of a surface, their metadata and a table of labels.
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

struct GiftiLabel {
  int key = 0;                  ///< the value in an array of labels
  std::string name{};           ///< UTF-8
  std::array<float, 4> rgba{};  ///< red, green, blue, alpha, usually 0 to 1
};

struct GiftiArray {
  std::string intent{};                           ///< "NIFTI_INTENT_POINTSET", "NIFTI_INTENT_TIME_SERIES", …
  at::Tensor values{};                            ///< float32, int32 or uint8, in the shape of the file, C order
  std::map<std::string, std::string> metadata{};  ///< UTF-8
};

struct Gifti {
  std::map<std::string, std::string> metadata{};
  std::vector<GiftiArray> arrays{};
  std::vector<GiftiLabel> labels{};
};

/// Whether the name ends with .gii or .gii.gz.
bool is_gifti_name(const std::filesystem::path& path);

/// All encodings but external files, both byte orders and both index orders. float64 becomes float32; every integer but
/// uint8 becomes int32, and a value that these cannot hold is an error. Coordinates are those of the file: transforms
/// to other spaces are not applied. Errors: input, all problems of the file at once, arrays counted from 1.
Gifti parse_gifti(std::string_view bytes, const std::string& source);
/// Of a file that may be packed by gzip as a whole (.gii.gz).
Gifti read_gifti(const std::filesystem::path& path);

/// GZipBase64Binary, little-endian, RowMajorOrder; values float32, int32 or uint8, 1 to 6 dimensions. Atomic, and the
/// same bytes on every run. Errors: failed, for what the format cannot hold.
void write_gifti(const std::filesystem::path& path, const Gifti& gifti);

}  // namespace arcuate
