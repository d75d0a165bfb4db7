// The words that a study file uses for enumerators: one list each, for reading and for writing.
#pragma once
#include <initializer_list>
#include <string>
#include <utility>

#include "study/study.h"

namespace arcuate {

template <class Enum>
using Names = std::initializer_list<std::pair<const char*, Enum>>;

template <class Enum>
std::string name_of(Enum value, const Names<Enum>& names) {
  for (const auto& [name, choice] : names)
    if (choice == value) return name;
  return "";
}

inline const Names<at::ScalarType> precisions{{"f32", at::kFloat}, {"f64", at::kDouble}};
inline const Names<AlignMethod> methods{
    {"lanczos", AlignMethod::lanczos}, {"sum", AlignMethod::sum}, {"mean", AlignMethod::mean}};
inline const Names<WordTime> word_times{
    {"midpoint", WordTime::midpoint}, {"onset", WordTime::onset}, {"offset", WordTime::offset}};
inline const Names<Untimed> untimed_rules{
    {"error", Untimed::error}, {"drop", Untimed::drop}, {"interpolate", Untimed::interpolate}};
inline const Names<StartToken> start_tokens{
    {"tokenizer", StartToken::from_tokenizer}, {"always", StartToken::always}, {"never", StartToken::never}};
inline const Names<ModelPart> model_parts{{"main", ModelPart::main}, {"decoder", ModelPart::decoder}};
inline const Names<Pooling> poolings{{"last", Pooling::last}, {"mean", Pooling::mean}};
inline const Names<Untokenized> untokenized_rules{{"error", Untokenized::error}, {"previous", Untokenized::previous}};
inline const Names<Select> selections{{"mse", Select::mse}, {"r2", Select::r2}, {"r", Select::r}};
inline const Names<PenaltyMode> penalty_modes{{"per-target", PenaltyMode::per_target}, {"shared", PenaltyMode::shared}};
inline const Names<PenaltyUnit> penalty_units{{"lambda", PenaltyUnit::lambda}, {"huth", PenaltyUnit::huth}};
inline const Names<Standardize> standardizations{{"none", Standardize::none},
                                                 {"features", Standardize::features},
                                                 {"responses", Standardize::responses},
                                                 {"both", Standardize::both}};
inline const Names<int> axes{{"x", 0}, {"y", 1}, {"z", 2}};
inline const Names<TargetMean> target_means{{"none", TargetMean::none}, {"region", TargetMean::region}};
inline const Names<Form> forms{{"auto", Form::automatic}, {"primal", Form::primal}, {"dual", Form::dual}};
inline const Names<CeilingKind> ceiling_kinds{{"explainable_variance", CeilingKind::explainable_variance},
                                              {"split_half", CeilingKind::split_half},
                                              {"other_subjects", CeilingKind::other_subjects}};
inline const Names<LocaliserSource> localiser_sources{{"none", LocaliserSource::none},
                                                      {"map", LocaliserSource::map},
                                                      {"isc", LocaliserSource::inter_subject},
                                                      {"cc_max", LocaliserSource::cc_max},
                                                      {"explainable_variance", LocaliserSource::explainable_variance},
                                                      {"split_half", LocaliserSource::split_half}};
inline const Names<LocaliserRows> localiser_rows{{"training", LocaliserRows::training},
                                                 {"scored", LocaliserRows::scored}};
inline const Names<LocaliserExtent> localiser_extents{{"subject", LocaliserExtent::subject},
                                                      {"region", LocaliserExtent::region}};

}  // namespace arcuate
