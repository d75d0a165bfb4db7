// An analysis of a study: what an [[analysis]] table asks for on top of brain scores. One file in study/kind/ each;
// the build lists them (adding a file adds the kind).
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/hdf5.h"
#include "io/json.h"
#include "report/figures.h"
#include "study/encoding.h"
#include "study/section.h"
#include "study/summary.h"
#include "study/tables.h"
#include "study/target_maps.h"

namespace arcuate {

/// What every analysis of a study works on, once the study's states are extracted.
struct AnalysisInput {
  const EncodingPlan& plan;
  const Dataset& dataset;
  const std::vector<FeatureSpace>& spaces;
  const WorkGraph& graph;             ///< With the units of extraction and of encoding.
  const SurfaceMaps* maps = nullptr;  ///< Null when targets lie on no surface.
  std::string name{};                 ///< Of the analysis: in the names of its units and files.
};

/// Where its maps can be shown.
MapPlaces map_places(const AnalysisInput& input);

/// Where an analysis leaves its tables and figures.
class AnalysisOutput {
 public:
  AnalysisOutput(std::filesystem::path folder, const Study& study, std::string name, bool simulated)
      : folder_(std::move(folder)), study_(study), name_(std::move(name)), simulated_(simulated) {}

  /// group/task-<study>_desc-<table>_<analysis>.tsv with its sidecar.
  void table(const std::string& name, const TidyTable& table, const std::string& description) const;
  /// figures/<analysis>_<name>.…
  template <class Chart>
  PageFigure figure(const std::string& name, const std::string& svg, const Chart& data,
                    const std::string& caption) const {
    return Figures(folder_ / "figures").add(name_ + "_" + name, svg, data, caption);
  }
  PageFigure figure(const std::string& name, const BrainMap& map, const std::string& caption) const {
    return Figures(folder_ / "figures").add(name_ + "_" + name, map, caption);
  }
  std::filesystem::path file(const std::string& name, const std::string& ending) const;
  /// sub-<subject>/func/…_hemi-<H>_desc-<analysis>_statmap.func.gii, or a volume, with its sidecar.
  void maps(const MapPlaces& places, const std::string& subject, const TargetMaps& own,
            const std::string& description) const;
  bool simulated() const { return simulated_; }

 private:
  std::filesystem::path folder_;
  const Study& study_;
  std::string name_;
  bool simulated_;
};

class Analysis {
 public:
  virtual ~Analysis() = default;
  /// The table's keys with every default filled in: for the resolved study and the units' keys.
  virtual Json settings() const = 0;
  /// Adds what the study lacks for this analysis.
  virtual void check(const Study& study, Problems& problems) const = 0;
  /// Files and folders, besides the study's own inputs, that results depend on.
  virtual std::vector<std::filesystem::path> files() const { return {}; }
  /// Units of work, run after those of encoding; they may read the outputs of both. The list is made before anything
  /// is computed, so this is where layers and regions that are not there are refused.
  virtual std::vector<Unit> units(const AnalysisInput& input) const = 0;
  /// Reads the units' outputs, writes tables and figures; returns the section of the page.
  virtual PageSection finish(const AnalysisInput& input, const Summary& summary,
                             const AnalysisOutput& output) const = 0;
};

struct AnalysisKind {
  const char* name;     ///< `kind` in the study file.
  const char* summary;  ///< One line.
  std::unique_ptr<const Analysis> (*read)(StudySection& section);
};

/// "Forecast", or "Forecast: far words" for an analysis with a name of its own.
std::string analysis_heading(const std::string& title, const std::string& kind, const std::string& name);

/// All kinds, in alphabetical order of their file names.
std::vector<const AnalysisKind*> analysis_kinds();

/// Targets in these regions, or with these names where targets lie on no surface; none: all. Errors: usage, naming
/// every region that is not there with the nearest name.
std::vector<int64_t> targets_in(const AnalysisInput& input, const std::vector<std::string>& regions);

/// Stands for everything that the scores of this space and layer depend on: states, alignment, responses, folds.
std::string encoding_key(const AnalysisInput& input, const FeatureSpace& space, const std::string& layer);

/// What a unit of an analysis is made from.
struct AnalysisWork {
  std::string place{};  ///< Its output is work/<analysis>/<place>.h5, its id <analysis>/<place>.
  std::string kind{};   ///< Of its work, where an analysis has several kinds.
  Json settings{};      ///< Of the analysis, those that it depends on.
  Json depends_on{};    ///< What else it depends on, besides its inputs: encoding_key(), hashes of files.
  std::vector<std::string> inputs{};
  UnitNeeds needs{};
};
/// `write` fills the output.
Unit analysis_unit(const AnalysisInput& input, AnalysisWork work,
                   std::function<void(const Compute&, Hdf5Writer&)> write);
std::string analysis_id(const AnalysisInput& input, const std::string& place);
std::filesystem::path analysis_file(const AnalysisInput& input, const std::string& place);

}  // namespace arcuate
