#include "cmd/networks_results_support.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <limits>

#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "core/version.h"
#include "io/npy.h"
#include "study/networks_page.h"

namespace arcuate {

using at::Tensor;

namespace {

Tensor with_missing_vertices(const Tensor& maps, const NetworksFrame& frame) {
  auto all = at::full({maps.size(0), frame.all_vertices}, std::numeric_limits<float>::quiet_NaN(), at::kFloat);
  return all.index_copy_(1, index_tensor(frame.vertices), maps.to(at::kFloat));
}

void write_arrays(const fs::path& folder, const ModelNetworks& model, const NetworksFrame& frame) {
  const auto stem = bids_label(model.model);
  write_npy(folder / (stem + "_atoms.npy"), model.found.dictionary.atoms.contiguous());
  write_npy(folder / (stem + "_maps.npy"), with_missing_vertices(model.found.maps, frame));
  write_npy(folder / (stem + "_extents.npy"), with_missing_vertices(model.found.extents, frame));
}

}  // namespace

void write_network_tables(const fs::path& folder, const std::vector<ModelNetworks>& models,
                          const NetworksFrame& frame) {
  fs::remove(folder / "metrics.tsv");
  const auto write = [&](const char* name, const TidyTable& table, const char* description) {
    write_table(folder / fmt::format("{}.tsv", name), table, description, frame.simulated);
  };
  write("matches", matches_table(models, frame), "Maps against networks: one row per model, atom and network");
  write("networks", networks_table(models, frame), "Networks and their best maps: one row per model and network");
  write("atoms", atoms_table(models, frame), "Atoms: one row per model and atom");
  const auto groups = groups_table(models);
  if (!groups.rows.empty()) write("groups", groups, "Layers of the atoms' neurons: one row per model, atom and layer");
  write("neurons", neurons_table(models), "Neurons of every group: one row per model, atom and neuron");
  for (const auto& model : models) write_arrays(folder, model, frame);
  write("metrics", metrics_table(models), "How networks are organised: one row per model and metric");
}

void write_network_page(const fs::path& folder, const std::vector<ModelNetworks>& models, const NetworksFrame& frame) {
  const Figures figures(folder / "figures");
  const AddFigure add = [&](const std::string& name, const std::string& svg, const ChartData& data,
                            const std::string& caption) { return figures.add(name, svg, data, caption); };
  Page page{.title = "Functional networks inside language models",
            .subtitle = "Groups of a model's units whose shared time course is that of a brain network",
            .simulated = frame.simulated,
            .sections = {networks_overview(models, frame, add), networks_organisation(models, frame, add)}};
  for (const auto& model : models) page.sections.push_back(networks_of_model(model, frame, add));
  page.sections.push_back({.heading = "How to read this", .paragraphs = networks_reading()});
  page.footer = fmt::format("arcuate {}. Full precision: the .tsv and .npy files beside this page.", version);
  write_page(folder / "report.html", page);
}

}  // namespace arcuate
