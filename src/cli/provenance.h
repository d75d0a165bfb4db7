// What is written beside every result: how it was made, and nothing that differs between two runs of the same thing.
// No times, hosts, threads or output places: those go to logs.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cli/option.h"
#include "io/json.h"

namespace arcuate::cli {

struct RecordedOption {
  std::string name{};
  Value value{};
};

struct Record {
  std::string command{};                  ///< "encode"
  std::vector<RecordedOption> options{};  ///< Resolved, and only those that can change a result.
  std::vector<std::string> arguments{};   ///< As given; for logs, since it names threads and places.
};

/// Version, compiler, libraries and the BLAS kernel that decide the numbers.
Json software();

/// A list for text options, numbers as numbers, null for what is not set.
Json to_json(const Value& value);

/// Ascending row numbers as ranges [begin, end).
Json row_ranges(std::span<const int64_t> rows);

/// Path as given, bytes and SHA-256; a folder stands for the files in it, in order of name.
Json input_record(const std::filesystem::path& path);

/// {"program": …, "command": …, "options": {…}, "inputs": […]}; the caller adds what only it knows (folds, trims,
/// flags).
Json manifest(const Record& record, std::span<const std::filesystem::path> inputs);

}  // namespace arcuate::cli
