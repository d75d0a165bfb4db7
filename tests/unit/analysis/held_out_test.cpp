#include "analysis/held_out.h"

#include "analysis/row_groups.h"
#include "reference_file.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

struct Case {
  nlohmann::json file = reference("held_out.json");
  at::Tensor x = numbers(file.at("x")), y = numbers(file.at("y"));
  std::vector<std::string> names{"a", "b", "c", "d"};
  std::vector<Fold> folds =
      grouped_folds(row_groups(file.at("labels").get<std::vector<std::string>>()), file.at("folds").get<int64_t>());
};

}  // namespace

TEST(HeldOut, agrees_with_the_independent_implementation) {
  const Case c;
  for (const auto& [name, criterion] :
       {std::pair{"none", Criterion::none}, {"aic", Criterion::aic}, {"bic", Criterion::bic}})
    for (const bool intercept : {true, false}) {
      const auto key = std::string(name) + (intercept ? "_intercept" : "_plain");
      const auto found = held_out_r2(c.x, c.y, c.names, c.folds, {.intercept = intercept, .select = criterion});
      EXPECT_LT((found - numbers(c.file.at("held_out_r2").at(key))).abs().max().item<double>(), 1e-10) << key;
    }
}

TEST(HeldOut, is_zero_without_predictors) {
  const Case c;
  const auto none = c.x.slice(1, 0, 0);
  EXPECT_EQ(held_out_r2(none, c.y, {}, c.folds, {}).abs().max().item<double>() < 1e-12, true);
}

TEST(HeldOut, says_in_which_fold_a_predictor_does_not_vary) {
  const Case c;
  auto x = c.x.clone();
  x.select(1, 2).zero_();
  x[c.folds[1].test[0]][2].fill_(1.0);
  EXPECT_TRUE(contains(message_of([&] { held_out_r2(x, c.y, c.names, c.folds, {}); }),
                       {"'c' is 0 in all", "in the training rows of fold 2 of 4"}));
}

TEST(BestSubset, is_that_of_trying_them_all) {
  const auto cases = reference("regression.json").at("subsets");
  const auto x = numbers(cases.at("x")), y = numbers(cases.at("y"));
  for (const bool intercept : {true, false}) {
    const auto& expected = cases.at(intercept ? "intercept" : "plain");
    const SubsetSearch search(x, intercept);
    EXPECT_EQ(search.best(y, Criterion::aic), expected.at("aic").get<std::vector<int64_t>>());
    EXPECT_EQ(search.best(y, Criterion::bic), expected.at("bic").get<std::vector<int64_t>>());
    EXPECT_EQ(search.best(y, Criterion::none).size(), 7u);
  }
}

TEST(BestSubset, is_empty_for_a_response_of_noise_and_takes_no_more_than_twelve) {
  const auto x = random_normals(500, 3, 4), y = random_normals(500, 1, 5).squeeze(1);
  EXPECT_TRUE(SubsetSearch(x, true).best(y, Criterion::bic).empty());
  EXPECT_TRUE(
      contains(message_of([] { SubsetSearch(random_normals(20, 13, 1), true); }), {"at most 12 predictors, found 13"}));
}
