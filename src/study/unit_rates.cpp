#include "study/unit_rates.h"

#include <fstream>

#include "core/files.h"
#include "core/text.h"

namespace arcuate {
namespace {

fs::path file_of(const fs::path& output) { return output / "logs" / "units.tsv"; }

std::optional<UnitTime> parse_time(const std::string& line) {
  const auto fields = split_fields(line, '\t');
  if (fields.size() != 5) return {};
  const auto work = to_double(fields[2]), seconds = to_double(fields[3]);
  const auto peak = to_integer(fields[4]);
  if (!work || !seconds || !peak || !(*work > 0)) return {};
  return UnitTime{
      .id = std::string(fields[0]), .stage = std::string(fields[1]), .work = *work, .seconds = *seconds, .peak = *peak};
}

}  // namespace

UnitRates UnitRates::read(const fs::path& output) {
  UnitRates rates;
  std::ifstream file(file_of(output));
  for (std::string line; std::getline(file, line);)
    if (const auto time = parse_time(line)) rates.add(*time);
  return rates;
}

void UnitRates::add(const UnitTime& time) {
  auto& sums = sums_[time.stage];
  sums.work += time.work;
  sums.seconds += time.seconds;
}

std::optional<double> UnitRates::seconds(const Unit& unit) const {
  const auto found = sums_.find(unit.stage);
  if (found == sums_.end()) return {};
  return unit.needs.work * found->second.seconds / found->second.work;
}

void record_time(const fs::path& output, const UnitTime& time) {
  fs::create_directories(output / "logs");
  std::ofstream(file_of(output), std::ios::app)
      << fmt::format("{}\t{}\t{}\t{:.3f}\t{}\n", time.id, time.stage, time.work, time.seconds, time.peak);
}

}  // namespace arcuate
