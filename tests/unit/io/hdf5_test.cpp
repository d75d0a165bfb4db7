#include "io/hdf5.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <thread>

#include "external.h"
#include "foreign.h"

namespace arcuate {
namespace {

using test::contains;
using test::foreign;
using test::foreign_values;
using test::input_error;
using test::same;
using test::TemporaryFolder;
using Texts = std::vector<std::string>;

void write_example(const fs::path& path) {
  Hdf5Writer file(path);
  file.write("layer/0", foreign_values('f').to(at::kFloat));
  file.write("layer/10", foreign_values('f'));
  file.write("counts", foreign_values('i'));
  file.write("bytes", foreign_values('u').to(at::kByte));
  file.write("words", Texts{"naïve", "", "two words"});
  file.attribute("name", "tales-1m, é");
  file.attribute("rate", 0.1);
  file.attribute("seed", int64_t{-7});
  file.finish();
}

TEST(Hdf5, what_is_written_is_read) {
  const TemporaryFolder folder;
  write_example(folder / "x.h5");
  const Hdf5Reader file(folder / "x.h5");
  EXPECT_EQ(file.datasets(), (Texts{"bytes", "counts", "layer/0", "layer/10", "words"}));
  EXPECT_EQ(file.shape("layer/0"), (std::vector<int64_t>{2, 3, 4}));
  EXPECT_TRUE(same(file.read("layer/0"), foreign_values('f').to(at::kFloat)));
  EXPECT_TRUE(same(file.read("layer/10"), foreign_values('f')));
  EXPECT_TRUE(same(file.read("counts"), foreign_values('i')));
  EXPECT_TRUE(same(file.read("bytes"), foreign_values('u')));
  EXPECT_EQ(file.read_texts("words"), (Texts{"naïve", "", "two words"}));
  EXPECT_EQ(file.text_attribute("name"), "tales-1m, é");
  EXPECT_EQ(file.number_attribute("rate"), 0.1);
  EXPECT_EQ(file.number_attribute("seed"), -7);
}

TEST(Hdf5, half_precision_is_read_as_the_float32_numbers_that_it_holds) {
  const TemporaryFolder folder;
  const auto values = at::tensor({0.0, -1.5, 65504.0, 6.1e-5, 5.96e-8, 1.0 / 3}, at::kDouble).to(at::kHalf);
  Hdf5Writer file(folder / "x.h5");
  file.write("half", values);
  file.write("single", values.to(at::kFloat));
  file.finish();
  const Hdf5Reader reader(folder / "x.h5");
  EXPECT_TRUE(same(reader.read("half"), values.to(at::kFloat)));
  EXPECT_TRUE(same(reader.read("single"), values.to(at::kFloat)));
}

TEST(Hdf5, scalars_empty_and_strided_tensors_survive) {
  const TemporaryFolder folder;
  const auto turned = foreign_values('f').permute({2, 0, 1});
  Hdf5Writer writer(folder / "x.h5");
  writer.write("scalar", at::scalar_tensor(2.5, at::kDouble));
  writer.write("empty", at::zeros({0, 3}));
  writer.write("turned", turned);
  writer.write("no/words", Texts{});
  writer.finish();
  const Hdf5Reader file(folder / "x.h5");
  EXPECT_TRUE(same(file.read("scalar"), at::scalar_tensor(2.5, at::kDouble)));
  EXPECT_TRUE(same(file.read("empty"), at::zeros({0, 3})));
  EXPECT_TRUE(same(file.read("turned"), turned.contiguous()));
  EXPECT_TRUE(file.read_texts("no/words").empty());
}

TEST(Hdf5, columns_are_read_alone) {
  const TemporaryFolder folder;
  const auto numbers = at::arange(35, at::kDouble).reshape({5, 7});
  Hdf5Writer writer(folder / "x.h5");
  writer.write("double", numbers);
  writer.write("float", numbers.to(at::kFloat));
  writer.write("row", numbers[0].contiguous());
  writer.write("cube", foreign_values('f'));
  writer.finish();
  const Hdf5Reader file(folder / "x.h5");
  EXPECT_TRUE(same(file.read_columns("double", 2, 5), numbers.slice(1, 2, 5).contiguous()));
  EXPECT_TRUE(same(file.read_columns("float", 0, 7), numbers.to(at::kFloat)));
  EXPECT_TRUE(same(file.read_columns("row", 1, 3), numbers[0].slice(0, 1, 3).contiguous()));
  EXPECT_EQ(file.read_columns("double", 7, 7).sizes(), (at::IntArrayRef{5, 0}));
  EXPECT_TRUE(contains(input_error([&] { file.read_columns("double", 5, 8); }), {"'double' has no columns [5, 8)"}));
  EXPECT_TRUE(contains(input_error([&] { file.read_columns("cube", 0, 1); }), {"'cube' has no columns [0, 1)"}));
}

TEST(Hdf5, an_entry_of_the_first_dimension_is_read_alone) {
  const TemporaryFolder folder;
  const auto cube = at::arange(24, at::kFloat).reshape({2, 3, 4});
  Hdf5Writer writer(folder / "x.h5");
  writer.write("cube", cube);
  writer.write("row", cube[0][0].contiguous());
  writer.finish();
  const Hdf5Reader file(folder / "x.h5");
  for (int64_t i = 0; i < 2; ++i) EXPECT_TRUE(same(file.read_entry("cube", i), cube[i].contiguous()));
  EXPECT_TRUE(contains(input_error([&] { file.read_entry("cube", 2); }), {"'cube' has no entry 2"}));
  EXPECT_TRUE(contains(input_error([&] { file.read_entry("row", 0); }), {"'row' has no entry 0"}));
}

TEST(Hdf5, columns_that_are_written_in_parts_are_those_of_the_whole) {
  const TemporaryFolder folder;
  const auto numbers = at::arange(35, at::kFloat).reshape({5, 7});
  Hdf5Writer writer(folder / "x.h5");
  for (const auto& [begin, end] : {std::pair{0, 3}, std::pair{3, 4}, std::pair{4, 7}})
    writer.write_columns("parts", 7, begin, numbers.slice(1, begin, end));
  writer.finish();
  EXPECT_TRUE(same(Hdf5Reader(folder / "x.h5").read("parts"), numbers));
}

TEST(Hdf5, equal_content_gives_equal_bytes) {
  const TemporaryFolder folder;
  write_example(folder / "one");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // times in HDF5 files count seconds
  write_example(folder / "two");
  EXPECT_EQ(read_file(folder / "one"), read_file(folder / "two"));
}

TEST(Hdf5, a_file_is_not_there_before_it_is_finished) {
  const TemporaryFolder folder;
  {
    Hdf5Writer file(folder / "x.h5");
    file.write("x", at::zeros({1000}));
    EXPECT_FALSE(fs::exists(folder / "x.h5"));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Hdf5, a_writer_that_fails_leaves_the_old_file_and_nothing_else) {
  const TemporaryFolder folder;
  write_file(folder / "x.h5", "old");
  EXPECT_THROW(
      {
        Hdf5Writer file(folder / "x.h5");
        file.write("x", at::zeros({3}, at::kBFloat16));
      },
      Error);
  EXPECT_EQ(read_file(folder / "x.h5"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Hdf5, a_folder_in_the_way_is_an_error_of_ours_and_leaves_nothing) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "x.h5");
  EXPECT_THROW(
      {
        Hdf5Writer file(folder / "x.h5");
        file.finish();
      },
      Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Hdf5, a_name_can_be_written_once) {
  const TemporaryFolder folder;
  Hdf5Writer file(folder / "x.h5");
  file.write("x", at::zeros({1}));
  EXPECT_TRUE(contains(test::message_of([&] { file.write("x", at::zeros({1})); }), {"cannot write 'x'", "x.h5"}));
  EXPECT_THROW(file.write("x/beneath", at::zeros({1})), Error);
}

TEST(Hdf5, a_file_that_cannot_be_created_is_an_input_error) {
  const TemporaryFolder folder;
  EXPECT_TRUE(
      contains(input_error([&] { Hdf5Writer(folder.path() / "gone" / "x.h5"); }), {"cannot create", "gone/x.h5"}));
}

TEST(Hdf5, reads_numbers_of_every_width_and_order_of_h5py) {
  const Hdf5Reader file(foreign("foreign.h5"));
  const std::pair<const char*, at::ScalarType> floats[] = {{"little/f2", at::kFloat},
                                                           {"big/f2", at::kFloat},
                                                           {"little/f4", at::kFloat},
                                                           {"big/f4", at::kFloat},
                                                           {"big/f8", at::kDouble}};
  for (const auto& [name, type] : floats) EXPECT_TRUE(same(file.read(name), foreign_values('f').to(type))) << name;
  for (const char* name : {"little/i1", "big/i2", "little/i4"})
    EXPECT_TRUE(same(file.read(name), foreign_values('i'))) << name;
  for (const char* name : {"little/u1", "little/u2", "big/u8"})
    EXPECT_TRUE(same(file.read(name), foreign_values('u'))) << name;
}

TEST(Hdf5, reads_packed_scalar_and_absent_values_of_h5py) {
  const Hdf5Reader file(foreign("foreign.h5"));
  EXPECT_TRUE(same(file.read("packed"), foreign_values('f', {40, 6}).to(at::kFloat)));
  EXPECT_TRUE(same(file.read("scalar"), at::scalar_tensor(2.5, at::kDouble)));
  EXPECT_TRUE(same(file.read("empty"), at::zeros({0, 3})));
  EXPECT_TRUE(same(file.read("null"), at::zeros({0})));
  EXPECT_TRUE(same(file.read("never_written"), at::full({3, 2}, 1.5, at::kFloat)));
}

TEST(Hdf5, reads_text_of_every_kind_of_h5py) {
  const Hdf5Reader file(foreign("foreign.h5"));
  for (const char* name : {"text/utf8", "text/fixed", "text/fixed_utf8"})
    EXPECT_EQ(file.read_texts(name), (Texts{"naïve", "", "two words"})) << name;
  EXPECT_EQ(file.read_texts("text/ascii"), (Texts{"a", "", "two words"}));
  EXPECT_TRUE(file.read_texts("text/null").empty());
}

TEST(Hdf5, h5py_reads_what_is_written) {
  const TemporaryFolder folder;
  write_example(folder / "x.h5");
  test::write_text(folder / "read.py", R"(import sys
try:
    import h5py, numpy
except ImportError:
    sys.exit(77)
file = h5py.File(sys.argv[1])
k = numpy.arange(24).reshape(2, 3, 4)
assert file['layer/0'].dtype == 'f4' and (file['layer/0'][()] == k / 2 - 3).all()
assert file['layer/10'].dtype == 'f8' and (file['layer/10'][()] == k / 2 - 3).all()
assert file['counts'].dtype == 'i8' and (file['counts'][()] == k - 5).all()
assert file['bytes'].dtype == 'u1' and (file['bytes'][()] == k * 7).all()
assert [text.decode() for text in file['words']] == ['naïve', '', 'two words']
assert file.attrs['name'] == 'tales-1m, é' and file.attrs['rate'] == 0.1 and file.attrs['seed'] == -7
)");
  const auto told = test::output_of(
      fmt::format("/usr/bin/python3 '{}' '{}'", (folder / "read.py").string(), (folder / "x.h5").string()));
  if (!told) GTEST_SKIP() << "needs /usr/bin/python3 with h5py";
  EXPECT_EQ(*told, "");
}

TEST(Hdf5, an_attribute_needs_its_dataset) {
  const TemporaryFolder folder;
  Hdf5Writer file(folder / "a.h5");
  file.write("data/r", at::ones({2}));
  file.attribute_of("data/r", "mask", "thick");
  EXPECT_TRUE(
      contains(test::message_of([&] { file.attribute_of("data/p", "mask", "thick"); }), {"data/p/mask", "a.h5"}));
}

TEST(Hdf5, reads_attributes_of_h5py) {
  const Hdf5Reader file(foreign("foreign.h5"));
  EXPECT_EQ(file.text_attribute("utf8"), "naïve");
  EXPECT_EQ(file.text_attribute("ascii"), "plain");
  EXPECT_EQ(file.text_attribute("fixed"), "fixed");
  EXPECT_EQ(file.text_attribute("words"), "naïve");
  EXPECT_EQ(file.number_attribute("float"), 2.5);
  EXPECT_EQ(file.number_attribute("integer"), -3);
  EXPECT_EQ(file.number_attribute("one_in_a_list"), 7);
}

TEST(Hdf5, reads_the_newer_file_format) {
  const Hdf5Reader file(foreign("latest.h5"));
  EXPECT_EQ(file.datasets(), Texts{"deep/er/x"});
  EXPECT_TRUE(same(file.read("deep/er/x"), foreign_values('f')));
  EXPECT_EQ(file.text_attribute("note"), "newer format");
}

TEST(Hdf5, tells_of_missing_datasets_and_attributes) {
  const Hdf5Reader file(foreign("foreign.h5"));
  EXPECT_TRUE(file.contains("text/utf8"));
  for (const char* name : {"gone", "text", "", "text/utf8/beneath"}) {
    EXPECT_FALSE(file.contains(name)) << name;
    for (const auto& action : std::initializer_list<std::function<void()>>{
             [&] { file.read(name); }, [&] { file.read_texts(name); }, [&] { file.shape(name); }})
      EXPECT_TRUE(contains(input_error(action), {"foreign.h5", "no dataset", name})) << name;
  }
  EXPECT_TRUE(contains(input_error([&] { file.text_attribute("gone"); }), {"foreign.h5", "no attribute 'gone'"}));
  EXPECT_TRUE(contains(input_error([&] { file.number_attribute("gone"); }), {"foreign.h5", "number", "'gone'"}));
}

TEST(Hdf5, no_beginning_of_a_file_is_readable) {
  const TemporaryFolder folder;
  write_example(folder / "x.h5");
  const auto open = [](const fs::path& path) { Hdf5Reader{path}; };
  test::expect_no_beginning_is_readable(folder / "x.h5", open, 31);
  test::expect_no_beginning_is_readable(foreign("latest.h5"), open, 31);
}

// A file of h5py with a byte of the packed data turned.
std::string damaged_chunk() {
  auto bytes = read_file(foreign("foreign.h5"));
  auto& byte = bytes.at(bytes.find("\x78\x5E") + 20);  // how zlib data begin here
  byte = static_cast<char>(byte ^ 0x55);
  return bytes;
}

TEST(Hdf5Malformed, files_are_refused) {
  const auto whole = read_file(foreign("foreign.h5"));
  const auto with = [&](size_t at, const char* bytes) { return std::string(whole).replace(at, 1, bytes); };
  test::expect_files_refused("x.h5",
                             {{"empty", "", "x.h5' is not an HDF5 file"},
                              {"another file", "not HDF5", "x.h5' is not an HDF5 file"},
                              {"other magic", with(1, "G"), "x.h5' is not an HDF5 file"},
                              {"of a later version", with(8, "\x63"), "x.h5"},
                              {"cut in its head", whole.substr(0, 40), "x.h5"},
                              {"cut in half", whole.substr(0, whole.size() / 2), "x.h5", "truncated"},
                              {"damaged data", damaged_chunk(), "x.h5", "'packed' cannot be read"}},
                             [](const fs::path& path) { Hdf5Reader(path).read("packed"); });
  EXPECT_TRUE(contains(input_error([&] { Hdf5Reader("gone.h5"); }), {"gone.h5", "No such file"}));
  EXPECT_TRUE(contains(input_error([&] { Hdf5Reader(test::source_path("data")); }), {"folder"}));
}

// What is asked of a file's dataset or attribute, and what it has instead.
struct Asked {
  const char* name;
  std::vector<std::string> said;
};

void expect_refused(const char* file, const std::vector<Asked>& cases,
                    const std::function<void(const Hdf5Reader&, const char*)>& ask) {
  const Hdf5Reader reader(foreign(file));
  for (const auto& one : cases) {
    const auto message = input_error([&] { ask(reader, one.name); });
    for (const auto& part : one.said) EXPECT_TRUE(contains(message, {one.name, part.c_str()}));
  }
}

TEST(Hdf5Malformed, values_of_the_wrong_kind_are_refused) {
  const auto numbers = [](const Hdf5Reader& file, const char* name) { file.read(name); };
  const auto texts = [](const Hdf5Reader& file, const char* name) { file.read_texts(name); };
  const std::string no_numbers = "does not hold numbers", no_text = "does not hold text";
  expect_refused("foreign.h5",
                 {{"text/utf8", {no_numbers}},
                  {"text/fixed", {no_numbers}},
                  {"truth", {no_numbers}},
                  {"pairs", {no_numbers}},
                  {"foreign_filter", {"filter"}}},
                 numbers);
  expect_refused(
      "foreign.h5",
      {{"packed", {no_text}}, {"truth", {no_text}}, {"pairs", {no_text}}, {"text/foreign_filter", {"filter"}}}, texts);
  expect_refused("announces_too_much.h5", {{"numbers", {"announces", "0 are stored"}}, {"overflow", {"announces"}}},
                 numbers);
  expect_refused("announces_too_much.h5", {{"words", {"announces"}}, {"fixed", {"announces"}}}, texts);
}

TEST(Hdf5Malformed, attributes_of_the_wrong_kind_are_refused) {
  const std::string single = "single number";
  expect_refused("foreign.h5",
                 {{"utf8", {single}}, {"fixed", {single}}, {"words", {single}}, {"null", {single}}, {"many", {single}}},
                 [](const Hdf5Reader& file, const char* name) { file.number_attribute(name); });
  expect_refused("foreign.h5", {{"float", {"is not text"}}},
                 [](const Hdf5Reader& file, const char* name) { file.text_attribute(name); });
}

TEST(Hdf5, several_threads_may_read_at_once) {
  const Hdf5Reader file(foreign("foreign.h5"));
  std::vector<std::thread> readers;
  std::vector<at::Tensor> read(4);
  for (size_t t = 0; t < read.size(); ++t)
    readers.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) read[t] = Hdf5Reader(foreign("foreign.h5")).read(i % 2 ? "packed" : "little/f4");
    });
  for (auto& reader : readers) reader.join();
  for (const auto& tensor : read) EXPECT_TRUE(same(tensor, file.read("packed")));
}

}  // namespace
}  // namespace arcuate
