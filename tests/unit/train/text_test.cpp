#include "train/text.h"

#include <algorithm>
#include <set>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

const Tokenizer& tales() {
  static const auto tokenizer = Tokenizer::load(test::source_path("../models/tales-1m"));
  return tokenizer;
}

struct Text {
  test::TemporaryFolder folder;
  fs::path write(const std::string& name, const std::string& text) const {
    test::write_text(folder / name, text);
    return folder / name;
  }
  static std::string read(std::vector<fs::path> files, const TextOptions& options, int threads = 1) {
    const auto tokens = read_tokens(files, tales(), options, {.threads = threads}).to(at::kLong);
    return tales().decode({tokens.data_ptr<int64_t>(), static_cast<size_t>(tokens.numel())});
  }
};

std::string end() { return tales().decode(std::vector<int64_t>{tales().eos().value()}); }

}  // namespace

TEST(TrainingText, each_file_is_a_document_with_an_end) {
  const Text text;
  const auto a = text.write("a.txt", "one day\n\nlater"), b = text.write("b.txt", "two"),
             c = text.write("c.txt", " \n");
  EXPECT_EQ(Text::read({a, b, c}, {}), "one day\n\nlater" + end() + "two" + end());
  EXPECT_EQ(Text::read({a, b}, {.end_token = false}), "one day\n\nlatertwo");
  EXPECT_EQ(Text::read({}, {}), "");
}

TEST(TrainingText, blank_lines_part_documents) {
  const Text text;
  const auto a = text.write("a.txt", "\n\none\nday\n \r\n\t\n\ntwo\n");
  EXPECT_EQ(Text::read({a}, {.documents = Documents::blank_lines}), "one\nday" + end() + "two" + end());
  const auto b = text.write("b.txt", "one\n\ntwo");
  EXPECT_EQ(Text::read({b}, {.documents = Documents::blank_lines}), "one" + end() + "two" + end());
}

TEST(TrainingText, an_end_that_is_written_out_is_not_doubled) {
  const Text text;
  EXPECT_EQ(Text::read({text.write("a.txt", "one" + end())}, {}), "one" + end());
}

TEST(TrainingText, tokens_do_not_depend_on_threads) {
  const Text text;
  std::string many;
  for (int i = 0; i < 50; ++i) many += "story number " + std::to_string(i) + "\n\n";
  const auto file = text.write("a.txt", many);
  const TextOptions options{.documents = Documents::blank_lines};
  EXPECT_EQ(Text::read({file}, options, 1), Text::read({file}, options, 4));
}

TEST(TrainingText, what_is_not_utf8_is_refused_by_name_and_byte) {
  const Text text;
  const auto file = text.write("a.txt", "ab\xff");
  EXPECT_TRUE(contains(message_of([&] { Text::read({file}, {}); }), {"a.txt", "not UTF-8", "byte 2"}));
}

TEST(TrainingText, windows_lie_side_by_side_and_the_rest_is_left) {
  const TokenWindows windows{at::arange(11, at::kInt), 4};
  EXPECT_EQ(windows.count(), 2);
  const std::vector<int64_t> order{1, 0, 1};
  const auto batch = windows.batch(order);
  EXPECT_EQ(batch.scalar_type(), at::kLong);
  EXPECT_TRUE(at::equal(batch, at::tensor({4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7}, at::kLong).view({3, 4})));
}

TEST(TrainingText, every_window_comes_once_an_epoch_in_an_order_of_the_seed) {
  WindowOrder order(7, 1), again(7, 1), other(7, 2);
  const auto three = order.take(0, 21);
  for (int epoch = 0; epoch < 3; ++epoch) {
    const std::set<int64_t> seen(three.begin() + 7 * epoch, three.begin() + 7 * (epoch + 1));
    EXPECT_EQ(seen.size(), 7u) << epoch;
  }
  EXPECT_FALSE(std::equal(three.begin(), three.begin() + 7, three.begin() + 7));
  EXPECT_EQ(again.take(12, 5), std::vector<int64_t>(three.begin() + 12, three.begin() + 17));
  EXPECT_EQ(again.take(3, 2), std::vector<int64_t>(three.begin() + 3, three.begin() + 5));
  EXPECT_NE(other.take(0, 21), three);
}
