// A unit of work of a study: what its result depends on, which other units it reads, and one output file.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/compute.h"
#include "io/hdf5.h"
#include "io/json.h"

namespace arcuate {

/// What a unit is expected to need.
struct UnitNeeds {
  int64_t memory = 0;         ///< Bytes at its peak, above what every unit finds there,
  int64_t of_a_thread = 0;    ///< and those that each thread adds.
  int64_t disk = 0;           ///< Bytes of its output,
  int64_t scratch = 0;        ///< and of a scratch file that goes when it is made.
  double work = 1;            ///< In units of its stage, so that times of finished ones tell those of the others.
  std::string largest{};      ///< Its largest array, in words,
  int64_t largest_bytes = 0;  ///< and that array's bytes.
};

/// One of the units that are made in one go: which, and its output.
struct UnitPart {
  size_t part = 0;
  Hdf5Writer& file;
};

/// Units that are made in one go where several of them are to be made: what one needs serves all (a model that is read
/// layer by layer serves all stories).
struct UnitGroup {
  std::string name{};  ///< Of all its units; empty: the unit is made alone, by Unit::write.
  size_t part = 0;     ///< Which of them it is.
  std::function<void(const Compute&, const std::vector<UnitPart>&)> write{};  ///< Fills the outputs of some.
};

struct Unit {
  std::string id{};                   ///< "encode/tales-1m/layer-3"
  std::string stage{};                ///< "encode": units of a stage do the same work, more or less of it.
  std::string format{};               ///< What the output says that it is.
  Json depends_on{};                  ///< All that the result depends on besides the inputs.
  std::vector<std::string> inputs{};  ///< Units whose outputs it reads.
  std::filesystem::path output{};     ///< HDF5, with the attributes "format" and "key".
  UnitNeeds needs{};
  std::function<void(const Compute&, Hdf5Writer&)> write{};  ///< Fills the output …
  UnitGroup group{};                                         ///< … or this does.
  // Set by WorkGraph::add.
  Json input_keys = Json::object();  ///< Key of every input.
  std::string key{};                 ///< Hash of all that the result depends on.
};

/// Raised when the arithmetic or the layout of a unit's output changes.
inline constexpr int unit_format = 3;

/// SHA-256 over all that a result depends on, with the program's version.
std::string unit_key(const Json& depends_on);

}  // namespace arcuate
