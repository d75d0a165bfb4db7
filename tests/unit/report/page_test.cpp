// Pages: one well-formed file that runs nothing and fetches nothing, and says when data are simulated.
#include "report/page.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "report/line_chart.h"
#include "support.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static Page small_page() {
  const LineChart chart{.title = "Rise", .series = {{.label = "m", .x = {0, 1}, .y = {0, 1}}}};
  const PageTable table{.caption = "Scores.",
                        .columns = {"model", "r", "p", "note", "seed"},
                        .rows = {{"a", "-0.5", "n/a", "late", "7"}, {"b", "1e-3", "0.05", "1", "n/a"}}};
  return {
      .title = "Study",
      .subtitle = "two models",
      .sections = {{"Results", {"A paragraph."}, {{render_line_chart(chart), "A caption."}}, {table}, {"a listing"}}},
      .footer = "arcuate 0.1.0"};
}

TEST(Page, is_well_formed_and_holds_everything) {
  const auto html = render_page(small_page());
  EXPECT_EQ(markup_fault(html), "");
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  EXPECT_TRUE(contains(html, {"<title>Study</title>", "two models", "<h2>Results</h2>", "<p>A paragraph.</p>", "<svg ",
                              "Figure 1.", "Table 1.", "Scores.", "arcuate 0.1.0", "</html>"}));
}

TEST(Page, runs_no_script_and_fetches_nothing) {
  auto html = render_page(small_page());
  EXPECT_TRUE(contains(html, {"default-src 'none'"}));
  const std::string name_space = "xmlns=\"http://www.w3.org/2000/svg\"";  // a name, never fetched
  html.erase(html.find(name_space), name_space.size());
  for (const char* sign : {"<script", "<link", "<img", "<iframe", "src=\"", "href=\"http", "url(", "@import", "://"})
    EXPECT_EQ(html.find(sign), html.npos) << sign;
}

TEST(Page, escapes_hostile_text_everywhere) {
  const std::string hostile = "<script>&\"'\x01\xFF";
  const Page page{
      .title = hostile,
      .subtitle = hostile,
      .sections = {{hostile, {hostile}, {}, {{hostile, {hostile}, {{hostile}}}}}, {hostile}, {hostile}, {hostile}},
      .footer = hostile};
  const auto html = render_page(page);
  EXPECT_EQ(markup_fault(html), "");
  EXPECT_EQ(html.find("<script"), html.npos);
  EXPECT_EQ(count(html, "&lt;script&gt;&amp;&quot;&#39;\uFFFD\uFFFD"), 16u) << "title twice, headings twice";
}

TEST(Page, escaping_leaves_other_text_alone) {
  EXPECT_EQ(escape_markup("r·|r| → größer\n"), "r·|r| → größer\n");
  EXPECT_EQ(escape_markup(""), "");
  EXPECT_EQ(escape_markup("a\xC3"), "a\uFFFD");
  EXPECT_EQ(escape_markup(std::string_view("\0", 1)), "\uFFFD");
}

TEST(Page, sets_numbers_flush_right_and_text_flush_left) {
  const auto html = render_page(small_page());
  EXPECT_TRUE(contains(html, {"<th scope=\"col\">model</th>", "<th scope=\"col\" class=\"number\">r</th>",
                              "<td class=\"number\">-0.5</td>", "<td class=\"number absent\">n/a</td>",
                              "<td class=\"number\">1e-3</td>", "<th scope=\"col\" class=\"number\">seed</th>"}));
  EXPECT_TRUE(contains(html, {"<th scope=\"col\">note</th>", "<td>1</td>"})) << "one word makes the column text";
}

TEST(Page, says_simulated_at_the_top_and_in_every_caption) {
  Page page = small_page();
  EXPECT_EQ(count(render_page(page), "imulated data"), 0u);
  page.simulated = true;
  const auto html = render_page(page);
  EXPECT_EQ(markup_fault(html), "");
  EXPECT_TRUE(contains(html, {"<title>Study (simulated data)</title>", "role=\"note\""}));
  EXPECT_EQ(count(html, "<span class=\"mark\">Simulated data.</span></figcaption>"), 2u);
}

TEST(Page, numbers_figures_and_tables_through_all_sections) {
  Page page = small_page();
  page.sections.push_back(page.sections[0]);
  EXPECT_TRUE(contains(render_page(page), {"Figure 1.", "Figure 2.", "Table 1.", "Table 2."}));
}

TEST(Page, lists_its_contents_when_it_is_long) {
  Page page = small_page();
  EXPECT_EQ(count(render_page(page), "<nav"), 0u);
  page.sections.resize(5, page.sections[0]);
  page.sections[1].heading = "";
  const auto html = render_page(page);
  EXPECT_EQ(count(html, "<nav"), 1u);
  EXPECT_EQ(count(html, "<a href=\"#section-"), 4u);
  for (const char* target : {"id=\"section-1\"", "id=\"section-3\"", "href=\"#section-5\"", "id=\"section-5\""})
    EXPECT_EQ(count(html, target), 1u) << target;
}

TEST(Page, refuses_rows_of_the_wrong_length) {
  Page page = small_page();
  page.sections[0].tables[0].rows.push_back({"c", "1"});
  const auto message = message_of([&] { render_page(page); });
  EXPECT_TRUE(contains(message, {"'Scores.'", "row 3", "5 cells", "has 2"}));
}

TEST(Page, of_an_empty_table_is_well_formed) {
  const auto html = render_page({.sections = {{"Empty", {}, {}, {{.columns = {"a", "b"}}, {}}}}});
  EXPECT_EQ(markup_fault(html), "");
  EXPECT_EQ(count(html, "class=\"number"), 0u);
}

TEST(Page, is_written_whole_and_the_same_each_time) {
  const TemporaryFolder folder;
  write_page(folder / "a.html", small_page());
  write_page(folder / "b.html", small_page());
  EXPECT_EQ(read_file(folder / "a.html"), render_page(small_page()));
  EXPECT_EQ(read_file(folder / "a.html"), read_file(folder / "b.html"));
}

TEST(Page, holds_pictures_as_data_with_words_beside_them) {
  const std::string png("\x89PNG\r\n\0\xFF", 8);
  const auto element = picture_element(png, "Scores of <a> & \"b\"");
  EXPECT_EQ(element,
            "<img src=\"data:image/png;base64,iVBORw0KAP8=\" alt=\"Scores of &lt;a&gt; &amp; &quot;b&quot;\"/>\n");
  const Page page{.title = "Maps", .simulated = true, .sections = {{"Maps", {}, {{element, "Where <it> is."}}}}};
  const auto html = render_page(page);
  EXPECT_EQ(markup_fault(html), "");
  EXPECT_EQ(count(html, element), 1u);
  EXPECT_TRUE(contains(html, {"img-src data:", "Where &lt;it&gt; is. <span class=\"mark\">Simulated data.</span>"}));
}

TEST(Page, shows_listings_as_they_are) {
  const Page page{.title = "Again",
                  .sections = {{.heading = "Again", .listings = {"a --set 'x=<1>' && b\n  c", "</pre><script>"}}}};
  const auto html = render_page(page);
  EXPECT_EQ(markup_fault(html), "");
  EXPECT_EQ(count(html, "<pre"), 2u);
  EXPECT_EQ(html.find("<script"), html.npos);
  EXPECT_TRUE(
      contains(html, {">a --set &#39;x=&lt;1&gt;&#39; &amp;&amp; b\n  c</pre>", ">&lt;/pre&gt;&lt;script&gt;</pre>"}));
}
