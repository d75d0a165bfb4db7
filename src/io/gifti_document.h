// Within the io layer only: a GIfTI file as its elements, before the numbers of its arrays are decoded.
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "io/gifti.h"
#include "io/gifti_data.h"
#include "io/xml_cuts.h"
#include "io/xml_parts.h"

namespace arcuate {

/// What an array says of itself.
struct GiftiArrayHead {
  std::string intent{};
  std::map<std::string, std::string> metadata{};
  GiftiLayout layout{};
  pugi::xml_node data{};
};

struct GiftiDocument {
  /// Errors: input, for bytes that are no such document. They must outlive it.
  GiftiDocument(std::string_view bytes, const std::string& source);
  GiftiDocument(const GiftiDocument&) = delete;
  GiftiDocument& operator=(const GiftiDocument&) = delete;

  /// Of array i from 0, whose faults are reported.
  GiftiArrayHead head(size_t i, XmlReport& report) const;
  /// The numbers that it announces; undefined after a fault, which is reported.
  at::Tensor values(const GiftiArrayHead& head, XmlReport& report) const;
  /// Where its text lies in the file, if it is there as it was.
  std::string_view text_of(const GiftiArrayHead& head) const;

  XmlText text;
  pugi::xml_document document{};
  pugi::xml_node root{};
  std::vector<pugi::xml_node> arrays{};
  Problems problems;  ///< So far: of the root.
};

}  // namespace arcuate
