#include "study/networks_needs.h"

#include <algorithm>

namespace arcuate {
namespace {

double real(int64_t value) { return static_cast<double>(value); }

// Numbers of arrays that are in memory at once while … (see neuron_signals.cpp and network_match.cpp), in bytes.
constexpr double signals_made = 56;              // … a number of the neurons' signals is made, once in float32 and
                                                 // several times in float64,
constexpr double mean_made = 20, each_made = 8;  // … and one of the responses, besides the responses as they are,
constexpr double codes_made = 3 * 8;             // … neurons are coded.
constexpr double sweeps = 20;                    // of a code until it is good enough

}  // namespace

UnitNeeds network_needs(const EncodingPlan& plan, const FeatureSpace& space, const NetworkOptions& options,
                        const NetworkCount& count) {
  const double rows = real(plan.responses.matrix.rows()), targets = real(plan.responses.target_count());
  const double neurons = real(count.neurons), atoms = real(options.dictionary.atoms);
  const double subjects = real(count.subjects), all = subjects * rows * targets;
  const bool mean = count.use == SubjectUse::mean;
  const double used = mean ? 1 : subjects, map = atoms * targets * 8;
  const double recordings = all * 8, kept = used * rows * targets * 4;
  const double learning = rows * neurons * 4 + atoms * neurons * codes_made + used * map;
  const double most =
      std::max({all * (mean ? mean_made : each_made), kept + rows * neurons * signals_made, kept + learning});
  UnitNeeds needs{.memory = static_cast<int64_t>(recordings + most),
                  .of_a_thread = static_cast<int64_t>((used + 3) * map)};
  const bool wide = neurons > subjects * targets;
  needs.largest = wide ? fmt::format("signals of {}: {} x {}", space.id, rows, neurons)
                       : fmt::format("responses of {} subjects: {} x {}", subjects, rows, subjects * targets);
  needs.largest_bytes = static_cast<int64_t>(wide ? rows * neurons * 8 : recordings);
  needs.disk = static_cast<int64_t>((rows * atoms + 2 * atoms * neurons + 2 * atoms * targets) * 8);
  const double coding = atoms * rows + sweeps * atoms * atoms;  // of one signal
  needs.work = real(options.dictionary.epochs + 1) * neurons * (coding + atoms * rows) +
               real(options.chance.surrogates + 1) * used * targets * coding;
  return needs;
}

}  // namespace arcuate
