#include "train/training_log.h"

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {

static const std::vector<std::string> columns{
    "step", "loss", "lm", "high", "alpha_prime", "learning_rate", "gradient_norm", "validation_lm", "validation_high"};

void TrainingLog::add(const LogRow& row) {
  std::vector<std::string> fields{std::to_string(row.step)};
  const auto& r = row.report;
  for (const double value :
       {r.loss, r.language, r.high, r.mixing, r.rate, r.gradient_norm, row.validation.language, row.validation.high})
    fields.push_back(shortest(value));
  rows_.push_back(std::move(fields));
}

void TrainingLog::write(const fs::path& file) const { write_tsv(file, columns, rows_); }

TrainingLog TrainingLog::read(const fs::path& file, int64_t last_step) {
  const auto table = read_table(file);
  if (table.columns != columns)
    bad_input("'{}' is not the log of a training: the columns {} expected", file.string(), join(columns, ", "));
  TrainingLog log;
  for (size_t i = 0; i < table.rows.size(); ++i)
    if (table.number(i, 0) <= static_cast<double>(last_step)) log.rows_.push_back(table.rows[i]);
  return log;
}

}  // namespace arcuate
