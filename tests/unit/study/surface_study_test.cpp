// A small study of simulated brains on a surface, run once: what its files hold is computed again here from the
// recordings and from the units' files.
#include <ATen/ATen.h>

#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "brain/clean.h"
#include "cli/run.h"
#include "core/files.h"
#include "core/text.h"
#include "fixture.h"
#include "io/hdf5.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/table.h"
#include "simulate/dataset.h"
#include "simulate/study_file.h"
#include "stats/fdr.h"
#include "study/run_study.h"
#include "study/summary.h"
#include "study/surface_maps.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

namespace {

namespace fs = std::filesystem;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr const char* model = "tales-1m";

std::string first_lines(const std::string& text, size_t count) {
  size_t end = 0;
  for (size_t line = 0; line < count; ++line) end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

SimulateOptions small_simulation(const fs::path& text) {
  SimulateOptions options;
  options.text = text;
  options.drive.model = test::source_path("../models/tales-1m");
  options.cortex.vertices = 162;
  options.brain.subjects = 2;
  options.brain.repeats = 2;
  return options;
}

const std::vector<std::string> settings{"permutation.count=20", "model.0.layers=1,4,final",
                                        "model.0.untrained_layers=4"};

StudyOutputs run_quietly(const Study& study, const fs::path& output) {
  std::ostringstream log;
  cli::Console console(log, log, cli::Level::quiet, false);
  const cli::Common common;
  cli::Run run{.console = console, .common = common};
  return run_study(study, output, run);
}

// What run_study() has in hand before it writes, from the finished units.
struct Evaluated {
  Study study;
  Dataset dataset = read_dataset(study.dataset);
  std::vector<TimedStory> stories = read_stories(study, dataset);
  std::vector<FeatureSpace> spaces = feature_spaces(study);
  Responses responses = clean_responses(study, dataset);
  EncodingPlan plan;
  Summary summary = summarize(plan, spaces);
  explicit Evaluated(const fs::path& study_path, const fs::path& work)
      : study(read_study(study_path, settings)), plan(plan_encoding(study, responses, stories, spaces, work)) {}

  int64_t targets() const { return responses.target_count(); }
  const FeatureSpace& space(const std::string& id) const {
    for (const auto& space : spaces)
      if (space.id == id) return space;
    throw std::out_of_range(id);
  }
};

class SurfaceStudy : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const auto text = *folder_ / "story.txt";
    test::write_text(text, first_lines(read_file(test::source_path("../assets/stories/turning_light.txt")), 62));
    const auto options = small_simulation(text);
    const auto dataset = write_simulated_dataset(data(), options, {});
    write_file(study_path(), study_file(options, dataset, {.untrained = 1, .random_features = 1}));
    outputs_ = run_quietly(read_study(study_path(), settings), *folder_ / "results");
    evaluated_ = std::make_unique<Evaluated>(study_path(), outputs_.folder / "work");
  }
  static void TearDownTestSuite() {
    evaluated_.reset();
    folder_.reset();
  }

  static fs::path data() { return *folder_ / "brains"; }
  static fs::path study_path() { return data() / "study.toml"; }
  static const Evaluated& all() { return *evaluated_; }
  static EncodingScores unit(const std::string& space, const std::string& layer) {
    return read_encoding(encoding_file(all().plan.work, space, layer));
  }
  static Table table(const fs::path& relative) { return read_table(outputs_.folder / relative); }
  static fs::path map_stem(const std::string& subject, const char* hemisphere, const char* what) {
    return outputs_.folder / fmt::format("sub-{0}/func/sub-{0}_task-simulated_hemi-{1}_model-tales1m_{2}_statmap",
                                         subject, hemisphere, what);
  }
  static at::Tensor maps(const std::string& subject, Hemisphere hemisphere, const char* what) {
    return read_vertex_values(map_stem(subject, letter(hemisphere), what).string() + ".func.gii").to(at::kDouble);
  }

  // One subject's recordings, high-passed: repeats x volumes x targets. There is one story.
  static at::Tensor cleaned_repeats(size_t subject) {
    std::vector<at::Tensor> repeats;
    for (const auto& recording : all().dataset.recordings)
      if (recording.subject == subject) repeats.push_back(highpass(at::nan_to_num(recording.responses), 2, 128));
    return at::stack(repeats);
  }

  static inline std::unique_ptr<TemporaryFolder> folder_;
  static inline StudyOutputs outputs_;
  static inline std::unique_ptr<Evaluated> evaluated_;
};

double pearson_of(const at::Tensor& a, const at::Tensor& b) {
  const auto x = a - a.mean(), y = b - b.mean();
  return (x * y).sum().item<double>() / std::sqrt((x * x).sum().item<double>() * (y * y).sum().item<double>());
}

double mean_of_numbers(const at::Tensor& values) {
  return values.masked_select(at::logical_not(at::isnan(values))).mean().item<double>();
}

// "n/a" is NaN.
void expect_number(const Table& table, size_t row, const char* column, double expected, double tolerance) {
  const double found = table.number(row, table.column(column));
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(found)) << column << " of line " << table.lines[row] << " is " << found;
  } else {
    EXPECT_NEAR(found, expected, tolerance) << column << " of line " << table.lines[row];
  }
}

}  // namespace

TEST_F(SurfaceStudy, responses_are_the_mean_of_the_cleaned_repeats) {
  EXPECT_EQ(all().responses.repeats, 2);
  for (size_t s = 0; s < 2; ++s) {
    const int64_t first = static_cast<int64_t>(s) * all().targets();
    const auto expected = cleaned_repeats(s).mean(0);
    for (int64_t v = 0; v < all().targets(); ++v) {
      if (all().responses.flags[static_cast<size_t>(first + v)] != Flag::ok) continue;
      ASSERT_LT(largest_difference(all().responses.matrix.select(1, first + v), expected.select(1, v)), 1e-9);
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
    predictions.push_back(read_predictions(encoding_file(all().plan.work, model, name)).to(at::kDouble));
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
    auto put_together = at::zeros({all().responses.matrix.size(0)}, at::kDouble);
    for (size_t fold = 0; fold < all().plan.splits.size(); ++fold) {
      const size_t chosen =
          best_of([&](size_t layer) { return inner[layer][static_cast<int64_t>(fold)][c].template item<double>(); });
      for (const int64_t row : all().plan.splits[fold].outer.test) put_together[row] = predictions[chosen][row][c];
    }
    const auto y = all().responses.matrix.select(1, c);
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

TEST_F(SurfaceStudy, maps_hold_each_value_at_its_vertex_and_nan_elsewhere) {
  const auto& headline = all().summary.by_target.at(0);
  for (size_t s = 0; s < 3; ++s)
    for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
      const auto& subject = all().responses.subjects[s];
      auto scores = at::full({3, 162}, missing, at::kDouble), best = at::full({6, 162}, missing, at::kDouble);
      for (size_t v = 0; v < all().dataset.places.size(); ++v) {
        const auto& place = all().dataset.places[v];
        if (place.hemisphere != letter(hemisphere)) continue;
        const auto target = static_cast<int64_t>(v), row = static_cast<int64_t>(s), c = row * all().targets() + target;
        int64_t k = 0;
        for (const char* layer : {"1", "4", "final"}) scores[k++][place.vertex] = unit(model, layer).r[c];
        best[0][place.vertex] = headline.r[c];
        best[1][place.vertex] = headline.p[c];
        best[2][place.vertex] = headline.q[c];
        const auto chosen = headline.layer[c].item<int64_t>();
        best[3][place.vertex] = chosen < 0 ? missing : (std::vector<double>{1, 4, 7})[static_cast<size_t>(chosen)];
        best[4][place.vertex] = all().responses.ceiling[row][target];
        best[5][place.vertex] = all().responses.repeat_ceiling[row][target];
      }
      EXPECT_LT(largest_difference(maps(subject, hemisphere, "stat-r_desc-brainscore"), scores), 1e-6) << subject;
      EXPECT_LT(largest_difference(maps(subject, hemisphere, "desc-headline"), best), 1e-6) << subject;
      for (const char* what : {"stat-r_desc-brainscore", "desc-headline"}) {
        const auto sidecar = read_json(map_stem(subject, letter(hemisphere), what).string() + ".json");
        EXPECT_TRUE(sidecar.at("Simulated").get<bool>());
        EXPECT_EQ(sidecar.at("Model").get<std::string>(), model);
      }
    }
}

TEST_F(SurfaceStudy, a_vertex_that_the_surface_lacks_is_named) {
  auto dataset = all().dataset;
  dataset.places.back().vertex = 162;
  EXPECT_TRUE(contains(message_of([&] { SurfaceMaps maps(dataset); }),
                       {dataset.targets.back().c_str(), "vertex 162", "hemisphere R", "162 vertices"}));
}

TEST_F(SurfaceStudy, region_tables_hold_means_over_the_vertices_of_the_maps) {
  std::map<std::pair<std::string, std::string>, std::vector<int64_t>> regions;
  for (size_t v = 0; v < all().dataset.places.size(); ++v)
    regions[{all().dataset.places[v].hemisphere, all().dataset.places[v].region}].push_back(static_cast<int64_t>(v));
  for (size_t s = 0; s < 3; ++s) {
    const auto subject = all().responses.subjects[s];
    const auto found = table(fmt::format("sub-{0}/func/sub-{0}_task-simulated_desc-brainscore_scores.tsv", subject));
    ASSERT_EQ(found.rows.size(), all().summary.layers.size() * regions.size());
    const auto at_row = static_cast<int64_t>(s), first = at_row * all().targets();
    for (size_t row = 0; row < found.rows.size(); ++row) {
      const auto text = [&](const char* column) { return found.text(row, found.column(column)); };
      const auto seed = text("seed");
      const auto id = text("training") == "untrained" ? text("space") + ".untrained-" + seed
                      : seed != "n/a"                 ? text("space") + "-" + seed
                                                      : text("space");
      const auto scores = unit(id, text("layer"));
      const auto within = at::tensor(regions.at({text("hemisphere"), text("region")}), at::kLong);
      const auto own = [&](const at::Tensor& c) {
        return c.slice(0, first, first + all().targets()).index_select(0, within);
      };
      const auto r = own(scores.r), known = r.masked_select(at::logical_not(at::isnan(r)));
      EXPECT_EQ(text("targets"), std::to_string(within.numel()));
      EXPECT_EQ(text("scored"), std::to_string(known.numel()));
      ASSERT_GT(known.numel(), 0);
      expect_number(found, row, "r", known.mean().item<double>(), 1e-9);
      expect_number(found, row, "r_abs_r", (known * known.abs()).mean().item<double>(), 1e-9);
      expect_number(found, row, "r2", mean_of_numbers(own(scores.r2)), 1e-9);
      const double median = found.number(row, found.column("median_r"));
      EXPECT_GE(2 * known.le(median + 1e-12).sum().item<int64_t>(), known.numel());
      EXPECT_GE(2 * known.ge(median - 1e-12).sum().item<int64_t>(), known.numel());
      expect_number(found, row, "ceiling", mean_of_numbers(all().responses.ceiling[at_row].index_select(0, within)),
                    1e-9);
      expect_number(found, row, "repeat_ceiling",
                    mean_of_numbers(all().responses.repeat_ceiling[at_row].index_select(0, within)), 1e-9);
      const auto q = bh_fdr(scores.p.slice(0, first, first + all().targets())).index_select(0, within);
      expect_number(found, row, "share_q05",
                    static_cast<double>(q.lt(0.05).sum().item<int64_t>()) / static_cast<double>(known.numel()), 1e-12);
      expect_number(found, row, "increment",
                    scores.increment.defined() ? mean_of_numbers(own(scores.increment)) : missing, 1e-9);
    }
  }
}

TEST_F(SurfaceStudy, region_tables_agree_with_the_map_files) {
  const auto regions = table("sub-sim01/func/sub-sim01_task-simulated_desc-brainscore_scores.tsv");
  size_t compared = 0;
  for (size_t row = 0; row < regions.rows.size(); ++row) {
    const auto text = [&](const char* column) { return regions.text(row, regions.column(column)); };
    if (text("training") != "trained" || text("layer") != "4") continue;
    const auto map =
        maps("sim01", text("hemisphere") == "L" ? Hemisphere::left : Hemisphere::right, "stat-r_desc-brainscore")[1];
    std::vector<at::Tensor> values;
    for (const auto& place : all().dataset.places)
      if (place.hemisphere == text("hemisphere") && place.region == text("region")) values.push_back(map[place.vertex]);
    expect_number(regions, row, "r", mean_of_numbers(at::stack(values)), 1e-6);
    ++compared;
  }
  EXPECT_GT(compared, 10u);
}

TEST_F(SurfaceStudy, flagged_targets_are_those_without_numbers_that_vary) {
  std::set<std::vector<std::string>> expected;
  std::vector<size_t> constant_in(static_cast<size_t>(all().targets()));
  const auto add = [&](const std::string& subject, size_t v, const char* flag) {
    const auto& place = all().dataset.places[v];
    expected.insert({subject, all().dataset.targets[v], place.hemisphere, place.region, flag});
  };
  for (size_t s = 0; s < 2; ++s) {
    std::vector<at::Tensor> recordings;
    for (const auto& recording : all().dataset.recordings)
      if (recording.subject == s) recordings.push_back(recording.responses);
    const auto series = at::cat(recordings, 0);
    for (size_t v = 0; v < constant_in.size(); ++v) {
      const auto own = series.select(1, static_cast<int64_t>(v));
      if (at::isnan(own).any().item<bool>()) {
        add(all().dataset.subjects[s], v, "nan");
      } else if (own.max().item<double>() == own.min().item<double>()) {
        add(all().dataset.subjects[s], v, "constant");
        if (++constant_in[v] == 2) add("mean", v, "constant");
      }
    }
  }
  const auto found = table("group/task-simulated_desc-flagged_scores.tsv");
  std::set<std::vector<std::string>> rows;
  for (size_t row = 0; row < found.rows.size(); ++row) {
    std::vector<std::string> fields;
    for (const char* column : {"subject", "target", "hemisphere", "region", "flag"})
      fields.push_back(found.text(row, found.column(column)));
    rows.insert(fields);
  }
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(rows.size(), found.rows.size());
  EXPECT_GE(rows.size(), 15u + 5u) << "five constant in each subject and the mean, five with NaN";
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
  EXPECT_EQ(outputs.made, 1);
  EXPECT_EQ(outputs.reused, outputs_.made - 1);
  EXPECT_EQ(largest_difference(scores("size-1e6"), scores("size-1e10")), 0) << "the file's values are the features";
}

namespace {

// Three words and a feature of the kind "file" in a folder of its own.
struct FileFeature {
  TemporaryFolder folder{};
  FeatureEntry entry{.name = "own", .kind = "file", .path = folder.path()};
  Stimulus stimulus{.name = "tale"};
  TimedStory story{.stimulus = &stimulus, .words = {"a", "b", "c"}};

  at::Tensor values() const { return feature_values({.id = "own", .name = "own", .feature = &entry}, story, 0); }
  std::string message() const {
    return message_of([&] { values(); });
  }
  void write(const at::Tensor& values) const { write_npy(feature_file(entry, "tale"), values); }
};

}  // namespace

TEST(FileFeature, values_are_those_of_the_file) {
  const FileFeature feature;
  const auto values = at::arange(6, at::kFloat).reshape({3, 2});
  feature.write(values);
  EXPECT_EQ(feature_file(feature.entry, "tale"), feature.folder / "tale.npy");
  EXPECT_EQ(feature.values().scalar_type(), at::kDouble);
  EXPECT_TRUE(at::equal(feature.values(), values.to(at::kDouble)));
}

TEST(FileFeature, refuses_what_are_no_features_of_the_words) {
  const FileFeature feature;
  EXPECT_TRUE(contains(feature.message(), {"tale.npy"})) << "absent";
  feature.write(at::ones({4, 2}, at::kDouble));
  EXPECT_TRUE(contains(feature.message(), {"tale.npy", "4 x 2", "3 words"}));
  feature.write(at::ones({3}, at::kDouble));
  EXPECT_TRUE(contains(feature.message(), {"tale.npy", "3 words"}));
  for (const double bad : {missing, std::numeric_limits<double>::infinity()}) {
    auto values = at::ones({3, 2}, at::kDouble);
    values[1][1] = bad;
    feature.write(values);
    EXPECT_TRUE(contains(feature.message(), {"tale.npy", "not finite"}));
  }
}
