#include "study/networks_needs.h"

#include <algorithm>

namespace arcuate {
namespace {

double real(int64_t value) { return static_cast<double>(value); }

// Bytes of arrays that are in memory at once while … (see neuron_signals.cpp and network_match.cpp)
constexpr double signals_made = 56;  // … a number of a layer's signals is made, once in float32 and several in float64,
constexpr double responses_read = 48;  // … and one of a block of responses,
constexpr double codes_made = 3 * 8;   // … neurons are coded.
constexpr double columns_read = 2048;  // columns of responses at once
constexpr double sweeps = 20;          // of a code until it is good enough

}  // namespace

UnitNeeds network_needs(const EncodingPlan& plan, const FeatureSpace& space, const NetworkOptions& options,
                        const NetworkCount& count) {
  const double rows = real(plan.responses.matrix.rows()), targets = real(plan.responses.target_count());
  const double neurons = real(count.neurons), atoms = real(options.dictionary.atoms);
  const double subjects = real(count.subjects);
  const bool mean = count.use == SubjectUse::mean;
  const double used = mean ? 1 : subjects, map = atoms * targets * 8;
  const double reading = rows * std::min(columns_read, targets) * responses_read;
  // Signals of the responses are kept, unless they are made from a scratch file again and again.
  const double kept = mean || plan.responses.matrix.in_memory() ? used * rows * targets * 4 : 0;
  const double learning = rows * neurons * 4 + atoms * neurons * codes_made + (used + 2) * map + reading;
  const double most = std::max(rows * neurons * 8 + rows * real(count.of_layer) * signals_made, learning);
  UnitNeeds needs{.memory = static_cast<int64_t>(kept + std::max(most, reading)),
                  .of_a_thread = static_cast<int64_t>(5 * map + reading)};
  const bool wide = rows * neurons * 4 > kept;
  needs.largest = wide ? fmt::format("signals of {}: {} x {}", space.id, rows, neurons)
                       : fmt::format("responses of {} subjects: {} x {}", used, rows, used * targets);
  needs.largest_bytes = static_cast<int64_t>(wide ? rows * neurons * 4 : kept);
  needs.disk = static_cast<int64_t>((rows * atoms + 2 * atoms * neurons + 2 * atoms * targets) * 8);
  const double coding = atoms * rows + sweeps * atoms * atoms;  // of one signal
  needs.work = real(options.dictionary.epochs + 1) * neurons * (coding + atoms * rows) +
               real(options.chance.surrogates + 1) * used * targets * coding;
  return needs;
}

}  // namespace arcuate
