// Small models of random weights whose states the original library made.
#pragma once
#include <string>

#include "support.h"

namespace arcuate::test {

/// A folder of tests/reference/models.
inline fs::path reference_model(const std::string& name) { return source_path("reference/models/" + name); }

}  // namespace arcuate::test
