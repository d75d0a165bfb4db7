#include "analysis/neuron_signals.h"

#include "encode/haemodynamics.h"
#include "network_world.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::unit;

namespace {

const std::vector<RowRange> two_runs{{0, 40}, {40, 90}};

at::Tensor centred(const at::Tensor& x) { return x - x.mean(0, true); }

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
