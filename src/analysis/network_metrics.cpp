#include "analysis/network_metrics.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "analysis/map_similarity.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? nan : sum / static_cast<double>(values.size());
}

std::vector<int64_t> rows_where(const Tensor& wanted) {
  const auto rows = wanted.nonzero().flatten().contiguous();
  return {rows.data_ptr<int64_t>(), rows.data_ptr<int64_t>() + rows.numel()};
}

// Mean over pairs i < j of a square matrix of what every two things have in common.
double mean_of_pairs(const Tensor& square) {
  const int64_t n = square.size(0);
  if (n < 2) return nan;
  return square.triu(1).sum().item<double>() / static_cast<double>(n * (n - 1) / 2);
}

double mean_dissimilarity(const Tensor& atoms) {
  const auto centred = atoms - atoms.mean(0, true);
  const auto norms = centred.norm(2, 0, true);
  const auto unit = centred / at::where(norms > 0, norms, at::ones_like(norms));
  return mean_of_pairs(1 - unit.t().mm(unit).abs());
}

// Of each network with two maps or more: the mean IoU of every two.
double agreement_within_networks(const OrganisationParts& parts) {
  std::vector<double> networks;
  for (int64_t f = 0; f < parts.matched.size(1); ++f) {
    const auto rows = rows_where(parts.matched.select(1, f));
    if (rows.size() < 2) continue;
    const auto maps = parts.extents.index_select(0, index_tensor(rows));
    networks.push_back(mean_of_pairs(intersection_over_union(maps, maps)));
  }
  return mean_of(networks);
}

double agreement_with_atoms(const OrganisationParts& parts) {
  std::vector<double> values;
  for (size_t atom = 0; atom < parts.groups.size(); ++atom)
    if (!parts.groups[atom].empty())
      for (const double r : to_vector(
               parts.correlations[static_cast<int64_t>(atom)].index_select(0, index_tensor(parts.groups[atom])).abs()))
        values.push_back(r);
  return mean_of(values);
}

// Dice = 2 IoU / (1 + IoU) of the same atom's maps in every two subjects, where either has one.
double agreement_between_subjects(const OrganisationParts& parts) {
  std::vector<double> values;
  for (size_t a = 0; a < parts.subject_extents.size(); ++a)
    for (size_t b = a + 1; b < parts.subject_extents.size(); ++b)
      for (int64_t atom = 0; atom < parts.atoms.size(1); ++atom) {
        const auto first = parts.subject_extents[a].slice(0, atom, atom + 1),
                   second = parts.subject_extents[b].slice(0, atom, atom + 1);
        if (!first.any().item<bool>() && !second.any().item<bool>()) continue;
        const double iou = intersection_over_union(first, second).item<double>();
        values.push_back(2 * iou / (1 + iou));
      }
  return mean_of(values);
}

double layer_spread(const OrganisationParts& parts, const std::vector<int64_t>& atoms) {
  if (parts.layer_of.empty()) return nan;
  std::vector<double> spreads;
  for (const int64_t atom : atoms) {
    std::vector<double> layers;
    for (const int64_t neuron : parts.groups[static_cast<size_t>(atom)])
      layers.push_back(static_cast<double>(parts.layer_of[static_cast<size_t>(neuron)]));
    if (!layers.empty()) spreads.push_back(to_tensor(layers).std(/*unbiased=*/false).item<double>());
  }
  return mean_of(spreads);
}

double covered_neurons(const OrganisationParts& parts, const std::vector<int64_t>& atoms) {
  std::set<int64_t> covered;
  for (const int64_t atom : atoms)
    covered.insert(parts.groups[static_cast<size_t>(atom)].begin(), parts.groups[static_cast<size_t>(atom)].end());
  return static_cast<double>(covered.size()) / static_cast<double>(parts.correlations.size(1));
}

std::vector<double> group_sizes(const OrganisationParts& parts) {
  std::vector<double> sizes;
  for (const auto& group : parts.groups) sizes.push_back(static_cast<double>(group.size()));
  return sizes;
}

}  // namespace

double effective_rank(const Tensor& matrix) {
  const auto values = std::get<1>(at::linalg_svd(matrix.to(at::kDouble), /*full_matrices=*/false));
  const double sum = values.sum().item<double>();
  if (!(sum > 0)) return nan;
  const auto shares = values / sum;
  return std::exp(-at::xlogy(shares, shares).sum().item<double>());
}

double gini(std::vector<double> sizes) {
  std::sort(sizes.begin(), sizes.end());
  const auto n = static_cast<double>(sizes.size());
  double weighted = 0, sum = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * sizes[i];
    sum += sizes[i];
  }
  return sum > 0 ? weighted / (n * sum) : nan;
}

RowPatterns row_patterns(const Tensor& matched) {
  std::map<std::vector<double>, int64_t> counts;
  for (int64_t row = 0; row < matched.size(0); ++row) ++counts[to_vector(matched[row])];
  RowPatterns patterns{.distinct = static_cast<int64_t>(counts.size())};
  for (const auto& [pattern, count] : counts) {
    const double share = static_cast<double>(count) / static_cast<double>(matched.size(0));
    patterns.entropy -= share * std::log2(share);
  }
  return patterns;
}

std::vector<OrganisationMetric> organisation_metrics(const OrganisationParts& parts) {
  const auto matched_atoms = rows_where(parts.matched.any(1));
  const auto patterns = row_patterns(parts.matched);
  const double apart = mean_dissimilarity(parts.atoms), with_atoms = agreement_with_atoms(parts);
  const auto count = [](int64_t n) { return static_cast<double>(n); };
  return {{"matches", "matched_maps", count(static_cast<int64_t>(matched_atoms.size())),
           "Atoms whose map matches a network or more"},
          {"matches", "matched_networks", count(parts.matched.any(0).sum().item<int64_t>()),
           "Networks that a map or more matches"},
          {"diversity", "distinct_patterns", count(patterns.distinct),
           "Distinct sets of networks that a map matches, none included"},
          {"diversity", "pattern_entropy", patterns.entropy, "Entropy of which set of networks a map matches, bits"},
          {"diversity", "atom_dissimilarity", apart, "Mean 1 - |r| of every two atoms"},
          {"diversity", "effective_rank", effective_rank(parts.atoms),
           "exp of the entropy of the atoms' singular values as shares of their sum"},
          {"consistency", "agreement_within_networks", agreement_within_networks(parts),
           "Mean IoU of every two maps that match the same network, mean over networks with two or more"},
          {"consistency", "agreement_with_atoms", with_atoms, "Mean |r| of the neurons of a group with its atom"},
          {"consistency", "agreement_between_subjects", agreement_between_subjects(parts),
           "Mean Dice of the same atom's maps in every two subjects"},
          {"compactness", "covered_neurons", covered_neurons(parts, matched_atoms),
           "Share of neurons in the groups of atoms that match a network"},
          {"compactness", "layer_spread", layer_spread(parts, matched_atoms),
           "Standard deviation of the layer within the group of an atom that matches a network, mean over atoms"},
          {"compactness", "group_gini", gini(group_sizes(parts)), "Gini coefficient of the sizes of the groups"},
          {"balance", "balance", 2 * apart * with_atoms / (apart + with_atoms),
           "Harmonic mean of atom_dissimilarity and agreement_with_atoms"}};
}

}  // namespace arcuate
