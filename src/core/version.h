// The program's version and those of the libraries that decide its numbers.
#pragma once
#include <string>

namespace arcuate {

constexpr const char* version = "0.1.0";
std::string torch_version();

}  // namespace arcuate
