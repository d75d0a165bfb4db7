// SHA-256 of bytes and files, as lower-case hexadecimal text.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace arcuate {

std::string sha256(std::string_view bytes);
/// Errors: input, as for any file that is read.
std::string sha256_file(const std::filesystem::path& path);

}  // namespace arcuate
