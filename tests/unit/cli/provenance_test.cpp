// The manifest: what it holds, and what it must not.
#include "cli/provenance.h"

#include "core/hash.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::cli::test;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;
using arcuate::test::write_text;
using Kind = cli::Value::Kind;

TEST(Provenance, values_become_json_of_their_kind) {
  EXPECT_EQ(cli::to_json({Kind::number, false, {"3"}}), Json(3));
  EXPECT_EQ(cli::to_json({Kind::number, true, {"0.5", "2"}}).dump(), "[0.5,2]");
  EXPECT_EQ(cli::to_json({Kind::boolean, false, {"true"}}), Json(true));
  EXPECT_EQ(cli::to_json({Kind::text, false, {"3"}}), Json("3"));
  EXPECT_EQ(cli::to_json({Kind::number, false, {"inf"}}), Json("inf"));
  EXPECT_TRUE(cli::to_json({Kind::text, false, {}}).is_null());
  EXPECT_EQ(cli::to_json({Kind::text, true, {}}).dump(), "[]");
}

TEST(Provenance, inputs_have_path_as_given_size_and_hash) {
  const TemporaryFolder folder;
  write_text(folder / "a.txt", "abc");
  const auto record = cli::input_record(folder / "a.txt");
  EXPECT_EQ(record.at("path"), (folder / "a.txt").string());
  EXPECT_EQ(record.at("bytes"), 3);
  EXPECT_EQ(record.at("sha256"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Provenance, a_folder_stands_for_its_files_in_order) {
  const TemporaryFolder folder;
  write_text(folder / "model/b.bin", "b");
  write_text(folder / "model/a.json", "{}");
  const auto files = cli::input_record(folder / "model").at("files");
  ASSERT_EQ(files.size(), 2u);
  EXPECT_TRUE(contains(files[0].at("path").get<std::string>(), {"a.json"}));
  EXPECT_EQ(files[1].at("sha256"), sha256("b"));
}

TEST(Provenance, an_absent_input_is_named) {
  EXPECT_TRUE(contains(message_of([] { cli::input_record("no/such.npy"); }), {"no/such.npy"}));
}

TEST(Provenance, manifest_names_program_command_options_and_inputs) {
  const TemporaryFolder folder;
  write_text(folder / "x", "x");
  cli::Record record{.command = "encode", .arguments = {"--threads", "7"}};
  record.options.push_back({"folds", {Kind::number, false, {"5"}}});
  const std::vector<fs::path> inputs{folder / "x"};
  const auto json = cli::manifest(record, inputs);
  EXPECT_EQ(json.at("command"), "encode");
  EXPECT_EQ(json.at("options").at("folds"), 5);
  EXPECT_EQ(json.at("inputs").size(), 1u);
  for (const char* key : {"version", "compiler", "build", "libtorch", "blas_kernel"})
    EXPECT_FALSE(json.at("program").at(key).get<std::string>().empty()) << key;
  // How many threads computed it cannot matter, so it must not be there.
  EXPECT_EQ(json.dump().find("threads"), std::string::npos);
  EXPECT_EQ(json.dump(), cli::manifest(record, inputs).dump());
}
