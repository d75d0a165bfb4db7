// GIfTI files as text, with a fault put in where one is wanted.
#pragma once
#include <fmt/format.h>

#include <map>
#include <string>

namespace arcuate::test {

using Attributes = std::map<std::string, std::string>;

/// One array of text; `changed` are attributes of its own, and an empty one leaves an attribute out.
inline std::string array_of(const Attributes& changed, const std::string& data) {
  Attributes all{{"Intent", "NIFTI_INTENT_NONE"},
                 {"DataType", "NIFTI_TYPE_FLOAT32"},
                 {"Dimensionality", "1"},
                 {"Dim0", "3"},
                 {"ArrayIndexingOrder", "RowMajorOrder"},
                 {"Encoding", "ASCII"},
                 {"Endian", "LittleEndian"},
                 {"ExternalFileOffset", "0"}};
  for (const auto& [name, value] : changed) all[name] = value;
  std::string text = "<DataArray";
  for (const auto& [name, value] : all)
    if (!value.empty()) text += fmt::format(" {}='{}'", name, value);
  return text + "><MetaData/><Data>" + data + "</Data></DataArray>";
}

inline std::string file_of(const std::string& content, const std::string& count = "1") {
  return "<?xml version='1.0'?>\n<GIFTI Version='1.0' NumberOfDataArrays='" + count + "'>" + content + "</GIFTI>";
}

}  // namespace arcuate::test
