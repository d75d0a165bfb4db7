// A small study on a surface: its responses, headlines and units are computed again here from the recordings and from
// the units' files.
#include <set>

#include "fixture.h"
#include "io/hdf5.h"
#include "stats/ceiling.h"
#include "study/extraction.h"
#include "unit/study/surface_study.h"

using namespace arcuate;
using namespace arcuate::test;

TEST_F(SurfaceStudy, responses_are_the_mean_of_the_cleaned_repeats) {
  EXPECT_EQ(all().responses.repeats, 2);
  for (size_t s = 0; s < 2; ++s) {
    const int64_t first = static_cast<int64_t>(s) * all().targets();
    const auto expected = cleaned_repeats(s).mean(0);
    for (int64_t v = 0; v < all().targets(); ++v) {
      if (all().responses.flags[static_cast<size_t>(first + v)] != Flag::ok) continue;
      ASSERT_LT(largest_difference(all().responses.matrix.whole().select(1, first + v), expected.select(1, v)), 1e-9);
    }
  }
}

TEST_F(SurfaceStudy, the_ceiling_from_repeats_is_that_of_its_formula) {
  const auto& ceiling = all().responses.repeat_ceiling;
  ASSERT_EQ(ceiling.sizes(), (std::vector<int64_t>{3, all().targets()}));
  EXPECT_TRUE(at::isnan(ceiling[2]).all().item<bool>()) << "of the mean subject";
  for (int64_t s = 0; s < 2; ++s) {
    const auto repeats = cleaned_repeats(static_cast<size_t>(s));
    for (int64_t v = 0; v < all().targets(); ++v) {
      double expected = missing;
      if (all().responses.flags[static_cast<size_t>(s * all().targets() + v)] == Flag::ok) {
        const auto y = repeats.select(2, v);
        const double total = y.var(1, false).mean().item<double>(),
                     signal = 2 * y.mean(0).var(0, false).item<double>() - total;
        expected = signal > 0 ? 1 / std::sqrt(1 + (total / signal - 1) / 2) : 0;
      }
      ASSERT_LT(largest_difference(ceiling[s][v], at::scalar_tensor(expected, at::kDouble)), 1e-9) << s << ' ' << v;
    }
  }
}

TEST_F(SurfaceStudy, a_score_is_a_share_of_the_ceiling_as_if_computed_from_the_repeats) {
  const auto& scores = unit(model, "4").r;
  const auto predictions =
      read_predictions(encoding_file(all().plan.work, model, "4"), 0, all().responses.matrix.targets()).to(at::kDouble);
  const auto found = cc_norm(all().plan, scores, {0, scores.numel()});
  ASSERT_EQ(found.sizes(), scores.sizes());
  double largest = 0;
  for (int64_t s = 0; s < 2; ++s) {
    const int64_t first = s * all().targets();
    const auto own = [&](const at::Tensor& columns) { return columns.slice(-1, first, first + all().targets()); };
    const auto expected = normalized_correlation(cleaned_repeats(static_cast<size_t>(s)), own(predictions), {});
    for (int64_t v = 0; v < all().targets(); ++v)
      if (all().responses.flags[static_cast<size_t>(first + v)] == Flag::ok)
        largest = std::max(largest, std::abs((own(found)[v] - expected[v]).item<double>()));
  }
  EXPECT_LT(largest, 1e-6);
  EXPECT_TRUE(at::isnan(found.slice(0, 2 * all().targets())).all().item<bool>()) << "of the mean subject";
}

TEST_F(SurfaceStudy, a_higher_floor_lowers_the_shares_and_computes_nothing_anew) {
  const TemporaryFolder copy;
  fs::copy(folder_->path(), copy.path(), fs::copy_options::recursive);
  auto changed = settings;
  changed.emplace_back("score.cc_floor=0.9");
  EXPECT_EQ(run_quietly(read_study(copy / "brains/study.toml", changed), copy / "results").made, 0);
  const auto name = "sub-sim01/func/sub-sim01_task-simulated_desc-brainscore_scores.tsv";
  const auto before = table(name), after = read_table(copy / "results" / name);
  size_t lower = 0;
  for (size_t row = 0; row < before.rows.size(); ++row) {
    const auto of = [&](const Table& table) { return std::abs(table.number(row, table.column("cc_norm"))); };
    lower += of(after) < of(before);
    EXPECT_EQ(after.text(row, after.column("cc_max")), before.text(row, before.column("cc_max")));
  }
  EXPECT_GT(lower, before.rows.size() / 2);
}

TEST_F(SurfaceStudy, twins_have_the_layers_asked_for) {
  EXPECT_EQ(all().space(model).layer_names, (std::vector<std::string>{"1", "4", "final"}));
  const auto& twin = all().space("tales-1m.untrained-1");
  EXPECT_EQ(twin.layer_names, std::vector<std::string>{"4"});
  const auto layers_in = [](const fs::path& file) {
    std::set<std::string> layers;
    for (const auto& name : Hdf5Reader(file).datasets())
      if (name.find("layer/") != name.npos) layers.insert(name.substr(name.find("layer/")));
    return layers;
  };
  const auto& story = all().dataset.stories.at(0).name;
  EXPECT_EQ(layers_in(activation_file(all().plan.work, twin, story)), std::set<std::string>{"layer/4"});
  EXPECT_EQ(layers_in(activation_file(all().plan.work, all().space(model), story)),
            (std::set<std::string>{"layer/1", "layer/4", "layer/final"}));
  EXPECT_TRUE(fs::exists(encoding_file(all().plan.work, twin.id, "4")));
  EXPECT_FALSE(fs::exists(encoding_file(all().plan.work, twin.id, "1")));
}

TEST_F(SurfaceStudy, a_space_of_one_layer_has_its_own_score_as_headline) {
  size_t seen = 0;
  for (const auto& headline : all().summary.headlines) {
    if (headline.space->layers.size() > 1) continue;
    const auto& name = headline.space->layer_names.front();
    for (const auto& layer : all().summary.layers)
      if (layer.space == headline.space) {
        const auto s = static_cast<int64_t>(headline.subject);
        EXPECT_EQ(headline.r, layer.subject_r[s].item<double>()) << headline.space->id;
        EXPECT_EQ(headline.p, layer.subject_p[s].item<double>()) << headline.space->id;
        EXPECT_EQ(headline.best_r, headline.r);
      }
    EXPECT_EQ(headline.best_layer, name);
    EXPECT_EQ(headline.layers, std::vector<std::string>(all().plan.splits.size(), name));
    const auto scores = unit(headline.space->id, name).r;
    const int64_t first = static_cast<int64_t>(headline.subject) * all().targets();
    EXPECT_NEAR(headline.r, mean_of_numbers(scores.slice(0, first, first + all().targets())), 1e-12);
    ++seen;
  }
  EXPECT_EQ(seen, 3u * (1 + 1 + 1 + 5)) << "twin, word rate, random and five sizes, for each of three subjects";
}

TEST_F(SurfaceStudy, a_target_is_judged_by_the_layer_that_training_rows_chose) {
  const std::vector<std::string> names{"1", "4", "final"};
  std::vector<at::Tensor> inner, predictions, r;
  for (const auto& name : names) {
    inner.push_back(unit(model, name).inner_scores);
    predictions.push_back(
        read_predictions(encoding_file(all().plan.work, model, name), 0, all().responses.matrix.targets())
            .to(at::kDouble));
    r.push_back(unit(model, name).r);
  }
  ASSERT_EQ(all().summary.by_target.size(), 1u) << "trained models only";
  const auto& headline = all().summary.by_target[0];
  int64_t other_than_best_by_test = 0;
  for (size_t column = 0; column < all().responses.flags.size(); ++column) {
    const auto c = static_cast<int64_t>(column);
    const double found = headline.r[c].item<double>(), p = headline.p[c].item<double>();
    if (all().responses.flags[column] != Flag::ok) {
      EXPECT_TRUE(std::isnan(found) && std::isnan(p));
      EXPECT_EQ(headline.layer[c].item<int64_t>(), -1);
      continue;
    }
    const auto best_of = [&](auto value) {
      size_t best = 0;
      for (size_t layer = 1; layer < names.size(); ++layer)
        if (value(layer) > value(best)) best = layer;
      return best;
    };
    auto put_together = at::zeros({all().responses.matrix.rows()}, at::kDouble);
    for (size_t fold = 0; fold < all().plan.splits.size(); ++fold) {
      const size_t chosen =
          best_of([&](size_t layer) { return inner[layer][static_cast<int64_t>(fold)][c].template item<double>(); });
      for (const int64_t row : all().plan.splits[fold].outer.test) put_together[row] = predictions[chosen][row][c];
    }
    const auto y = all().responses.matrix.whole().select(1, c);
    ASSERT_NEAR(found, pearson_of(y, put_together), 1e-9) << column;
    int64_t as_large = 0;
    for (const auto& shift : all().plan.shifts) as_large += pearson_of(y, at::roll(put_together, shift.at(0))) >= found;
    const auto draws = static_cast<double>(all().plan.shifts.size());
    ASSERT_NEAR(p, (static_cast<double>(as_large) + 1) / (draws + 1), 1e-12) << column;
    const auto on_average = [&](size_t layer) { return inner[layer].select(1, c).mean().template item<double>(); };
    ASSERT_EQ(headline.layer[c].item<int64_t>(), static_cast<int64_t>(best_of(on_average))) << column;
    other_than_best_by_test +=
        best_of([&](size_t layer) { return r[layer][c].template item<double>(); }) != best_of(on_average);
  }
  EXPECT_GT(other_than_best_by_test, 0) << "else this test could not tell test rows from training rows";
}

TEST_F(SurfaceStudy, a_changed_feature_file_is_not_skipped) {
  const TemporaryFolder copy;
  fs::copy(folder_->path(), copy.path(), fs::copy_options::recursive);
  const auto again = [&] { return run_quietly(read_study(copy / "brains/study.toml", settings), copy / "results"); };
  EXPECT_EQ(again().made, 0) << "the same bytes in another place are the same";
  const auto scores = [&](const std::string& space) {
    return read_encoding(encoding_file(copy / "results/work", space, "0")).r;
  };
  const auto file = [&](const std::string& space) {
    return copy / fmt::format("brains/features/{}/{}.npy", space, all().dataset.stories[0].name);
  };
  EXPECT_GT(largest_difference(scores("size-1e6"), scores("size-1e10")), 1e-3);
  fs::copy_file(file("size-1e10"), file("size-1e6"), fs::copy_options::overwrite_existing);
  const auto outputs = again();
  EXPECT_EQ(outputs.made, 3) << "its scores, and in the analysis of shape its barcode and features";
  EXPECT_EQ(outputs.reused, outputs_.made - 3);
  EXPECT_EQ(largest_difference(scores("size-1e6"), scores("size-1e10")), 0) << "the file's values are the features";
}
