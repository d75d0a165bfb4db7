#include "model/context.h"

#include "support.h"

using namespace arcuate;

namespace {

std::string text_of(const std::vector<Window>& windows) {
  std::string text;
  for (const auto& w : windows)
    text += std::to_string(w.first) + "/" + std::to_string(w.wanted) + "-" + std::to_string(w.end) +
            (w.after > 0 ? "+" + std::to_string(w.after) : "") + " ";
  return text;
}
const std::vector<int64_t> ten_words(10, 1);
constexpr int64_t plenty = 1000;

}  // namespace

TEST(Context, a_fixed_window_slides_and_its_first_words_share_one_pass) {
  EXPECT_EQ(text_of(context_windows(ten_words, {.kind = ContextKind::fixed, .words = 7}, plenty, 0)),
            "0/0-7 1/7-8 2/8-9 3/9-10 ");
}

TEST(Context, a_growing_window_restarts_with_the_words_kept) {
  EXPECT_EQ(text_of(context_windows(ten_words, {.kind = ContextKind::grow, .words = 4, .keep = 2}, plenty, 0)),
            "0/0-4 3/4-7 6/7-10 ");
  EXPECT_EQ(text_of(context_windows(ten_words, {.kind = ContextKind::grow, .words = 8, .keep = 2}, plenty, 0)),
            "0/0-8 7/8-10 ");
}

TEST(Context, the_full_story_is_one_window) {
  EXPECT_EQ(text_of(context_windows(ten_words, {.kind = ContextKind::full}, plenty, 1)), "0/0-10 ");
}

TEST(Context, no_window_exceeds_the_positions_and_every_word_is_wanted_once) {
  const std::vector<int64_t> counts{3, 1, 4, 1, 5, 2, 2, 6, 1, 3, 5, 1, 1, 2};
  for (const auto& options :
       {ContextOptions{.kind = ContextKind::fixed, .words = 6},
        ContextOptions{.kind = ContextKind::grow, .words = 8, .keep = 4}, ContextOptions{.kind = ContextKind::full}}) {
    for (int64_t limit : {7, 9, 12, 100}) {
      int64_t next = 0;
      for (const auto& w : context_windows(counts, options, limit, 1)) {
        int64_t tokens = 1;
        for (int64_t i = w.first; i < w.end; ++i) tokens += counts[static_cast<size_t>(i)];
        EXPECT_LE(tokens, limit);
        EXPECT_EQ(w.wanted, next);
        EXPECT_LT(w.wanted, w.end);
        EXPECT_LE(w.first, w.wanted);
        next = w.end;
      }
      EXPECT_EQ(next, static_cast<int64_t>(counts.size()));
    }
  }
}

TEST(Context, a_window_in_tokens_may_begin_within_a_word) {
  const std::vector<int64_t> counts{2, 3, 1, 4, 2};
  const auto windows = context_windows(counts, {.kind = ContextKind::tokens, .tokens = 5}, plenty, 1);
  EXPECT_EQ(text_of(windows), "0/0-2 0/2-3 2/3-4 3/4-5 ");
  std::vector<int64_t> skipped;
  for (const auto& window : windows) skipped.push_back(window.skip);
  EXPECT_EQ(skipped, (std::vector<int64_t>{0, 1, 0, 1}));
  // The story's end stands before its beginning: one token of the fourth word, the fifth, and the first.
  const auto wrapped = context_windows(counts, {.kind = ContextKind::tokens, .tokens = 5, .wrap = true}, plenty, 1);
  EXPECT_EQ(text_of(wrapped), "-2/0-1 0/1-2 0/2-3 2/3-4 3/4-5 ");
  EXPECT_EQ(wrapped.front().skip, 3);
  const auto whole = context_windows(counts, {.kind = ContextKind::tokens, .tokens = 99, .wrap = true}, plenty, 1);
  EXPECT_EQ(whole.front().first, -4);  // all words once, the wanted one last
  EXPECT_EQ(whole.back().first, 0);
}

TEST(Context, windows_that_positions_cut_short_say_so) {
  const auto cut = [](const ContextOptions& options, int64_t limit) {
    std::string text;
    for (const auto& window : context_windows(ten_words, options, limit, 1)) text += window.cut ? "x" : ".";
    return text;
  };
  EXPECT_EQ(cut({.kind = ContextKind::fixed, .words = 4}, 5), ".......");
  EXPECT_EQ(cut({.kind = ContextKind::fixed, .words = 5}, 5), ".xxxxxx");
  EXPECT_EQ(cut({.kind = ContextKind::grow, .words = 4, .keep = 2}, 5), "...");
  EXPECT_EQ(cut({.kind = ContextKind::grow, .words = 6, .keep = 2}, 5), ".xx");
  EXPECT_EQ(cut({.kind = ContextKind::full}, 5), "...");  // restarts where positions end, as it says
  EXPECT_EQ(cut({.kind = ContextKind::centred, .words = 5}, 5), "..xxxxxx..");
}

TEST(Context, a_centred_window_has_as_many_words_on_both_sides_while_there_are_any) {
  const std::vector<int64_t> six_words(6, 1);
  const auto windows = [&](int64_t words, int64_t limit) {
    return text_of(context_windows(six_words, {.kind = ContextKind::centred, .words = words}, limit, 2));
  };
  EXPECT_EQ(windows(3, plenty), "0/0-1+1 0/1-2+1 1/2-3+1 2/3-4+1 3/4-5+1 4/5-6 ");
  EXPECT_EQ(windows(4, plenty), "0/0-1+1 0/1-2+1 0/2-3+1 1/3-4+1 2/4-5+1 3/5-6 ");
  EXPECT_EQ(windows(5, 6), "0/0-1+2 0/1-2+2 0/2-3+1 1/3-4+1 2/4-5+1 3/5-6 ");  // 4 words fit beside 2 special tokens
}

TEST(Context, words_that_would_see_what_follows_get_passes_of_their_own) {
  const std::vector<int64_t> counts{1, 2, 1, 3};
  const std::vector<Window> windows{{0, 0, 2}, {1, 2, 4}};
  const auto passes = [&](int64_t causal_tokens) {
    return text_of(passes_of_their_own(windows, counts, causal_tokens, 1));
  };
  EXPECT_EQ(passes(plenty), "0/0-2 1/2-4 ");
  EXPECT_EQ(passes(0), "0/0-1 0/1-2 1/2-3 1/3-4 ");
  EXPECT_EQ(passes(4), "0/0-2 1/2-3 1/3-4 ");  // 1 + 2 + 1 tokens, but not 1 + 2 + 1 + 3
  const std::vector<Window> centred{{0, 1, 2, 2}};
  EXPECT_EQ(text_of(passes_of_their_own(centred, counts, 0, 1)), "0/1-2+2 ");
}

TEST(Context, a_word_longer_than_the_positions_is_refused) {
  const std::vector<int64_t> counts{1, 9, 1};
  EXPECT_TRUE(test::contains(test::message_of([&] { context_windows(counts, {}, 9, 1); }), {"word 2", "9 tokens"}));
  const auto tokens = [&](int64_t count) {
    return test::message_of([&] { context_windows(counts, {.kind = ContextKind::tokens, .tokens = count}, 12, 1); });
  };
  EXPECT_TRUE(test::contains(tokens(12), {"12 tokens", "1 special", "12 positions", "at most 11"}));
  EXPECT_TRUE(test::contains(tokens(5), {"longer than a context of 5 tokens", "word 2 has 9 tokens"}));
}

TEST(Context, is_read_and_written_as_text) {
  for (const char* text : {"41", "grow:512:256", "full", "centred:21", "tokens:1024", "tokens:9:wrap"})
    EXPECT_EQ(context_text(parse_context(text)), text);
  for (const char* text : {"", "0", "grow", "grow:4:8", "grow:x:1", "shrink:1:1", "1.5", "centred", "centred:0",
                           "tokens", "tokens:0", "tokens:5:around"})
    EXPECT_NE(test::message_of([&] { parse_context(text); }), "") << text;
}
