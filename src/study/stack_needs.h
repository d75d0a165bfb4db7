// What a unit of stacked models is expected to need, from shapes alone.
#pragma once
#include "study/encoding.h"

namespace arcuate {

/// A mixture for `columns` columns of the responses.
struct StackCount {
  int64_t models = 0, columns = 0;
  int64_t widest = 0;  ///< Features of the widest model, before delays.
  int64_t parts = 0;   ///< Of each outer fold's training rows.
};
/// `width`: columns at once.
UnitNeeds stack_needs(const EncodingPlan& plan, const StackCount& count, int64_t width);

/// The usual width, or a narrower one where that needs more memory than there is.
int64_t stack_width(const EncodingPlan& plan, const StackCount& count);

}  // namespace arcuate
