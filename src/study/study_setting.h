// Single values of a study file that are changed by name.
#pragma once
#include <string>

namespace toml {
inline namespace v3 {
class node;
class table;
}  // namespace v3
}  // namespace toml

namespace arcuate {

/// Puts "a.b.0.c=value" into the table; the value is TOML, or text when it is not valid TOML. Errors: usage.
void apply_setting(toml::table& table, const std::string& setting);

}  // namespace arcuate
