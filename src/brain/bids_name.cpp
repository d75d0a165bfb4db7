#include "brain/bids_name.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/text.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

// Of the specification; others follow.
constexpr std::array<std::string_view, 9> order{"sub", "ses", "task", "acq", "ce", "rec", "dir", "run", "echo"};

size_t rank(std::string_view entity) {
  return static_cast<size_t>(std::find(order.begin(), order.end(), entity) - order.begin());
}

bool is_about(const BidsName& name, const BidsName& scan) {
  return std::all_of(name.entities.begin(), name.entities.end(),
                     [&](const auto& entity) { return scan.of(entity.first) == entity.second; });
}

fs::path nearest_in(const fs::path& folder, const BidsName& scan, std::string_view suffix, std::string_view extension) {
  std::error_code ignored;
  fs::path found;
  size_t most = 0;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const auto name = parse_bids_name(entry.path().filename().string());
    if (!name || name->suffix != suffix || name->extension != extension || !is_about(*name, scan)) continue;
    const size_t entities = name->entities.size() + 1;
    if (entities > most || (entities == most && entry.path() < found)) found = entry.path();
    most = std::max(most, entities);
  }
  return found;
}

}  // namespace

std::string BidsName::of(const std::string& entity) const {
  const auto found = entities.find(entity);
  return found == entities.end() ? "" : found->second;
}

std::string BidsName::without(std::initializer_list<std::string_view> left_out) const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : entities)
    if (std::find(left_out.begin(), left_out.end(), key) == left_out.end()) keys.push_back(key);
  std::stable_sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return rank(a) < rank(b); });
  std::vector<std::string> parts;
  for (const auto& key : keys) parts.push_back(key + "-" + entities.at(key));
  return join(parts, "_");
}

std::optional<BidsName> parse_bids_name(std::string_view file_name) {
  const size_t dot = file_name.find('.', file_name.rfind('_') == file_name.npos ? 0 : file_name.rfind('_'));
  if (dot == file_name.npos) return {};
  BidsName name{.extension = std::string(file_name.substr(dot))};
  auto parts = split_fields(file_name.substr(0, dot), '_');
  name.suffix = parts.back();
  parts.pop_back();
  for (const auto& part : parts) {
    const size_t dash = part.find('-');
    if (dash == 0 || dash == part.npos || dash + 1 == part.size()) return {};
    if (!name.entities.emplace(part.substr(0, dash), part.substr(dash + 1)).second) return {};
  }
  if (name.suffix.empty() || name.suffix.find('-') != name.suffix.npos) return {};
  return name;
}

fs::path inherited_file(const fs::path& root, const BidsName& scan, std::string_view suffix,
                        std::string_view extension) {
  std::vector<fs::path> folders{root};
  folders.push_back(folders.back() / ("sub-" + scan.of("sub")));
  if (const auto session = scan.of("ses"); !session.empty()) folders.push_back(folders.back() / ("ses-" + session));
  folders.push_back(folders.back() / "func");
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder)
    if (const auto found = nearest_in(*folder, scan, suffix, extension); !found.empty()) return found;
  return {};
}

}  // namespace arcuate
