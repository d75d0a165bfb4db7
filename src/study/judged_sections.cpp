#include "study/judged_sections.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "study/study_names.h"

namespace arcuate {

void read_ceiling(StudySection& section, CeilingEntry& ceiling) {
  std::vector<std::string> names, known;
  section.read("kinds", names);
  for (const auto& [name, kind] : ceiling_kinds) {
    known.emplace_back(name);
    if (std::find(names.begin(), names.end(), name) != names.end()) ceiling.kinds.push_back(kind);
  }
  for (const auto& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      section.problem("kinds", fmt::format(" names '{}'{}", name, suggestion(name, known)));
  section.read("interval", ceiling.interval);
  section.read("draws", ceiling.draws);
  section.read("block", ceiling.block);
  section.read("splits", ceiling.splits);
  section.read("components", ceiling.components);
  section.read("penalties", ceiling.penalties);
  if (!(ceiling.interval >= 0 && ceiling.interval < 1)) section.wrong("interval", "0 (none) or a level below 1");
  if (ceiling.draws < 1) section.wrong("draws", "at least 1");
  if (ceiling.block < 1) section.wrong("block", "at least 1 volume");
  if (ceiling.splits < 1) section.wrong("splits", "at least 1");
  if (ceiling.components < 0) section.wrong("components", "0 (no components) or more");
}

void read_localiser(StudySection& section, LocaliserEntry& localiser) {
  section.read_choice("by", localiser.by, localiser_sources);
  section.read("path", localiser.path, localiser.given_path);
  section.read("top", localiser.top);
  double above = std::nan("");
  section.read("above", above);
  if (!std::isnan(above)) localiser.above = above;
  section.read_choice("rows", localiser.rows, localiser_rows);
  section.read_choice("within", localiser.within, localiser_extents);
  const auto by = localiser.by;
  auto& problems = section.problems();
  if (!(localiser.top >= 0 && localiser.top <= 100)) section.wrong("top", "a percentage above 0, at most 100");
  if (by == LocaliserSource::none) {
    if (localiser.top > 0 || localiser.above || !localiser.given_path.empty())
      problems.add("'localiser' needs 'by': map, or a ceiling");
    return;
  }
  if ((localiser.top > 0) == localiser.above.has_value())
    problems.add("'localiser' needs one of 'top', a percentage, and 'above', a value");
  if (localiser.within == LocaliserExtent::region && localiser.above)
    problems.add("'localiser.within' = \"region\" is about 'localiser.top', a percentage of each region");
  if ((by == LocaliserSource::map) != !localiser.given_path.empty())
    problems.add("'localiser.path' is the file of values for 'localiser.by' = \"map\", and for that alone");
}

void check_judged(const Study& study, Problems& problems) {
  const auto& localiser = study.localiser;
  const bool of_rows = localiser.by != LocaliserSource::none && localiser.by != LocaliserSource::map;
  if (of_rows && localiser.rows == LocaliserRows::training && study.encode.test.empty())
    problems.add(
        "'localiser.by' looks at training rows, and with folds every row is scored: name 'encode.test' stories, give a "
        "map of other recordings, or say 'localiser.rows' = \"scored\" (the choice then sees what it is judged on)");
}

Json settings_of(const CeilingEntry& ceiling) {
  Json kinds = Json::array();
  for (const auto kind : ceiling.kinds) kinds.push_back(name_of(kind, ceiling_kinds));
  return {{"kinds", kinds},
          {"interval", ceiling.interval},
          {"draws", ceiling.draws},
          {"block", ceiling.block},
          {"splits", ceiling.splits},
          {"components", ceiling.components},
          {"penalties", ceiling.penalties}};
}

Json settings_of(const LocaliserEntry& localiser) {
  Json json{{"by", name_of(localiser.by, localiser_sources)},
            {"rows", name_of(localiser.rows, localiser_rows)},
            {"within", name_of(localiser.within, localiser_extents)}};
  if (!localiser.given_path.empty()) json["path"] = localiser.given_path;
  if (localiser.top > 0) json["top"] = localiser.top;
  if (localiser.above) json["above"] = *localiser.above;
  return json;
}

bool CeilingEntry::has(CeilingKind kind) const { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); }

}  // namespace arcuate
