// Within the study layer only: one table of a study file. It reads keys into fields, remembers which keys it was asked
// for, and reports, when it ends, those of the file that nobody knows.
#pragma once
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace toml {
inline namespace v3 {
class node;
class table;
}  // namespace v3
}  // namespace toml

namespace arcuate {

class StudySection {
 public:
  /// `name` is what stands before a key in messages: "encode.". Relative paths start at `folder`.
  StudySection(const toml::table& table, std::string name, Problems& problems, const std::filesystem::path& folder);
  StudySection(const StudySection&) = delete;  // it would report its unknown keys twice
  StudySection& operator=(const StudySection&) = delete;
  ~StudySection();

  /// The key's value, or null; the key is known from now on.
  const toml::node* find(const char* key);
  bool contains(const char* key) const;
  /// Unknown keys of this table are no problem (its kind is one already).
  void ignore_unknown() { ignores_unknown_ = true; }

  // A field keeps its value when the key is not there; a value of the wrong kind is a problem.
  void read(const char* key, std::string& field);
  void read(const char* key, bool& field);
  void read(const char* key, int& field);
  void read(const char* key, int64_t& field);
  void read(const char* key, uint64_t& field);  ///< A seed: any bits will do.
  void read(const char* key, double& field);
  void read_or_inf(const char* key, double& field);  ///< A number, or inf.
  /// "${NAME}" and "${NAME:-default}" stand for environment variables. `given` is the text as written.
  void read(const char* key, std::filesystem::path& field, std::string& given);
  // A list, or one value that stands for a list of one.
  void read(const char* key, std::vector<std::filesystem::path>& field, std::vector<std::string>& given);
  void read(const char* key, std::vector<std::string>& field);
  void read(const char* key, std::vector<int64_t>& field);
  void read(const char* key, std::vector<double>& field);

  template <class Enum>
  void read_choice(const char* key, Enum& field, std::initializer_list<std::pair<const char*, Enum>> choices) {
    std::vector<std::string> names;
    for (const auto& choice : choices) names.emplace_back(choice.first);
    if (const size_t place = chosen(key, names); place < names.size()) field = (choices.begin() + place)->second;
  }

  void wrong(const char* key, const toml::node& node, const std::string& expected);
  void wrong(const char* key, const std::string& expected);
  /// A problem of the key in other words: `said` follows its name.
  void problem(const char* key, const std::string& said);
  StudySection inner(const toml::table& table, const std::string& name);
  Problems& problems() { return problems_; }

 private:
  template <class T, class Fits>
  void read_as(const char* key, T& field, const std::string& expected, Fits fits);
  template <class T>
  void read_list(const char* key, std::vector<T>& field, const char* expected);
  size_t chosen(const char* key, const std::vector<std::string>& names);
  std::filesystem::path resolve(std::string text, const char* key);

  const toml::table& table_;
  std::string name_;
  Problems& problems_;
  const std::filesystem::path& folder_;
  std::set<std::string> known_;
  bool ignores_unknown_ = false;
};

}  // namespace arcuate
