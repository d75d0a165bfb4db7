// The files of tests/reference/freesurfer, and tables of malformed ones with what is said of each.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "bytes.h"
#include "core/files.h"
#include "io/json.h"
#include "support.h"

namespace arcuate::test {

inline std::string freesurfer_file(const std::string& name) {
  return read_file(source_path("reference/freesurfer") / name);
}

inline Json freesurfer_expected(const std::string& name) {
  return read_json(source_path("reference/freesurfer/expected.json")).at(name);
}

struct Broken {
  const char* what;
  std::string bytes;
  std::string said;  ///< a part of the message
};

inline void expect_refused(const std::vector<Broken>& files, const std::function<void(const std::string&)>& read) {
  for (const auto& file : files) {
    const auto message = message_of([&] { read(file.bytes); });
    EXPECT_NE(message.find(file.said), message.npos)
        << file.what << "\nsaid:     " << message << "\nexpected: " << file.said;
  }
}

/// No beginning of `whole` shorter than `least` may be readable.
inline void expect_no_cut_is_readable(const std::string& whole, size_t least,
                                      const std::function<void(const std::string&)>& read) {
  for (size_t size = 0; size < least; ++size)
    EXPECT_NE(message_of([&] { read(whole.substr(0, size)); }), "") << size << " of " << whole.size() << " bytes";
}

}  // namespace arcuate::test
