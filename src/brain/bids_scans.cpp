#include "brain/bids_scans.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

struct FoundFile {
  BidsName name{};
  fs::path path{};
};

// Files of all func folders, by name.
std::vector<FoundFile> functional_files(const fs::path& folder) {
  std::vector<FoundFile> files;
  const auto look_into = [&](const fs::path& func) {
    if (!fs::is_directory(func)) return;
    for (const auto& entry : fs::directory_iterator(func))
      if (auto name = parse_bids_name(entry.path().filename().string())) files.push_back({*name, entry.path()});
  };
  for (const auto& subject : fs::directory_iterator(folder)) {
    if (!subject.is_directory() || !subject.path().filename().string().starts_with("sub-")) continue;
    look_into(subject.path() / "func");
    for (const auto& session : fs::directory_iterator(subject.path()))
      if (session.path().filename().string().starts_with("ses-")) look_into(session.path() / "func");
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::optional<BidsKind> kind_of(const BidsName& name) {
  if (name.suffix != "bold" || name.of("task").empty()) return {};
  const auto& extension = name.extension;
  if ((extension == ".nii.gz" || extension == ".nii") && name.of("desc") == "preproc") return BidsKind::volume;
  if (extension == ".dtseries.nii") return BidsKind::cifti;
  if ((extension == ".func.gii" || extension == ".func.gii.gz") && !name.of("hemi").empty()) return BidsKind::surface;
  return {};
}

std::string space_of(const BidsName& name) { return name.of("space").empty() ? "func" : name.of("space"); }

// With what tells apart grids of one space.
std::string full_space(const BidsName& name) {
  auto text = space_of(name);
  for (const char* key : {"res", "den"})
    if (const auto value = name.of(key); !value.empty()) text += fmt::format(":{}-{}", key, value);
  return text;
}

bool is_in(const BidsName& name, const std::string& wanted) {
  const auto parts = split_fields(wanted, ':');
  if (space_of(name) != parts[0]) return false;
  return std::all_of(parts.begin() + 1, parts.end(), [&](const auto& part) {
    const size_t dash = part.find('-');
    return dash != part.npos && name.of(part.substr(0, dash)) == part.substr(dash + 1);
  });
}

struct Candidate {
  FoundFile file{};
  BidsKind kind = BidsKind::volume;
};

std::vector<std::string> spaces_of(const std::vector<Candidate>& candidates) {
  std::set<std::string> spaces;
  for (const auto& candidate : candidates) spaces.insert(full_space(candidate.file.name));
  return {spaces.begin(), spaces.end()};
}

std::vector<Candidate> in_one_space(const std::vector<Candidate>& all, const std::string& wanted,
                                    const fs::path& folder) {
  auto chosen = all;
  if (!wanted.empty()) std::erase_if(chosen, [&](const auto& c) { return !is_in(c.file.name, wanted); });
  if (all.empty())
    bad_input(
        "'{}' holds no sub-*/[ses-*/]func/*_desc-preproc_bold.nii.gz, *_hemi-*_bold.func.gii or *_bold.dtseries.nii",
        folder.string());
  if (chosen.empty())
    bad_input("no scan is in the space '{}' (dataset.space); there are {}", wanted, join(spaces_of(all), ", "));
  if (const auto spaces = spaces_of(chosen); spaces.size() > 1)
    bad_input("dataset.space must name one of {}", join(spaces, ", "));
  return chosen;
}

// One kind of file: of a space that has several, those that hold more of the brain.
std::vector<Candidate> of_one_kind(std::vector<Candidate> candidates, LeftOut& left_out) {
  const auto has = [&](BidsKind kind) {
    return std::any_of(candidates.begin(), candidates.end(), [&](const auto& c) { return c.kind == kind; });
  };
  const auto kind = has(BidsKind::volume)  ? BidsKind::volume
                    : has(BidsKind::cifti) ? BidsKind::cifti
                                           : BidsKind::surface;
  for (const auto& c : candidates)
    if (c.kind != kind) left_out.add("files of another kind in the same space", c.file.path.filename().string());
  std::erase_if(candidates, [&](const auto& c) { return c.kind != kind; });
  return candidates;
}

fs::path companion(const std::vector<FoundFile>& files, const BidsScan& scan, const char* description,
                   const char* suffix, bool same_space) {
  for (const auto& [name, path] : files) {
    if (name.suffix != suffix || name.of("desc") != description || name.extension == ".json") continue;
    if (name.without({"space", "res", "den", "desc"}) != scan.id()) continue;
    if (!same_space || full_space(name) == full_space(scan.name)) return path;
  }
  return {};
}

void leave_out_halves(std::vector<BidsScan>& scans, LeftOut& left_out) {
  for (const auto& scan : scans) {
    if (scan.kind == BidsKind::surface && scan.files.size() != 2) left_out.add("without both hemispheres", scan.id());
    if (!scan.name.of("echo").empty()) left_out.add("single echoes", scan.id());
  }
  std::erase_if(scans, [](const auto& scan) {
    return (scan.kind == BidsKind::surface && scan.files.size() != 2) || !scan.name.of("echo").empty();
  });
}

}  // namespace

std::string BidsScan::id() const { return name.without({"space", "res", "den", "hemi", "desc"}); }

fs::path derivative_folder(const DatasetOptions& options) {
  const fs::path given = options.derivative.empty() ? "fmriprep" : options.derivative;
  const auto folder = given.is_absolute() ? given : options.root / "derivatives" / given;
  if (!fs::is_directory(folder))
    bad_input(
        "there is no folder '{}'; the layout bids reads derivatives/fmriprep, or what dataset.derivative names (a "
        "folder "
        "of derivatives/, or a path from /)",
        folder.string());
  return folder;
}

std::vector<BidsScan> find_bids_scans(const DatasetOptions& options, LeftOut& left_out) {
  const auto folder = derivative_folder(options);
  const auto files = functional_files(folder);
  std::vector<Candidate> candidates;
  for (const auto& file : files)
    if (const auto kind = kind_of(file.name)) candidates.push_back({file, *kind});
  candidates = of_one_kind(in_one_space(candidates, options.space, folder), left_out);
  std::map<std::string, BidsScan> scans;
  for (const auto& [file, kind] : candidates) {
    auto& scan = scans[file.name.without({"space", "res", "den", "hemi", "desc"})];
    scan.name = file.name;
    scan.kind = kind;
    scan.files[file.name.of("hemi")] = file.path;
  }
  std::vector<BidsScan> list;
  for (auto& [id, scan] : scans) {
    scan.name.entities.erase("hemi");
    scan.name.entities.erase("desc");
    scan.mask = companion(files, scan, "brain", "mask", true);
    scan.confounds = companion(files, scan, "confounds", "timeseries", false);
    list.push_back(std::move(scan));
  }
  leave_out_halves(list, left_out);
  return list;
}

}  // namespace arcuate
