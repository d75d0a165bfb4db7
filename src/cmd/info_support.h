// Descriptions of files for `info`. A new kind of file is one function and one row of the table in describe_file().
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "io/json.h"

namespace arcuate {

/// Plain values, objects and lists of objects (tables), by what they say. Errors: input, for a file that cannot be
/// read, is broken, or is of no known kind.
Json describe_file(const std::filesystem::path& path);

/// The same for people: a line a value, tables in columns and cut after some rows.
std::string description_text(const Json& description);

/// Adds how many values are NaN and infinite, and the smallest, largest and mean of the others.
void add_statistics(Json& json, const at::Tensor& values);

}  // namespace arcuate
