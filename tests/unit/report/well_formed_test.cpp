// The judge of markup must itself find faults.
#include "unit/report/well_formed.h"

#include <gtest/gtest.h>

using arcuate::test::markup_fault;

TEST(WellFormed, accepts_nested_elements_with_attributes) {
  EXPECT_EQ(markup_fault("<!DOCTYPE html>\n<a b=\"c &amp; d\"><e/>x &lt; y</a>\n"), "");
}

TEST(WellFormed, finds_each_kind_of_fault) {
  for (const char* text : {"<a>", "<a></b>", "<a/><b/>", "<a b=c/>", "<a b=\"1\" b=\"2\"/>", "<a b=\"<\"/>", "<a>&</a>",
                           "<a>&nbsp;</a>", "<a>x > y</a>", "<a>\x01</a>", "x<a/>", "<a b=\"1\"c=\"2\"/>", "<a"})
    EXPECT_NE(markup_fault(text), "") << text;
}
