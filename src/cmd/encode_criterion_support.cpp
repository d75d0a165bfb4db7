#include "cmd/encode_criterion_support.h"

#include "core/error.h"

namespace arcuate {

PenaltyCriterion criterion_of(InnerRule rule) {
  switch (rule) {
    case InnerRule::left_out:
      return PenaltyCriterion::left_out;
    case InnerRule::gcv:
      return PenaltyCriterion::gcv;
    default:
      return PenaltyCriterion::folds;
  }
}

std::string criterion_warning(PenaltyCriterion criterion) {
  if (criterion == PenaltyCriterion::folds) return "";
  return fmt::format(
      "--inner {} is wrong for rows that resemble their neighbours, as volumes of a recording and delayed features do: "
      "the neighbours of a row that is left out give it away and the chosen penalties are too small; use contiguous "
      "folds with a --gap unless the rows are independent",
      criterion == PenaltyCriterion::left_out ? "loo" : "gcv");
}

void record_criterion(PenaltyCriterion criterion, Json& penalties) {
  if (criterion == PenaltyCriterion::folds) return;
  penalties["criterion"] = criterion == PenaltyCriterion::left_out ? "leave-one-out" : "generalised cross-validation";
  penalties["warning"] = criterion_warning(criterion);
}

}  // namespace arcuate
