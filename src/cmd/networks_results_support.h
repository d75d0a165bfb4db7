// What the command `networks` leaves in its folder.
#pragma once
#include <filesystem>
#include <vector>

#include "study/networks_report.h"

namespace arcuate {

/// metrics.tsv last, which therefore stands for a complete result.
void write_network_tables(const std::filesystem::path& folder, const std::vector<ModelNetworks>& models,
                          const NetworksFrame& frame);
/// report.html and figures/.
void write_network_page(const std::filesystem::path& folder, const std::vector<ModelNetworks>& models,
                        const NetworksFrame& frame);

}  // namespace arcuate
