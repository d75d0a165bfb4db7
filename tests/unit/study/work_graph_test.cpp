// Units as a graph: keys, needs, shards, rates.
#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "fixture.h"
#include "study/unit_rates.h"
#include "study/unit_store.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

Unit unit(const std::string& id, const std::vector<std::string>& inputs = {}, int setting = 0, double work = 1) {
  Unit made;
  made.id = id;
  made.stage = id.substr(0, id.find('/'));
  made.depends_on = {{"setting", setting}};
  made.inputs = inputs;
  made.needs.work = work;
  return made;
}

// Two models, each read by three layers; the second is twice the work.
WorkGraph example(int setting = 0) {
  WorkGraph graph;
  graph.add(unit("extract/a", {}, setting));
  graph.add(unit("extract/b"));
  for (const char* model : {"a", "b"})
    for (int layer = 0; layer < 3; ++layer)
      graph.add(unit(fmt::format("encode/{}/{}", model, layer), {fmt::format("extract/{}", model)}, layer,
                     *model == 'a' ? 1 : 2));
  return graph;
}

std::vector<std::string> ids(const WorkGraph& graph, const std::vector<size_t>& places) {
  std::vector<std::string> names;
  for (const size_t place : places) names.push_back(graph.units()[place].id);
  return names;
}

}  // namespace

TEST(WorkGraph, a_change_reaches_all_that_depends_on_it_and_nothing_else) {
  const auto before = example(), after = example(1);
  for (const auto& own : before.units())
    EXPECT_EQ(own.key == after.at(own.id).key, own.id.find("/b") != std::string::npos) << own.id;
}

TEST(WorkGraph, knows_what_a_unit_needs) {
  const auto graph = example();
  EXPECT_EQ(ids(graph, graph.needed_by("encode/b/1")), (std::vector<std::string>{"extract/b", "encode/b/1"}));
  EXPECT_EQ(graph.all().size(), 8u);
  EXPECT_THROW(graph.at("encode/b/7"), Error);
}

TEST(WorkGraph, refuses_inputs_that_are_not_there_and_names_that_are_taken) {
  WorkGraph graph;
  EXPECT_THROW(graph.add(unit("encode/a", {"extract/a"})), Error);
  graph.add(unit("extract/a"));
  EXPECT_THROW(graph.add(unit("extract/a")), Error);
}

TEST(WorkGraph, shards_cover_all_with_their_needs_and_share_the_work) {
  const auto graph = example();
  for (int64_t of = 1; of <= 9; ++of) {
    std::multiset<std::string> leaves;
    for (int64_t part = 1; part <= of; ++part) {
      const auto own = ids(graph, graph.shard({part, of}));
      for (const auto& id : own) {
        if (id.starts_with("encode")) leaves.insert(id);
        for (const auto& input : graph.at(id).inputs)
          EXPECT_NE(std::find(own.begin(), own.end(), input), own.end()) << id;
      }
    }
    EXPECT_EQ(leaves.size(), 6u);
    EXPECT_EQ(std::set<std::string>(leaves.begin(), leaves.end()).size(), 6u);
  }
  // Of 3 x 1 and 3 x 2 units of work, a third is the first three.
  EXPECT_EQ(ids(graph, graph.shard({1, 3})),
            (std::vector<std::string>{"extract/a", "encode/a/0", "encode/a/1", "encode/a/2"}));
}

TEST(WorkGraph, reads_shards_as_part_of_number) {
  EXPECT_EQ(parse_shard("2/8").part, 2);
  EXPECT_EQ(parse_shard("2/8").of, 8);
  for (const char* wrong : {"0/2", "3/2", "1", "1/", "/2", "a/b", "1/2/3", "-1/2"})
    EXPECT_THROW(parse_shard(wrong), Error) << wrong;
}

TEST(UnitRates, tell_the_time_of_units_from_those_of_their_stage) {
  const TemporaryFolder folder;
  record_time(folder.path(), {.id = "encode/a/0", .stage = "encode", .work = 2, .seconds = 3, .peak = 1});
  record_time(folder.path(), {.id = "encode/a/1", .stage = "encode", .work = 4, .seconds = 9, .peak = 1});
  const auto rates = UnitRates::read(folder.path());
  EXPECT_DOUBLE_EQ(rates.seconds(unit("encode/b/0", {}, 0, 10)).value(), 20);
  EXPECT_FALSE(rates.seconds(unit("extract/b")));
  EXPECT_FALSE(UnitRates::read(folder / "elsewhere").seconds(unit("encode/b/0")));
}

TEST(UnitStore, makes_outputs_whole_and_sweeps_what_a_killed_process_left) {
  const TemporaryFolder folder;
  WorkGraph graph;
  auto described = unit("encode/a");
  described.output = folder / "work" / "a.h5";
  described.write = [](const Compute&, Hdf5Writer& file) { file.write("x", at::arange(5)); };
  const auto& own = graph.add(described);
  EXPECT_EQ(inspect(own).state, UnitState::absent);
  std::filesystem::create_directories(folder / "work");
  for (const char* name : {"a.h5.77.tmp", "a.json.77.tmp", "b.h5.77.tmp", "a.h5.tmp"})
    write_file(folder / "work" / name, "");
  make_units({&own}, {});
  EXPECT_EQ(inspect(own).state, UnitState::finished);
  EXPECT_FALSE(std::filesystem::exists(folder / "work" / "a.h5.77.tmp"));
  EXPECT_FALSE(std::filesystem::exists(folder / "work" / "a.json.77.tmp"));
  EXPECT_TRUE(std::filesystem::exists(folder / "work" / "b.h5.77.tmp"));  // of another unit
  EXPECT_TRUE(std::filesystem::exists(folder / "work" / "a.h5.tmp"));     // of somebody else
  remove_all_parts(folder / "work");
  EXPECT_FALSE(std::filesystem::exists(folder / "work" / "b.h5.77.tmp"));
  EXPECT_TRUE(std::filesystem::exists(folder / "work" / "a.h5.tmp"));
  EXPECT_EQ(stored_key(own), own.key);
}

TEST(UnitStore, an_output_that_does_not_pass_the_check_counts_for_nothing) {
  const TemporaryFolder folder;
  WorkGraph graph;
  auto described = unit("encode/a");
  described.output = folder / "a.h5";
  described.write = [](const Compute&, Hdf5Writer& file) { file.write("x", at::arange(5)); };
  const auto& own = graph.add(described);
  EXPECT_THROW(make_units({&own}, {}, [](const Unit&) { bad_input("changed"); }), Error);
  EXPECT_EQ(inspect(own).state, UnitState::incomplete);
  EXPECT_EQ(stored_key(own), "");
}

TEST(UnitStore, units_of_a_group_are_made_in_one_go) {
  const TemporaryFolder folder;
  WorkGraph graph;
  int calls = 0;
  for (const char* name : {"a", "b", "c"}) {
    auto described = unit(std::string("extract/") + name);
    described.output = folder / (std::string(name) + ".h5");
    described.group = {.name = "model",
                       .part = graph.units().size(),
                       .write = [&](const Compute&, const std::vector<UnitPart>& parts) {
                         ++calls;
                         for (const auto& part : parts)
                           part.file.write("x", at::full({2}, static_cast<double>(part.part)));
                       }};
    graph.add(described);
  }
  make_units({&graph.units()[0], &graph.units()[2]}, {});
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(inspect(graph.units()[0]).state, UnitState::finished);
  EXPECT_EQ(inspect(graph.units()[1]).state, UnitState::absent);
  EXPECT_EQ(inspect(graph.units()[2]).state, UnitState::finished);
  EXPECT_EQ(Hdf5Reader(folder / "c.h5").read("x")[0].item<double>(), 2);
}

TEST(UnitStore, a_unit_that_fails_leaves_nothing) {
  const TemporaryFolder folder;
  WorkGraph graph;
  auto described = unit("encode/a");
  described.output = folder / "a.h5";
  described.write = [](const Compute&, Hdf5Writer&) { bad_input("no"); };
  EXPECT_THROW(make_units({&graph.add(described)}, {}), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}
