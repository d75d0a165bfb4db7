// Base64 (RFC 4648, section 4): bytes as text of 64 characters.
#pragma once
#include <string>
#include <string_view>

namespace arcuate {

std::string encode_base64(std::string_view bytes);
/// White space is skipped, everything else must be as encode_base64 writes it, padding included.
/// Errors: input, with the byte of the first fault.
std::string decode_base64(std::string_view text);

}  // namespace arcuate
