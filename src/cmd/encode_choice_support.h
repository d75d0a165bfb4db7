// What `encode` offers around the choice of penalties: groups of targets, the rule, grids that grow, and the check of
// some targets by a plain solver.
#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "cli/run.h"
#include "cli/spec.h"
#include "cmd/encode_options_support.h"
#include "cmd/encode_scores_support.h"
#include "encode/ridge.h"
#include "encode/verify_ridge.h"
#include "io/json.h"

namespace arcuate {

struct EncodeChoice {
  std::filesystem::path target_groups{};
  ChoiceRule rule = ChoiceRule::best;
  int64_t grow_grid = 0;
};
void describe_encode_choice(cli::Spec<EncodeChoice>& s);

/// One number a target; empty without a file. Errors: usage (groups without --penalty-mode group, or the other way
/// round), input (length).
std::vector<int64_t> read_target_groups(const EncodeChoice& choice, PenaltyMode mode, int64_t targets);

/// The fit of all splits, whose grids grow if that is asked for; it is left in `splits`.
RidgeResult fit_encoding(const RidgeProblem& problem, std::vector<RidgeSplit>& splits, const RidgeOptions& options,
                         const EncodeChoice& choice, const std::vector<Flag>& flags, cli::Run& run);

/// Which grids grew, for the manifest; and told.
Json growth_record(const std::vector<RidgeSplit>& splits, const std::vector<double>& asked, PenaltyUnit unit);
void tell_growth(const std::vector<RidgeSplit>& splits, const std::vector<double>& asked, PenaltyUnit unit,
                 cli::Console& console);
/// What part of the chosen penalties lies at the edges of the grid, which `can_grow` with --grow-grid; nothing lies
/// beyond the fraction 1.
void tell_edges(const EncodeScores& scores, PenaltyUnit unit, bool can_grow, cli::Console& console);

Json verification_record(const RidgeVerification& found);
void tell_verification(const RidgeVerification& found, cli::Console& console);

/// How the first split was solved and what the other ways would have cost: for the manifest, and with --verbose for the
/// terminal.
Json solver_record(const std::vector<RidgeCost>& costs, int64_t targets);
void tell_costs(const std::vector<RidgeCost>& costs, int64_t targets, cli::Console& console);

}  // namespace arcuate
