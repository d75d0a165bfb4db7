// The files of tests/reference/freesurfer, and how their beginnings are refused.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "bytes.h"
#include "core/files.h"
#include "io/json.h"
#include "malformed.h"
#include "support.h"

namespace arcuate::test {

inline std::string freesurfer_file(const std::string& name) {
  return read_file(source_path("reference/freesurfer") / name);
}

inline Json freesurfer_expected(const std::string& name) {
  return read_json(source_path("reference/freesurfer/expected.json")).at(name);
}

/// No beginning of `whole` shorter than `least` may be readable.
inline void expect_no_cut_is_readable(const std::string& whole, size_t least,
                                      const std::function<void(const std::string&)>& read) {
  for (size_t size = 0; size < least; ++size)
    EXPECT_NE(message_of([&] { read(whole.substr(0, size)); }), "") << size << " of " << whole.size() << " bytes";
}

}  // namespace arcuate::test
