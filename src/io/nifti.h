// NIfTI-1 and -2 files of one piece (.nii, .nii.gz): volumes and series of volumes on a grid of voxels.
// Formats: nifti.nimh.nih.gov, nifti1.h and nifti2.h. The reader is our own over zlib: the header is a struct of fixed
// size, and before the libraries at hand (nifticlib, CiftiLib) one would have to check offsets, scale and gzip's
// checksum, which is most of a reader.
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace arcuate {

/// A block between header and data that belongs to another format, such as the XML of CIFTI (code 32).
struct NiftiExtension {
  int code = 0;
  std::string bytes{};  ///< with the zeros that fill it to a multiple of 16, less the 8 bytes before it
};

struct NiftiHeader {
  std::vector<int64_t> shape{};  ///< x, y, z, time, …: 1 to 7 sizes, all positive
  at::Tensor affine{};  ///< 4 x 4 float64: voxels (counted from 0) to space; the sform, else the qform, else from the
                        ///< size of voxels with the grid's middle at 0 and x to the left, as in nibabel
  std::string affine_from{};  ///< "sform", "qform" or "pixdim"
  int space = 0;             ///< of the affine: 0 unknown, 1 scanner, 2 aligned, 3 Talairach, 4 MNI, 5 another template
  std::string space_unit{};  ///< "mm", "m", "um" or "" where the file does not tell
  double tr = 0;             ///< seconds from volume to volume (a file without unit is taken to mean them); 0: unknown
  int intent_code = 0;       ///< of the standard: 3 correlation, 4 t, 1002 label, …
  std::string intent_name{};  ///< at most 15 bytes
  std::string description{};  ///< at most 79 bytes
  std::vector<NiftiExtension> extensions{};
  // Of the file, when it was read.
  int version = 1;            ///< 1 or 2
  std::string stored_type{};  ///< "int16", "float32", …
  double slope = 1;           ///< a value is slope x number + intercept
  double intercept = 0;
};

struct Nifti {
  NiftiHeader header{};
  /// In the header's shape [x, y, z, time, …], as nibabel has it, and in the file's order in memory: x runs fastest, so
  /// a volume's values lie side by side, and permuted to [time, z, y, x] they are contiguous without a copy.
  at::Tensor values{};
};

/// Errors: input, all problems of the header at once. The data are not read.
NiftiHeader read_nifti_header(const std::filesystem::path& path);

/// Numbers keep their type, but uint16 becomes int32, uint32 and uint64 become int64; with slope or intercept they
/// become float32, those of int32 and wider float64. All of a gzipped file is read, and its checksum compared. Errors:
/// input, for a file that is broken, is longer or shorter than its header says, or holds complex numbers or colours.
Nifti read_nifti(const std::filesystem::path& path);

/// The voxels of a mask as T x V float32, one volume in memory at a time beside the result; columns are in the order of
/// numpy's data[mask], z running fastest. A file of three dimensions has one row. mask: [x, y, z] bool.
/// Errors: input, as of read_nifti; a mask of another shape or without any voxel; a number that float32 cannot hold.
at::Tensor read_nifti_series(const std::filesystem::path& path, const at::Tensor& mask);

/// The opposite: T x V numbers of the voxels of a mask as volumes [x, y, z, T], in the order of the file in memory and
/// with `outside` elsewhere. Errors: failed, for a mask of other than three dimensions or other than V voxels.
at::Tensor volumes_of_series(const at::Tensor& series, const at::Tensor& mask, double outside = 0);

/// Little-endian, gzip if the name ends with .gz; version 2 where a dimension exceeds 32767. values: float32, int32,
/// int16 or uint8 of 1 to 7 dimensions, which the header's shape need not repeat. The affine is written as sform and
/// qform (whose rotation is the nearest one where the affine shears). What is said of the file when it was read is not
/// used. Atomic, and the same bytes on every run. Errors: failed, for what the format cannot hold.
void write_nifti(const std::filesystem::path& path, const Nifti& nifti);

/// Lengths of a voxel's edges, in the unit of space.
std::array<double, 3> voxel_sizes(const at::Tensor& affine);
/// Where x, y and z of the grid point to, each towards the axis of space next to it: "RAS" for right, anterior,
/// superior.
std::string orientation(const at::Tensor& affine);
/// "scanner", "MNI", …; "unknown" for other codes.
const char* nifti_space_name(int code);
/// "t test", "label", …; "" for none or a code that is not known.
const char* nifti_intent_label(int code);

}  // namespace arcuate
