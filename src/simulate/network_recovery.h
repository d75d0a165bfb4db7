// Planted networks against those that a study's analysis `networks` found, read from its tables.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/json.h"
#include "report/page.h"

namespace arcuate {

struct RecoveredNetwork {
  /// Units of the network among those of a group.
  struct Overlap {
    int64_t group = 0, shared = 0;
    double expected = 0;  ///< Shared units of a group as large, drawn from all that belong to any group.
  };
  std::string network{};
  double iou = 0, q = 0, chance_iou = 0;  ///< Of the best atom's map; what chance reaches.
  int64_t planted = 0;                    ///< Units that drive it.
  Overlap best{}, matched{};              ///< The group of the best atom; those of all atoms that match it.
};

struct RecoveredNetworks {
  std::vector<RecoveredNetwork> list{};
  int64_t twin_significant = -1;  ///< Networks that the untrained twin has at q <= 0.05; -1: there is none.
};

/// `truth`: truth/networks.tsv of the dataset; `group`: folder of the study's tables; `label`: the study's name in
/// them. Nothing where either is missing. Errors: input, for tables that do not fit together.
RecoveredNetworks recover_networks(const std::filesystem::path& truth, const std::filesystem::path& group,
                                   const std::string& label, const std::string& model);

std::string networks_sentence(const RecoveredNetworks& networks);
PageTable networks_page_table(const RecoveredNetworks& networks);
Json networks_json(const RecoveredNetworks& networks);

}  // namespace arcuate
