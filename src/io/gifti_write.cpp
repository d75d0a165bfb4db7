// Writing GIfTI: names in CDATA and elements in the order of the format's DTD, as other programs expect them.
#include "io/gifti.h"

#include <ATen/ATen.h>
#include <zlib.h>

#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/base64.h"
#include "io/gifti_data.h"
#include "io/table.h"
#include "io/xml_parts.h"

namespace arcuate {
namespace {

const char* type_name(const at::Tensor& values) {
  const auto type = values.scalar_type();
  if (type == at::kFloat) return "NIFTI_TYPE_FLOAT32";
  if (type == at::kInt) return "NIFTI_TYPE_INT32";
  if (type == at::kByte) return "NIFTI_TYPE_UINT8";
  fail(Fault::failed, "GIfTI arrays are written from float32, int32 or uint8 tensors, not {}", c10::toString(type));
}

std::string metadata_text(const std::map<std::string, std::string>& metadata, const std::string& indent) {
  return metadata.empty() ? indent + "<MetaData/>\n" : xml_metadata(metadata, indent);
}

std::string labels_text(const std::vector<GiftiLabel>& labels) {
  if (labels.empty()) return "  <LabelTable/>\n";
  std::string text = "  <LabelTable>\n";
  for (const auto& label : labels) text += xml_label(label, "    ");
  return text + "  </LabelTable>\n";
}

// zlib's format, which is what the encoding's GZip means in practice; the fastest level.
std::string packed(const at::Tensor& values) {
  const auto whole = values.contiguous();
  const auto size = static_cast<uLong>(whole.nbytes());
  auto space = compressBound(size);
  std::string bytes(space, '\0');
  if (compress2(reinterpret_cast<Bytef*>(bytes.data()), &space, static_cast<const Bytef*>(whole.data_ptr()), size,
                Z_BEST_SPEED) != Z_OK)
    fail(Fault::failed, "zlib cannot compress {} bytes: out of memory?", size);
  bytes.resize(space);
  return bytes;
}

// Coordinates come with a transform; this one says that their space is not known.
constexpr const char* identity =
    "    <CoordinateSystemTransformMatrix>\n"
    "      <DataSpace><![CDATA[NIFTI_XFORM_UNKNOWN]]></DataSpace>\n"
    "      <TransformedSpace><![CDATA[NIFTI_XFORM_UNKNOWN]]></TransformedSpace>\n"
    "      <MatrixData>1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1</MatrixData>\n"
    "    </CoordinateSystemTransformMatrix>\n";

std::string array_text(const GiftiArray& array) {
  const auto& values = array.values;
  if (!values.defined() || values.dim() < 1 || values.dim() > most_gifti_dimensions || values.numel() == 0)
    fail(Fault::failed, "GIfTI arrays have 1 to {} dimensions and at least one value", most_gifti_dimensions);
  if (!is_gifti_intent(array.intent))
    fail(Fault::failed, "the intent '{}' is no name like NIFTI_INTENT_TIME_SERIES", excerpt(array.intent));
  std::string text = fmt::format(
      "  <DataArray Intent=\"{}\" DataType=\"{}\" ArrayIndexingOrder=\"RowMajorOrder\" Dimensionality=\"{}\"",
      array.intent, type_name(values), values.dim());
  for (int64_t i = 0; i < values.dim(); ++i) text += fmt::format(" Dim{}=\"{}\"", i, values.size(i));
  text += " Encoding=\"GZipBase64Binary\" Endian=\"LittleEndian\" ExternalFileName=\"\" ExternalFileOffset=\"0\">\n";
  text += metadata_text(array.metadata, "    ");
  if (array.intent == "NIFTI_INTENT_POINTSET") text += identity;
  return text + "    <Data>" + encode_base64(packed(values)) + "</Data>\n  </DataArray>\n";
}

}  // namespace

void write_gifti(const std::filesystem::path& path, const Gifti& gifti) {
  within(fmt::format("while writing '{}'", path.string()), [&] {
    std::string text = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<!DOCTYPE GIFTI SYSTEM \"http://www.nitrc.org/frs/download.php/115/gifti.dtd\">\n"
        "<GIFTI Version=\"1.0\" NumberOfDataArrays=\"{}\">\n",
        gifti.arrays.size());
    text += metadata_text(gifti.metadata, "  ");
    text += labels_text(gifti.labels);
    for (const auto& array : gifti.arrays) text += array_text(array);
    write_file(path, text + "</GIFTI>\n");
  });
}

}  // namespace arcuate
