// Amounts of memory as people write them: "4GB", "512MiB", "1.5G".
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arcuate::cli {

/// An amount of memory or disk; the type of an option that accepts "4GB".
struct Bytes {
  int64_t count = 0;
  bool operator==(const Bytes&) const = default;
};

/// kB, MB, GB, TB are powers of 1000; KiB, MiB, GiB, TiB and the bare letters K, M, G, T are powers of 1024 (as in
/// Slurm).
std::optional<Bytes> parse_bytes(std::string_view text);
/// Exact, and readable where it can be: "4GB", "512MiB", "1234567".
std::string exact_bytes(Bytes bytes);
/// For people: "3.9 GB".
std::string readable_bytes(Bytes bytes);

}  // namespace arcuate::cli
