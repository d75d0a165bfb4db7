// Files of tests/data/io, written by numpy, safetensors and h5py (tests/reference/make_io.py), and what they hold.
#pragma once
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/files.h"
#include "malformed.h"
#include "support.h"

namespace arcuate::test {

inline fs::path foreign(const std::string& name) { return source_path("data/io") / name; }

/// The values that every array of a kind (float, integer, unsigned, bool: f i u b) has there, as the widest such type.
inline at::Tensor foreign_values(char kind, at::IntArrayRef shape = {2, 3, 4}) {
  int64_t count = 1;
  for (int64_t size : shape) count *= size;
  const auto k = at::arange(count, at::kLong).reshape(shape);
  switch (kind) {
    case 'f':
      return k.to(at::kDouble) / 2 - 3;
    case 'i':
      return k - 5;
    case 'u':
      return k * 7;
    default:
      return k.remainder(3).eq(0);
  }
}

/// Same shape, type and values.
inline testing::AssertionResult same(const at::Tensor& found, const at::Tensor& expected) {
  if (found.scalar_type() != expected.scalar_type())
    return testing::AssertionFailure() << "type " << found.scalar_type() << ", not " << expected.scalar_type();
  if (found.sizes() != expected.sizes() || !at::equal(found, expected))
    return testing::AssertionFailure() << found << "\nwhere expected\n" << expected;
  return testing::AssertionSuccess();
}

/// Calls `read` with every file that is a beginning of `whole`, `step` bytes apart: each must be an input error.
inline void expect_no_beginning_is_readable(const fs::path& whole, const std::function<void(const fs::path&)>& read,
                                            size_t step = 1) {
  const TemporaryFolder folder;
  const auto path = folder / "cut";
  write_text(path, read_file(whole));
  for (size_t size = fs::file_size(path); size > 0;) {
    size -= std::min(step, size);
    fs::resize_file(path, size);
    const auto message = input_error([&] { read(path); });
    ASSERT_TRUE(message.starts_with("'" + path.string() + "'")) << size << " bytes of " << whole << ": " << message;
  }
}

}  // namespace arcuate::test
