// The search for band scales against himalaya's random search (tests/reference/make_band_search.py), against a list of
// scales, and what refinement and splits of scores promise.
#include "encode/band_search.h"

#include <cmath>
#include <set>

#include "core/tensor.h"
#include "fixture.h"
#include "io/json.h"
#include "ridge_variants.h"

using namespace arcuate;
using at::Tensor;
using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;

namespace {

std::vector<std::vector<double>> rows_of(const Tensor& matrix) {
  std::vector<std::vector<double>> rows;
  for (const auto& row : matrix.unbind(0)) rows.push_back(to_vector(row));
  return rows;
}

RidgeSplit split_of(const Fixture& fixture, int64_t train, int64_t folds) {
  RidgeSplit split{};
  const int64_t rows = fixture["x"].size(0);
  for (int64_t row = 0; row < rows; ++row) (row < train ? split.outer.train : split.outer.test).push_back(row);
  for (int64_t k = 0; k < folds; ++k) {
    const auto mask = fixture["inner." + std::to_string(k)];
    Fold fold;
    for (int64_t row = 0; row < train; ++row) (mask[row].item<bool>() ? fold.test : fold.train).push_back(row);
    split.inner.push_back(fold);
  }
  return split;
}

struct World {
  RidgeProblem problem{};
  std::vector<RidgeSplit> splits{};
  RidgeOptions options{};
};

World make_world(const std::vector<int64_t>& widths, int64_t rows = 40, int64_t targets = 24) {
  const auto features = at::tensor(widths).sum().item<int64_t>();
  const auto x = random_normals(rows, features, 1) + 0.3;
  auto weights = random_normals(features, targets, 2);
  weights.slice(0, 0, widths.front()) *= at::linspace(2, 0, targets, at::kDouble);
  const auto y = x.mm(weights) / std::sqrt(static_cast<double>(features)) + random_normals(rows, targets, 3) * 0.7;
  const std::vector<RowRange> whole{{0, rows}};
  return {
      .problem = {.bands = x.split_with_sizes(widths, 1), .responses = y + at::linspace(-1, 1, targets, at::kDouble)},
      .splits = nested_splits(contiguous_folds(all_rows(rows), whole, 2, 1), whole, 4, 1),
      .options = {.penalties = {0.1, 1, 10, 100, 1000}, .type = at::kDouble}};
}

BandSearchResult search(const World& world, const BandSearch& search, int threads = 1) {
  return search_bands(world.problem, search, world.splits, world.options, {.threads = threads});
}

}  // namespace

TEST(BandSearch, agrees_with_the_random_search_of_himalaya) {
  for (const auto& file : read_json(test::source_path("reference/band_search/cases.json"))) {
    const Fixture fixture("band_search/" + file["file"].get<std::string>() + ".safetensors");
    const RidgeProblem problem{.bands = fixture["x"].split_with_sizes(file["widths"].get<std::vector<int64_t>>(), 1),
                               .responses = fixture["y"]};
    const auto split = split_of(fixture, file["rows"].get<int64_t>(), 4);
    const auto test = index_tensor(split.outer.test);
    for (const auto& c : file["cases"])
      for (const auto& variant : test::ridge_variants()) {
        const auto name = c["case"].get<std::string>();
        SCOPED_TRACE(file["file"].get<std::string>() + " " + name + " " + variant.name);
        const auto options = variant.of({.penalties = to_vector(fixture["penalties"]),
                                         .select = c["select"] == "mse" ? Select::mse : Select::r2,
                                         .intercept = c["intercept"].get<bool>()});
        const auto result = search_bands(problem, {.scales = rows_of(fixture["gammas"])}, {split}, options, {});
        const double limit = variant.limit(1e-5, 1e-8);
        EXPECT_LT(largest_difference(result.fit.inner_scores[0], fixture[name + ".score"]), limit);
        const auto chosen = fixture["penalties"].index_select(0, fixture[name + ".chosen"]);
        const auto same =
            result.fit.scales[0].eq(fixture[name + ".gamma"]).logical_and(result.fit.penalties[0].eq(chosen));
        EXPECT_TRUE(same.logical_or(fixture[name + ".margin"].lt(1e-5)).all().item<bool>());
        const auto columns = same.nonzero().squeeze(1);
        EXPECT_GT(columns.numel(), 15);
        const auto close = [&](const Tensor& found, const std::string& key) {
          EXPECT_LT(largest_difference(found.index_select(-1, columns), fixture[name + key].index_select(-1, columns)),
                    limit)
              << key;
        };
        close(result.fit.predictions.index_select(0, test), ".prediction");
        close(result.fit.r, ".r");
        close(result.fit.r2, ".r2");
        const auto parts = part_scores(result.parts);
        close(parts.r.slice(0, 1), ".split_r");
        close(parts.r2.slice(0, 1), ".split_r2");
        EXPECT_LT(largest_difference(
                      result.scales[0].index_select(1, columns),
                      fixture["gammas"].index_select(0, fixture[name + ".gamma"]).t().index_select(1, columns)),
                  1e-12);
      }
  }
}

TEST(BandSearch, gives_what_a_list_of_the_same_scales_gives) {
  for (const auto& widths : {std::vector<int64_t>{3, 30}, {4, 8}, {3, 9, 20}})
    for (const auto mode : {PenaltyMode::per_target, PenaltyMode::shared, PenaltyMode::group})
      for (const auto& [criterion, rule] : {std::pair{PenaltyCriterion::folds, ChoiceRule::best},
                                            {PenaltyCriterion::folds, ChoiceRule::one_standard_error},
                                            {PenaltyCriterion::left_out, ChoiceRule::best}}) {
        auto world = make_world(widths);
        world.options.penalty_mode = mode;
        world.options.criterion = criterion;
        world.options.rule = rule;
        for (int64_t v = 0; v < 24; ++v) world.problem.target_groups.push_back(v % 5 * 3);
        const auto scales = draw_scales(std::ssize(widths), {.samples = 66, .concentrations = {0.5}});
        const auto found = search(world, {.scales = scales}).fit;
        const auto listed =
            ridge_cross_validated(world.problem, {{.scales = scales}}, world.splits, world.options, {}).front();
        EXPECT_LT(largest_difference(found.inner_scores, listed.inner_scores), 1e-10);
        EXPECT_TRUE(at::equal(found.penalties, listed.penalties));
        EXPECT_TRUE(at::equal(found.scales, listed.scales));
        EXPECT_LT(largest_difference(found.predictions, listed.predictions), 1e-9);
        EXPECT_LT(largest_difference(found.r, listed.r), 1e-9);
        EXPECT_LT(largest_difference(found.r2, listed.r2), 1e-9);
      }
}

TEST(BandSearch, takes_fractions_components_and_scaled_features_as_a_list_does) {
  const auto expect_as_listed = [](const World& world) {
    const auto scales = draw_scales(2, {.samples = 8, .concentrations = {0.7}});
    const auto found = search(world, {.scales = scales}).fit;
    const auto listed =
        ridge_cross_validated(world.problem, {{.scales = scales}}, world.splits, world.options, {}).front();
    EXPECT_TRUE(at::equal(found.penalties, listed.penalties));
    EXPECT_TRUE(at::equal(found.scales, listed.scales));
    EXPECT_LT(largest_difference(found.predictions, listed.predictions), 1e-9);
    return found.predictions;
  };
  const auto usual = make_world({6, 30});
  const auto plain = expect_as_listed(usual);
  auto fractions = usual, components = usual, scaled = usual;
  fractions.options.penalties = {0.2, 0.5, 0.8};
  fractions.options.fractional = true;
  components.options.components = 4;
  scaled.options.standardize = Standardize::both;
  for (const auto& world : {fractions, components, scaled})
    EXPECT_GT(largest_difference(expect_as_listed(world), plain), 0.01);
}

TEST(BandSearch, groups_and_the_rule_change_choices_and_hold_through_refinement) {
  auto world = make_world({3, 9, 20});
  const BandSearch how{.scales = draw_scales(3, {.samples = 6}), .refinements = 2};
  const auto alone = search(world, how);
  auto strong = world;
  strong.options.rule = ChoiceRule::one_standard_error;
  EXPECT_FALSE(at::equal(search(strong, how).fit.penalties, alone.fit.penalties));
  world.options.penalty_mode = PenaltyMode::group;
  EXPECT_TRUE(contains(message_of([&] { search(world, how); }), {"0 groups for 24 targets"}));
  for (int64_t v = 0; v < 24; ++v) world.problem.target_groups.push_back(v % 2);
  const auto grouped = search(world, how);
  EXPECT_FALSE(at::equal(grouped.scales, alone.scales));
  for (int64_t v = 2; v < 24; ++v) {
    EXPECT_TRUE(at::equal(grouped.scales.select(2, v), grouped.scales.select(2, v % 2)));
    EXPECT_TRUE(at::equal(grouped.fit.penalties.select(1, v), grouped.fit.penalties.select(1, v % 2)));
  }
}

TEST(BandSearch, splits_may_have_penalties_of_their_own) {
  auto world = make_world({3, 9});
  const BandSearch how{.scales = draw_scales(2, {.samples = 6})};
  world.splits[1].penalties = {3000, 20};
  const auto found = search(world, how).fit;
  EXPECT_EQ(found.grid, (std::vector<double>{0.1, 1, 10, 20, 100, 1000, 3000}));
  const auto listed =
      ridge_cross_validated(world.problem, {{.scales = how.scales}}, world.splits, world.options, {}).front();
  EXPECT_TRUE(at::equal(found.penalties, listed.penalties));
  EXPECT_TRUE(found.penalties[1].ge(20).all().item<bool>());
}

TEST(BandSearch, refinement_never_lowers_an_inner_score_and_raises_most) {
  for (const auto& widths : {std::vector<int64_t>{3, 30}, {3, 9, 20}}) {
    const auto world = make_world(widths);
    const auto scales = draw_scales(std::ssize(widths), {.samples = 6});
    auto before = search(world, {.scales = scales});
    for (const int64_t rounds : {1, 3}) {
      const auto after = search(world, {.scales = scales, .refinements = rounds});
      EXPECT_TRUE(after.fit.inner_scores.ge(before.fit.inner_scores).all().item<bool>());
      EXPECT_GT(after.fit.inner_scores.gt(before.fit.inner_scores).to(at::kDouble).mean().item<double>(), 0.3);
      EXPECT_TRUE(after.fit.scales.eq(-1).any().item<bool>());
      EXPECT_LT(largest_difference(after.scales.sum(1), at::ones_like(after.fit.penalties)), 1e-12);
      before = after;
    }
  }
}

TEST(BandSearch, a_refined_choice_is_the_model_with_its_scales) {
  const auto world = make_world({3, 9, 20}, 40, 3);
  const auto found = search(world, {.scales = draw_scales(3, {.samples = 5}), .refinements = 2});
  for (int64_t v = 0; v < 3; ++v)
    for (int64_t k = 0; k < 2; ++k) {
      auto options = world.options;
      options.penalties = {found.fit.penalties[k][v].item<double>()};
      const RidgeModel model{.scales = {to_vector(found.scales[k].select(1, v))}};
      const auto own =
          ridge_cross_validated(world.problem, {model}, {world.splits[static_cast<size_t>(k)]}, options, {});
      const auto test = index_tensor(world.splits[static_cast<size_t>(k)].outer.test);
      EXPECT_LT(largest_difference(own.front().predictions.index_select(0, test).select(1, v),
                                   found.fit.predictions.index_select(0, test).select(1, v)),
                1e-10);
      EXPECT_NEAR(own.front().inner_scores[0][v].item<double>(), found.fit.inner_scores[k][v].item<double>(), 1e-10);
    }
}

TEST(BandSearch, gives_the_same_bytes_for_any_number_of_threads) {
  auto world = make_world({3, 30}, 40, 1100);
  world.options.type = at::kFloat;
  const BandSearch how{.scales = draw_scales(2, {.samples = 5}), .refinements = 1};
  const auto one = search(world, how), three = search(world, how, 3);
  EXPECT_TRUE(at::equal(one.fit.predictions, three.fit.predictions));
  EXPECT_TRUE(at::equal(one.scales, three.scales));
  EXPECT_TRUE(at::equal(one.parts.products, three.parts.products));
}

TEST(BandSearch, draws_lie_on_the_simplex_and_follow_seed_and_concentration) {
  const auto rows = draw_scales(3, {.samples = 4001, .concentrations = {0.1, 5}, .seed = 3});
  EXPECT_EQ(rows.front(), (std::vector<double>{1.0 / 3, 1.0 / 3, 1.0 / 3}));
  std::vector<std::vector<double>> sparse, even;
  for (size_t i = 1; i < rows.size(); ++i) (i % 2 == 1 ? sparse : even).push_back(rows[i]);
  const auto matrix = [](const std::vector<std::vector<double>>& list) {
    std::vector<Tensor> tensors;
    for (const auto& row : list) tensors.push_back(to_tensor(row));
    return at::stack(tensors);
  };
  for (const auto& [list, a] : {std::pair{sparse, 0.1}, {even, 5.0}}) {
    const auto m = matrix(list);
    EXPECT_LT(largest_difference(m.sum(1), at::ones({m.size(0)}, at::kDouble)), 1e-12);
    EXPECT_TRUE(m.ge(0).all().item<bool>());
    EXPECT_LT((m.mean(0) - 1.0 / 3).abs().max().item<double>(), 0.03);
    // variance of a symmetric Dirichlet: (1/B)(1 - 1/B) / (B a + 1)
    EXPECT_LT((m.var(0) / (2.0 / 9 / (3 * a + 1)) - 1).abs().max().item<double>(), 0.12);
  }
  EXPECT_EQ(draw_scales(3, {.samples = 9, .seed = 1}), draw_scales(3, {.samples = 9, .seed = 1}));
  EXPECT_NE(draw_scales(3, {.samples = 9, .seed = 1}), draw_scales(3, {.samples = 9, .seed = 2}));
}

TEST(BandSearch, senseless_searches_are_refused) {
  const auto world = make_world({3, 9});
  const auto message = [&](const BandSearch& how) { return message_of([&] { search(world, how); }); };
  EXPECT_TRUE(contains(message({}), {"at least one row of scales"}));
  EXPECT_TRUE(contains(message({.scales = {{1, 1, 1}}}), {"3 band scales for 2 feature bands"}));
  EXPECT_TRUE(contains(message({.scales = {{1, -1}}}), {"cannot be negative, found -1"}));
  EXPECT_TRUE(contains(message({.scales = {{0, 0}}}), {"leaves out every band"}));
  EXPECT_TRUE(contains(message({.scales = {{1, 1}}, .refinements = -1}), {"rounds of refinement"}));
  EXPECT_TRUE(contains(message_of([] { draw_scales(2, {.samples = 0}); }), {"at least one sample"}));
  EXPECT_TRUE(contains(message_of([] { draw_scales(2, {.concentrations = {0}}); }), {"must be positive numbers"}));
  EXPECT_TRUE(contains(message_of([] { draw_scales(2, {.concentrations = {}}); }), {"at least one concentration"}));
}

TEST(BandParts, sum_to_the_whole) {
  for (const bool intercept : {false, true}) {
    auto world = make_world({3, 9, 20});
    world.options.intercept = intercept;
    const auto found = search(world, {.scales = draw_scales(3, {.samples = 12})});
    const auto parts = part_scores(found.parts);
    EXPECT_LT(largest_difference(parts.r.sum(0), found.fit.r), 1e-10);
    EXPECT_LT(largest_difference(parts.r2.sum(0), found.fit.r2), 1e-10);
    EXPECT_GT(parts.r.slice(0, 1).abs().amax(1).min().item<double>(), 0.01);
  }
}

TEST(BandParts, of_orthogonal_parts_are_their_shares) {
  // Columns of length 1 that are orthogonal to each other and to the constant: y = 0.5 + 2 a + b + rest.
  const auto basis = std::get<0>(at::linalg_qr(at::cat({at::ones({20, 1}, at::kDouble), random_normals(20, 3, 5)}, 1)));
  const auto a = basis.slice(1, 1, 2), b = basis.slice(1, 2, 3), rest = basis.slice(1, 3, 4);
  const auto y = 0.5 + 2 * a + b + rest;
  const auto parts = at::stack({at::full_like(a, 0.5), 2 * a, 0.5 * b});
  const auto scores = part_scores(part_sums(y, parts));
  const double total = 4 + 1 + 1;
  EXPECT_LT(
      largest_difference(scores.r2, at::tensor({0.0, 4 / total, (2 * 0.5 - 0.25) / total}, at::kDouble).view({3, 1})),
      1e-12);
  const double lengths = std::sqrt(total * 4.25);
  EXPECT_LT(largest_difference(scores.r, at::tensor({0.0, 4 / lengths, 0.5 / lengths}, at::kDouble).view({3, 1})),
            1e-12);
}

TEST(BandParts, halves_of_the_rows_combine_without_loss) {
  const auto y = random_normals(30, 4, 1) + 5;
  const auto parts = random_normals(90, 4, 2).view({3, 30, 4}) + 1;
  const auto whole = part_sums(y, parts);
  const auto joined =
      part_sums(y.slice(0, 0, 11), parts.slice(1, 0, 11)) + part_sums(y.slice(0, 11), parts.slice(1, 11));
  EXPECT_LT(largest_difference(whole.means, joined.means), 1e-13);
  EXPECT_LT(largest_difference(whole.products, joined.products), 1e-11);
  const auto flat = part_scores(part_sums(at::ones({30, 4}, at::kDouble), parts));
  EXPECT_TRUE(flat.r.eq(0).all().item<bool>());
  EXPECT_TRUE(flat.r2.isnan().all().item<bool>());
}
