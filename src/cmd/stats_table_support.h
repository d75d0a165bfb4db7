// The tables of `stats`: rows of scores made into subjects x cells, one side less the other where two are compared.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/spec.h"
#include "stats/group_bootstrap.h"

namespace arcuate {

enum class RowGaps { error, drop };
enum class RepeatedRows { error, mean };

struct StatsColumns {
  std::string value{};
  std::vector<std::string> by{};     ///< Empty: all rows are one cell.
  std::string subject{};             ///< Empty: "subject".
  std::string compare{};             ///< "COLUMN=A,B", or empty.
  std::vector<std::string> where{};  ///< "COLUMN=VALUE"
  std::string within{};              ///< The column of stories, or empty.
  StoryDraws stories = StoryDraws::nested;
  RowGaps missing = RowGaps::error;
  RepeatedRows repeated = RepeatedRows::error;
};
void describe_stats_columns(cli::Spec<StatsColumns>& s);

/// S subjects, C cells, K stories.
struct StatsCells {
  std::vector<std::string> subjects{};
  std::vector<std::vector<std::string>> labels{};  ///< C: the values of --by.
  at::Tensor values{};                             ///< S x C, float64: means over stories; NaN where there is no row.
  at::Tensor by_story{};                           ///< S x C x K; undefined without --within.
  int64_t rows = 0;                                ///< Read, over all tables.
  int64_t chosen = 0;                              ///< Of these, those that --where and --compare leave.
  int64_t left_out = 0;       ///< Of these, rows without a number or without a partner (--missing drop).
  bool mean_subject = false;  ///< Rows of the subject 'mean' were left out beside others.
  bool simulated = false;     ///< A table's sidecar says so.
};

/// Whether the sidecar of a table or map (NAME.json beside NAME.tsv or NAME.func.gii) says so.
bool is_marked_simulated(const std::filesystem::path& file);

/// Errors: usage (--compare, --where), input (unknown columns and values, rows without a number, repeated rows, missing
/// partners: all of a kind at once).
StatsCells read_stats_cells(const std::vector<std::filesystem::path>& files, const StatsColumns& columns);

}  // namespace arcuate
