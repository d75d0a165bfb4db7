#include "study/shards.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/interrupt.h"
#include "core/text.h"
#include "study/run_units.h"
#include "study/unit_store.h"

namespace arcuate {
namespace {

struct ShardRecord {
  fs::path file{};
  Shard shard{};
  std::string study_hash{};
  Json software{};
  cli::Record run{};
};

Json option_json(const cli::RecordedOption& option) {
  return {{"name", option.name},
          {"kind", static_cast<int>(option.value.kind)},
          {"list", option.value.list},
          {"items", option.value.items}};
}

cli::RecordedOption option_of(const Json& json) {
  return {json.at("name"),
          {.kind = static_cast<cli::Value::Kind>(json.at("kind").get<int>()),
           .list = json.at("list"),
           .items = json.at("items")}};
}

ShardRecord read_record(const fs::path& file) {
  const auto json = read_json(file);
  ShardRecord record{.file = file};
  try {
    record.shard = {json.at("part"), json.at("of")};
    record.study_hash = json.at("study_sha256");
    record.software = json.at("program");
    record.run.command = json.at("command");
    for (const auto& option : json.at("options")) record.run.options.push_back(option_of(option));
  } catch (const Json::exception&) {
    bad_input("'{}' is no record of a shard", file.string());
  }
  return record;
}

bool is_record(const fs::path& path) {
  return path.filename().string().starts_with("shard-") && path.extension() == ".json";
}

std::vector<ShardRecord> read_records(const std::vector<fs::path>& parts) {
  std::vector<fs::path> files;
  Problems problems("what is to be merged is not there");
  for (const auto& part : parts) {
    const auto before = files.size();
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(part / "logs", ignored))
      if (is_record(entry.path())) files.push_back(entry.path());
    if (files.size() == before)
      problems.add("'{}' holds no record of a shard that has ended (logs/shard-I-of-N.json)", part.string());
  }
  problems.raise();
  std::sort(files.begin(), files.end());
  std::vector<ShardRecord> records;
  for (const auto& file : files) records.push_back(read_record(file));
  return records;
}

void check_alike(const std::vector<ShardRecord>& records) {
  const auto& first = records.front();
  Problems problems("the shards do not belong together");
  for (const auto& record : records) {
    if (record.study_hash != first.study_hash)
      problems.add("'{}' is of another study, or of other settings, than '{}'", record.file.string(),
                   first.file.string());
    else if (record.shard.of != first.shard.of)
      problems.add("'{}' is one of {} shards, '{}' one of {}", record.file.string(), record.shard.of,
                   first.file.string(), first.shard.of);
  }
  problems.raise();
}

void warn_about_kernels(const std::vector<ShardRecord>& records, cli::Console& console) {
  std::set<std::string> kinds;
  for (const auto& record : records)
    kinds.insert(fmt::format("{}{} with libtorch {}", json_value<std::string>(record.software, "blas_kernel", "shard"),
                             record.software.value("tile_units", "none") == "none" ? "" : " and tile units",
                             json_value<std::string>(record.software, "libtorch", "shard")));
  if (kinds.size() > 1)
    console.warn("shards were computed by different kernels ({}): their numbers agree to about 1e-5, not to the byte",
                 join(std::vector<std::string>(kinds.begin(), kinds.end()), "; "));
}

std::vector<std::string> items_of(const cli::Record& record, const std::string& name) {
  for (const auto& option : record.options)
    if (option.name == name) return option.value.items;
  return {};
}

c10::Device device_of(const cli::Record& record) {
  const auto device = items_of(record, "device");
  return !device.empty() && device.front() == "cuda" ? c10::DeviceType::CUDA : c10::DeviceType::CPU;
}

Study study_of(const ShardRecord& record) {
  const auto path = items_of(record.run, "study");
  if (path.empty()) bad_input("'{}' does not say which study it belongs to", record.file.string());
  const auto seed = items_of(record.run, "seed");
  const auto study = read_study(
      path.front(), with_seed(items_of(record.run, "set"), seed.empty() ? 0 : to_integer(seed.front()).value_or(0)));
  if (sha256(resolved_toml(study)) != record.study_hash)
    bad_input("the study '{}' is not what it was when the shard '{}' ran; restore it, or run the shards again",
              path.front(), record.file.string());
  return study;
}

void copy_whole(const fs::path& from, const fs::path& to) {
  write_atomically(to, [&](const fs::path& temporary) {
    std::error_code code;
    fs::copy_file(from, temporary, fs::copy_options::overwrite_existing, code);
    if (code) fail(Fault::failed, "cannot copy '{}' to '{}': {}", from.string(), to.string(), code.message());
  });
}

void collect(const Unit& unit, const std::vector<fs::path>& parts, const fs::path& output) {
  for (const auto& part : parts) {
    auto theirs = unit;
    theirs.output = part / unit.output.lexically_relative(output);
    if (fs::exists(output) && fs::equivalent(part, output)) continue;
    if (!is_finished(theirs)) continue;
    fs::create_directories(unit.output.parent_path());
    remove_parts(unit.output);
    remove_parts(receipt_file(unit.output));
    fs::remove(receipt_file(unit.output));
    copy_whole(theirs.output, unit.output);
    copy_whole(receipt_file(theirs.output), receipt_file(unit.output));
    return;
  }
}

void check_complete(const WorkGraph& graph, const std::vector<ShardRecord>& records, int threads) {
  const auto reports = inspect_all(graph, graph.all(), threads);
  Problems problems("not all of the study is there", Fault::partial);
  for (int64_t part = 1; part <= records.front().shard.of; ++part)
    if (std::none_of(records.begin(), records.end(), [&](const auto& record) { return record.shard.part == part; }))
      problems.add("shard {}/{} has not ended, or its folder was not named", part, records.front().shard.of);
  for (size_t i = 0; i < reports.size(); ++i)
    if (reports[i].state != UnitState::finished)
      problems.add("{}: {}", graph.units()[i].id, reports[i].reasons.front());
  problems.raise();
}

}  // namespace

void record_shard(const PreparedStudy& prepared, const Shard& shard, const cli::Record& record) {
  Json options = Json::array();
  for (const auto& option : record.options) options.push_back(option_json(option));
  const auto logs = prepared.output / "logs";
  for (const auto& entry : fs::directory_iterator(logs))  // of the same work cut otherwise
    if (is_record(entry.path()) && !entry.path().stem().string().ends_with(fmt::format("-of-{}", shard.of)))
      fs::remove(entry.path());
  write_json(logs / fmt::format("shard-{}-of-{}.json", shard.part, shard.of),
             {{"part", shard.part},
              {"of", shard.of},
              {"study_sha256", sha256(resolved_toml(prepared.study))},
              {"program", cli::software()},
              {"command", record.command},
              {"options", options}});
}

StudyOutputs merge_study(const std::vector<fs::path>& parts, const fs::path& output, cli::Run& run) {
  const auto records = read_records(parts);
  check_alike(records);
  warn_about_kernels(records, run.console);
  const PreparedStudy prepared(study_of(records.front()), output, {.device = device_of(records.front().run)});
  ensure_writable_folder(output);
  check_overwrite(output, prepared.study, run.common.force);
  run.resume_hint = "run the same command again: what was copied is kept";
  auto bar = run.console.progress("merging");
  const auto& units = prepared.graph.units();
  for (size_t i = 0; i < units.size(); ++i) {
    stop_if_interrupted();
    if (const auto lock = lock_unit(output, units[i].id); lock && !is_finished(units[i]))
      collect(units[i], parts, output);
    bar.update(static_cast<int64_t>(i) + 1, static_cast<int64_t>(units.size()));
  }
  check_complete(prepared.graph, records, run.compute.threads);
  StudyOutputs outputs;
  with_folder_lock(output, run, [&] { outputs = write_results(prepared, records.front().run, run.console); });
  return outputs;
}

}  // namespace arcuate
