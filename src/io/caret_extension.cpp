#include "io/caret_extension.h"

#include "io/xml_parts.h"

namespace arcuate {

NiftiExtension caret_extension(const std::vector<std::string>& names) {
  constexpr int caret_code = 30;  // NIFTI_ECODE_CARET
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CaretExtension>\n";
  for (size_t i = 0; i < names.size(); ++i)
    xml += fmt::format("  <VolumeInformation Index=\"{}\"><GuiLabel>{}</GuiLabel></VolumeInformation>\n", i,
                       xml_cdata(names[i]));
  return {caret_code, xml + "</CaretExtension>\n"};
}

}  // namespace arcuate
