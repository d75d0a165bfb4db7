// What a unit of stacked models keeps in its file. Scores are few; weights and scores of single models are written
// block by block and read subject by subject, because those of all subjects could fill the memory. Shapes: S subjects,
// V chosen targets, C = S V columns (subject-major), M models, K outer folds. NaN where flagged.
#pragma once
#include <ATen/core/Tensor.h>

#include "encode/rows.h"
#include "io/hdf5.h"

namespace arcuate {

struct StackScores {
  at::Tensor r{};          ///< S x V: of the mixture.
  at::Tensor r_single{};   ///< S x V: of the model with the smallest squared residual on training rows.
  at::Tensor r_p{};        ///< S x V: circular-shift p of r.
  at::Tensor gain_p{};     ///< S x V: block-swap p of r - r_single.
  at::Tensor gain_null{};  ///< draws x S: null of the gain's mean over targets.
  double off_minimum = 0;  ///< Largest distance of weights from the conditions of the minimum.
};
void write_stack_scores(const StackScores& scores, Hdf5Writer& file);
StackScores read_stack_scores(const Hdf5Reader& file);

/// The models of some columns.
struct StackedModels {
  at::Tensor weights{};  ///< K x M x b
  at::Tensor single{};   ///< K x b int64: which model r_single is of; -1 where flagged.
  at::Tensor model_r{};  ///< M x b
};
/// `columns`: which of so many.
void write_stacked_models(const StackedModels& models, const RowRange& columns, int64_t all, Hdf5Writer& file);
StackedModels read_stacked_models(const Hdf5Reader& file, const RowRange& columns);

}  // namespace arcuate
