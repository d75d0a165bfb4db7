// Tables of malformed inputs: what is wrong with each, its bytes, and what must be said of it.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/text.h"
#include "support.h"

namespace arcuate::test {

/// The message if `action` throws an input error; otherwise what happened instead.
inline std::string input_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.fault() == Fault::input ? error.what() : std::string("not an input error: ") + error.what();
  } catch (const std::exception& error) {
    return std::string("not our error: ") + error.what();
  }
  return "no error";
}

struct Malformed {
  template <class... Parts>
  Malformed(std::string name, std::string file, const Parts&... parts)
      : what(std::move(name)), bytes(std::move(file)), said{std::string(parts)...} {
    static_assert(sizeof...(Parts) > 0, "what must be said?");
  }

  std::string what;  ///< names the case
  std::string bytes;
  std::vector<std::string> said;  ///< parts of the message
};

/// Each of the cases must be an input error that says its parts in text that a terminal can show. The number of cases
/// stands in the test's report, as `malformed`.
inline void expect_refused(const std::vector<Malformed>& cases, const std::function<void(const std::string&)>& read) {
  std::set<std::string> names;
  for (const auto& one : cases) {
    EXPECT_TRUE(names.insert(one.what).second) << "two cases are called " << one.what;
    const auto message = input_error([&] { read(one.bytes); });
    EXPECT_FALSE(message.starts_with("not an input error") || message.starts_with("not our error"))
        << one.what << message;
    for (const auto& part : one.said)
      EXPECT_NE(message.find(part), message.npos) << one.what << "\nsaid:     " << message << "\nexpected: " << part;
    EXPECT_FALSE(invalid_utf8(message)) << one.what << ": " << message;
  }
  testing::Test::RecordProperty("malformed", static_cast<int>(cases.size()));
}

/// The same of readers that take a path: each case is the file `name` in a folder of its own.
inline void expect_files_refused(const std::string& name, const std::vector<Malformed>& cases,
                                 const std::function<void(const fs::path&)>& read) {
  const TemporaryFolder folder;
  expect_refused(cases, [&](const std::string& bytes) {
    write_text(folder / name, bytes);
    read(folder / name);
  });
}

}  // namespace arcuate::test
