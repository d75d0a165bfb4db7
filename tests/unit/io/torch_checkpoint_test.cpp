#include "io/torch_checkpoint.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "foreign.h"
#include "io/safetensors.h"

namespace arcuate {
namespace {

using test::contains;
using test::same;
using test::TemporaryFolder;
using Names = std::vector<std::string>;

fs::path checkpoint(const std::string& name) { return test::source_path("reference/checkpoints") / name; }

std::string complaint_of_bytes(const std::string& bytes) {
  const TemporaryFolder folder;
  test::write_text(folder / "x.bin", bytes);
  return test::input_error([&] { TorchCheckpoint file(folder / "x.bin"); });
}

// The file with one piece of text in the place of another as long.
std::string replaced(const std::string& name, const std::string& from, const std::string& to) {
  auto bytes = read_file(checkpoint(name));
  const auto at = bytes.find(from);
  EXPECT_NE(at, bytes.npos);
  EXPECT_EQ(from.size(), to.size());
  return bytes.replace(at, from.size(), to);
}

TEST(TorchCheckpoint, reads_every_type_and_view_as_torch_does) {
  const TorchCheckpoint file(checkpoint("views.bin"));
  const SafetensorsFile expected(checkpoint("expected.safetensors"));
  EXPECT_EQ(file.names().size(), expected.names().size());
  for (const auto& name : expected.names()) {
    EXPECT_TRUE(same(file.tensor(name), expected.tensor(name))) << name;
    EXPECT_EQ(file.shape(name), expected.shape(name)) << name;
    EXPECT_EQ(file.scalar_type(name), expected.scalar_type(name)) << name;
    EXPECT_TRUE(file.tensor(name).is_contiguous()) << name;
  }
}

TEST(TorchCheckpoint, keeps_the_order_and_names_what_shares_memory) {
  const TorchCheckpoint file(checkpoint("views.bin"));
  EXPECT_EQ(file.names().front(), "float64");
  EXPECT_EQ(file.names().back(), "every_other");
  EXPECT_EQ(file.shared_names(), (Names{"tied", "transposed", "rows", "columns", "every_other"}));
}

TEST(TorchCheckpoint, finds_the_state_dict_of_a_module_of_parameters_and_of_a_training) {
  for (const char* name : {"linear.bin", "parameters.bin", "nested.bin"}) {
    const TorchCheckpoint file(checkpoint(name));
    EXPECT_EQ(file.names(), (Names{"weight", "bias"})) << name;
    EXPECT_TRUE(same(file.tensor("bias"), at::tensor({-3.0F, -2.5F}))) << name;
  }
}

TEST(TorchCheckpoint, refuses_every_beginning_of_a_file) {
  const auto whole = read_file(checkpoint("linear.bin"));
  for (size_t size = 0; size < whole.size(); size += 7)
    EXPECT_TRUE(contains(complaint_of_bytes(whole.substr(0, size)), {"x.bin"})) << size;
}

// linear.bin with its first storage packed, or its second one called otherwise.
std::string packed_storage() {
  auto bytes = read_file(checkpoint("linear.bin"));
  bytes[bytes.find("PK\1\2") + 10] = 8;  // the method of the first entry of the central directory
  return bytes;
}
std::string renamed_storage() {
  auto bytes = read_file(checkpoint("linear.bin"));
  bytes[bytes.rfind("/data/1") + 6] = '7';
  return bytes;
}

TEST(TorchCheckpointMalformed, files_are_refused) {
  // (0, (2, 3), (3, 1)): offset, sizes, strides of the weight; K is a number of one byte, \x86 ends a pair.
  const auto lying = [](const char* lie) {
    return replaced("linear.bin", std::string("K\0K\2K\3\x86", 7), std::string(lie, 7));
  };
  const auto stored = [](const char* name) { return read_file(checkpoint(name)); };
  const std::string unfit = "'weight' does not fit its storage of 6";
  test::expect_files_refused(
      "x.bin",
      {{"empty", "", "x.bin"},
       {"another file", "weights", "a zip archive was expected"},
       {"no directory", stored("linear.bin").substr(0, 600), "zip archive"},
       {"before PyTorch 1.6", stored("legacy.bin"), "the format that PyTorch wrote before 1.6"},
       {"big-endian", stored("big_endian.bin"), "big-endian"},
       {"a list", stored("list.bin"), "expected a state_dict"},
       {"other things among tensors", stored("mixed.bin"), "'steps' is not a tensor"},
       {"objects that would run", stored("foreign.bin"), "holds objects that are not tensors; nothing of them was run",
        "eval (byte ", "numpy", "_reconstruct (byte "},
       {"an offset beyond", lying("K\1K\2K\3\x86"), unfit},
       {"more rows", lying("K\0K\3K\3\x86"), unfit},
       {"more columns", lying("K\0K\2K\4\x86"), unfit},
       {"an unknown storage", replaced("linear.bin", "FloatStorage", "FlxatStorage"), "torch.FlxatStorage"},
       {"a name in Latin-1", replaced("linear.bin", "weight", "wei\xa6ht"), "text that is not UTF-8"},
       {"a storage in Latin-1", replaced("linear.bin", "FloatStorage", "FloatSt\xa6rage"), "not UTF-8"},
       {"packed", packed_storage(), "is compressed"},
       {"a missing storage", renamed_storage(), "'bias' lies in the storage '1', which is missing"}},
      [](const fs::path& path) { TorchCheckpoint file(path); });
  EXPECT_FALSE(fs::exists("executed"));
}

TEST(TensorFile, is_opened_by_what_it_holds) {
  EXPECT_TRUE(open_tensor_file(checkpoint("views.bin"))->contains("tied"));
  EXPECT_TRUE(open_tensor_file(checkpoint("expected.safetensors"))->contains("tied"));
  const TemporaryFolder folder;
  fs::copy_file(checkpoint("views.bin"), folder / "renamed");
  EXPECT_TRUE(open_tensor_file(folder / "renamed")->contains("tied"));
  EXPECT_TRUE(contains(test::input_error([&] { open_tensor_file(checkpoint("views.bin"))->tensor("gone"); }),
                       {"has no tensor 'gone'"}));
}

}  // namespace
}  // namespace arcuate
