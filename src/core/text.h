// Small text tools: splitting, trimming, number reading, UTF-8 checks, nearest names, BIDS labels.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

std::string_view trim(std::string_view text);
std::vector<std::string> split_fields(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string lower_ascii(std::string_view text);

/// The whole of `text` as a number; nothing if any character is left over. Accepts what C's from_chars does, and a
/// leading '+'.
std::optional<double> to_double(std::string_view text);
std::optional<long long> to_integer(std::string_view text);

/// Shortest text that reads back as the same value; "n/a" for NaN (BIDS).
std::string shortest(double value);
std::string shortest(float value);

/// Byte offset of the first byte that is not valid UTF-8, or nothing.
std::optional<size_t> invalid_utf8(std::string_view text);

/// Code points of valid UTF-8 text.
std::vector<char32_t> code_points(std::string_view text);
std::string to_utf8(char32_t code_point);

/// The candidate closest to `name` by edit distance, or "" when none is near enough to be meant.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);
/// "; did you mean 'x'?" or "; known: a, b, c".
std::string suggestion(std::string_view name, std::span<const std::string> candidates);

/// Letters and digits only, as BIDS wants labels ("tales-1m" -> "tales1m").
std::string bids_label(std::string_view name);
/// "sub-" and the label of a subject, whose name may begin so already ("sub-002" -> "sub-002", "s 2" -> "sub-s2").
std::string bids_subject(std::string_view name);

/// A word of a command line, quoted where a shell would take it apart.
std::string shell_quoted(const std::string& word);

}  // namespace arcuate
