#include "analysis/neuron_signals.h"

#include "encode/haemodynamics.h"
#include "encode/response_store.h"
#include "network_world.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::unit;

namespace {

const std::vector<RowRange> two_runs{{0, 40}, {40, 90}};

at::Tensor centred(const at::Tensor& x) { return x - x.mean(0, true); }

std::vector<int64_t> all_vertices_but_three(int64_t count) {
  std::vector<int64_t> vertices;
  for (int64_t v = 3; v < count; ++v) vertices.push_back(v);
  return vertices;
}

}  // namespace

TEST(NeuronSignals, are_convolved_and_cut_and_centred_within_runs) {
  const auto x = random_normals(90, 5, 1) + 100;
  const auto h = spm_weights(1.5);
  std::vector<at::Tensor> parts;
  for (const auto& run : two_runs) {
    const auto part = centred(x.slice(0, run.begin, run.end));
    auto answer = at::zeros_like(part);
    for (int64_t t = 0; t < part.size(0); ++t)
      for (int64_t lag = 0; lag <= t && lag < static_cast<int64_t>(h.size()); ++lag)
        answer[t] += h[static_cast<size_t>(lag)] * part[t - lag];
    parts.push_back(centred(answer.slice(0, 7)));
  }
  const auto expected = at::cat(parts, 0);
  const auto found = neuron_signals(x, two_runs, {.tr = 1.5, .lead_in = 7});
  EXPECT_LT(largest_difference(found.values, expected / expected.norm(2, 0, true)), 1e-6);
  EXPECT_EQ(found.kept, (std::vector<int64_t>{0, 1, 2, 3, 4}));
  const auto runs = without_lead_in(two_runs, 7);
  EXPECT_EQ(runs[1].begin, 33);
  EXPECT_EQ(runs[1].end, 76);
}

TEST(NeuronSignals, every_option_changes_them) {
  const auto x = random_normals(90, 3, 1);
  const auto usual = neuron_signals(x, two_runs, {}).values;
  EXPECT_GT(largest_difference(usual, neuron_signals(x, two_runs, {.tr = 1}).values), 0.01);
  EXPECT_GT(largest_difference(usual, neuron_signals(x, two_runs, {.haemodynamic = false}).values), 0.01);
  EXPECT_EQ(neuron_signals(x, two_runs, {.lead_in = 10}).values.size(0), 70);
}

TEST(NeuronSignals, constant_neurons_are_left_out_by_number) {
  auto x = random_normals(90, 4, 1).to(at::kFloat);
  x.select(1, 0).fill_(0.1);
  x.select(1, 2).zero_();
  EXPECT_EQ(neuron_signals(x, two_runs, {}).kept, (std::vector<int64_t>{1, 3}));
  EXPECT_TRUE(contains(message_of([&] { neuron_signals(x * 0 + 0.7, two_runs, {}); }), {"all 4 neurons are constant"}));
}

TEST(NeuronSignals, impossible_ones_are_refused) {
  const auto x = random_normals(90, 2, 1);
  EXPECT_TRUE(contains(message_of([&] { neuron_signals(x, two_runs, {.lead_in = 39}); }),
                       {"run 1 has 40 volumes", "lead-in of 39"}));
  EXPECT_TRUE(contains(message_of([&] { neuron_signals(x.slice(0, 1), two_runs, {}); }), {"90 volumes", "89 x 2"}));
  EXPECT_TRUE(contains(message_of([&] { neuron_signals(x / 0.0, two_runs, {}); }), {"NaN or infinite"}));
}

TEST(WordUnits, are_centred_before_they_become_volumes) {
  const auto x = random_normals(4, 2, 1) + 50;
  const std::vector<double> times{0.2, 0.9, 2.5, 4.1}, volumes{1, 3, 5};
  const auto c = centred(x);
  const auto mean = at::stack({(c[0] + c[1]) / 2, c[2], c[3]});
  EXPECT_LT(largest_difference(word_units_to_volumes(x, times, volumes, 2, AlignMethod::mean), mean), 1e-13);
  const auto sum = at::stack({c[0] + c[1], c[2], c[3]});
  EXPECT_LT(largest_difference(word_units_to_volumes(x, times, volumes, 2, AlignMethod::sum), sum), 1e-13);
  const auto same = word_units_to_volumes(at::full({4, 1}, 0.1), times, volumes, 2, AlignMethod::mean);
  EXPECT_EQ(same.abs().max().item<double>(), 0);
}

TEST(ResponseSignals, leave_out_what_cannot_be_used) {
  auto y = random_normals(90, 5, 1);
  y.select(1, 1).fill_(100);
  y[50][3] = NAN;
  y[2][4] = NAN;  // in the lead-in: does not count
  const auto found = response_signals(y, two_runs, 5);
  EXPECT_EQ(found.kept, (std::vector<int64_t>{0, 2, 4}));
  const auto expected = at::cat({centred(y.slice(0, 5, 40)), centred(y.slice(0, 45))}, 0).select(1, 2);
  EXPECT_LT(largest_difference(found.values.select(1, 1), expected / expected.norm()), 1e-7);
  EXPECT_TRUE(contains(message_of([&] { response_signals(y / 0.0, two_runs, 0); }), {"none of the 5 columns"}));
}

TEST(NeuronSignals, come_in_parts_as_they_come_whole) {
  auto x = random_normals(90, 9, 1);
  x.select(1, 4).fill_(3);
  const auto whole = neuron_signals(x, two_runs, {.lead_in = 3});
  const std::vector<RowRange> parts{{0, 3}, {3, 5}, {5, 9}};
  const auto cut = neuron_signals(parts.size(), [&](size_t i) { return x.slice(1, parts[i].begin, parts[i].end); },
                                  two_runs, {.lead_in = 3});
  EXPECT_EQ(cut.kept, (std::vector<int64_t>{0, 1, 2, 3, 5, 6, 7, 8}));
  EXPECT_EQ(cut.kept, whole.kept);
  EXPECT_LT(largest_difference(cut.values, whole.values), 1e-7);
}

TEST(ResponseSignals, are_the_same_bytes_in_memory_and_in_a_scratch_file) {
  const int64_t vertices = 2100;  // more than are read at once
  std::vector<ResponseMatrix> in_memory, in_file;
  const test::TemporaryFolder folder;
  for (uint64_t s = 0; s < 3; ++s) {
    auto y = random_normals(90, vertices, s);
    y.select(1, static_cast<int64_t>(s)).fill_(1);
    ResponseStore store(90, vertices, folder.path());
    store.write(0, y);
    in_memory.emplace_back(y);
    in_file.push_back(store.matrix());
  }
  for (const auto use : {SubjectUse::mean, SubjectUse::each}) {
    const auto a = usable_responses(in_memory, two_runs, 2, use), b = usable_responses(in_file, two_runs, 2, use);
    EXPECT_EQ(a.vertices, all_vertices_but_three(vertices));
    EXPECT_EQ(a.vertices, b.vertices);
    ASSERT_EQ(a.subjects.size(), b.subjects.size());
    EXPECT_EQ(b.subjects.front().in_memory(), use == SubjectUse::mean);
    for (size_t s = 0; s < a.subjects.size(); ++s) EXPECT_TRUE(at::equal(a.subjects[s].whole(), b.subjects[s].whole()));
  }
  const auto one = response_signals(in_memory[1].whole(), two_runs, 2).values;
  const auto each = usable_responses(in_memory, two_runs, 2, SubjectUse::each).subjects[1].whole();
  EXPECT_LT(largest_difference(each.select(1, 5), one.select(1, 7)), 1e-7);
}
