// What a unit of an analysis "networks" is expected to need, from shapes alone.
#pragma once
#include "analysis/networks.h"
#include "analysis/neuron_signals.h"
#include "study/encoding.h"

namespace arcuate {

/// A search for networks in all `neurons` of a space, against the responses of `subjects` subjects.
struct NetworkCount {
  int64_t neurons = 0, of_layer = 0, subjects = 0;
  SubjectUse use = SubjectUse::mean;
};
UnitNeeds network_needs(const EncodingPlan& plan, const FeatureSpace& space, const NetworkOptions& options,
                        const NetworkCount& count);

}  // namespace arcuate
