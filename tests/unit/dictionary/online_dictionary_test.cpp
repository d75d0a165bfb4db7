#include "dictionary/online_dictionary.h"

#include "core/tensor.h"
#include "fixture.h"
#include "io/json.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

namespace {

at::Tensor unit_columns(const at::Tensor& x) { return x / x.norm(2, 0, true); }

// The data of tests/reference/make_dictionary.py: 64 atoms, about 3.2 a signal, noise of a tenth of the signal.
at::Tensor planted_atoms() { return unit_columns(random_normals(300, 64, 100)); }
at::Tensor planted_signals(int64_t signals, uint64_t seed) {
  const auto codes = random_normals(64, signals, seed) * (random_normals(64, signals, seed + 1) > 1.6449);
  return unit_columns(planted_atoms().mm(codes) + std::sqrt(0.32 / 300) * random_normals(300, signals, seed + 2));
}

int64_t recovered(const at::Tensor& planted, const at::Tensor& found) {
  return (planted.t().mm(unit_columns(found)).abs().amax(1) > 0.9).sum().item<int64_t>();
}

}  // namespace

TEST(OnlineDictionary, finds_planted_atoms_and_an_objective_as_good_as_scikit_learn) {
  const auto reference = read_json(test::source_path("reference/dictionary/planted.json"));
  const auto signals = planted_signals(9216, 200), held_out = planted_signals(1024, 300);
  // The same data as the script's.
  EXPECT_NEAR(signals.sum().item<double>(), reference["sum_of_signals"].get<double>(), 1e-6);
  EXPECT_NEAR(held_out.sum().item<double>(), reference["sum_of_held_out"].get<double>(), 1e-6);
  for (const auto& fit : reference["fits"]) {
    const auto epochs = fit["epochs"].get<int64_t>();
    const auto found = learn_dictionary(signals, {.epochs = epochs}, {.threads = 2}, held_out);
    ASSERT_EQ(static_cast<int64_t>(found.objective.size()), epochs);
    EXPECT_LT(found.objective.back(), 1.01 * fit["held_out_objective"].get<double>()) << epochs;
    EXPECT_GE(recovered(planted_atoms(), found.atoms), 55) << epochs;
    EXPECT_LE(found.atoms.norm(2, 0).max().item<double>(), 1 + 1e-12);
    RecordProperty("recovered_" + std::to_string(epochs), std::to_string(recovered(planted_atoms(), found.atoms)));
    RecordProperty("objective_" + std::to_string(epochs), std::to_string(found.objective.back()));
  }
}

TEST(OnlineDictionary, the_held_out_objective_falls) {
  const auto found = learn_dictionary(planted_signals(2000, 1), {.epochs = 5}, {}, planted_signals(500, 9));
  EXPECT_LT(found.objective[4], found.objective[0]);
  const auto start = learn_dictionary(planted_signals(2000, 1), {.epochs = 0}, {});
  const auto held_out = planted_signals(500, 9);
  const double at_start =
      lasso_objective(start.atoms, held_out, sparse_codes(start.atoms, held_out, {}, {}), 0.15).mean().item<double>();
  EXPECT_LT(found.objective[0], at_start);
  EXPECT_TRUE(start.objective.empty());
}

TEST(OnlineDictionary, without_an_epoch_atoms_are_signals_of_norm_1) {
  const auto signals = random_normals(20, 40, 3) * 5;
  const auto atoms = learn_dictionary(signals, {.atoms = 6, .epochs = 0}, {}).atoms;
  EXPECT_LT(largest_difference(atoms.norm(2, 0), at::ones({6})), 1e-12);
  const auto r = unit_columns(signals).t().mm(atoms);
  EXPECT_LT(largest_difference(r.amax(0), at::ones({6})), 1e-12);
}

TEST(OnlineDictionary, an_overcomplete_dictionary_reconstructs) {
  const auto x = random_normals(8, 10, 0);
  const LassoOptions coding{.penalty = 0.001};
  const auto found = learn_dictionary(x, {.atoms = 10, .coding = coding, .batch = 10, .epochs = 200}, {});
  EXPECT_LT(largest_difference(found.atoms.mm(sparse_codes(found.atoms, x, coding, {})), x), 0.01);
}

TEST(OnlineDictionary, atoms_that_nothing_uses_are_replaced) {
  // Two directions only: four atoms drawn from ten signals hold copies, which the Lasso never needs together.
  const auto x = unit_columns(random_normals(12, 2, 1)).repeat({1, 50});
  const auto found = learn_dictionary(x, {.atoms = 8, .batch = 20, .epochs = 3}, {});
  EXPECT_GT(found.replaced, 0);
  EXPECT_TRUE(at::isfinite(found.atoms).all().item<bool>());
}

TEST(OnlineDictionary, every_option_changes_the_atoms) {
  const auto x = planted_signals(600, 5);
  const DictionaryOptions usual{.atoms = 20, .batch = 64, .epochs = 2};
  const auto atoms = [&](auto change) {
    auto options = usual;
    change(options);
    return learn_dictionary(x, options, {}).atoms;
  };
  const auto base = atoms([](auto&) {});
  EXPECT_TRUE(at::equal(base, atoms([](auto&) {})));
  const auto differs = [&](auto change) { return !at::equal(base, atoms(change)); };
  EXPECT_TRUE(differs([](auto& o) { o.seed = 1; }));
  EXPECT_TRUE(differs([](auto& o) { o.batch = 65; }));
  EXPECT_TRUE(differs([](auto& o) { o.epochs = 3; }));
  EXPECT_TRUE(differs([](auto& o) { o.forgetting = 0; }));
  EXPECT_TRUE(differs([](auto& o) { o.coding.penalty = 0.2; }));
  EXPECT_TRUE(differs([](auto& o) { o.coding.positive = true; }));
  EXPECT_EQ(atoms([](auto& o) { o.atoms = 21; }).size(1), 21);
}

TEST(OnlineDictionary, gives_the_same_bytes_for_any_number_of_threads) {
  const auto x = planted_signals(1500, 5).to(at::kFloat);
  const DictionaryOptions options{.batch = 600, .epochs = 2};
  EXPECT_TRUE(at::equal(learn_dictionary(x, options, {.threads = 1}).atoms,
                        learn_dictionary(x, options, {.threads = 3}).atoms));
}

TEST(OnlineDictionary, impossible_requests_are_refused) {
  const auto x = random_normals(10, 30, 1);
  const auto error = [](const at::Tensor& signals, const DictionaryOptions& options) {
    return message_of([&] { learn_dictionary(signals, options, {}); });
  };
  EXPECT_TRUE(contains(error(x, {.atoms = 31}), {"31 atoms cannot be learnt from 30 signals"}));
  EXPECT_TRUE(contains(error(x, {.atoms = 0}), {"at least one atom"}));
  EXPECT_TRUE(contains(error(x / 0.0, {.atoms = 3}), {"finite"}));
  EXPECT_TRUE(contains(error(x * 0, {.atoms = 3}), {"all 30 signals are 0"}));
}
