// The variants of the solver that every ridge test goes through.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "encode/ridge.h"

namespace arcuate::test {

struct RidgeVariant {
  std::string name{};
  std::function<void(RidgeOptions&)> change{};
  RidgeOptions of(RidgeOptions options) const {
    change(options);
    return options;
  }
  bool is_float() const { return of({}).type == at::kFloat; }
  /// The limit of a difference: that of float32 or of float64 arithmetic.
  double limit(double single, double exact) const { return is_float() ? single : exact; }
  friend void PrintTo(const RidgeVariant& variant, std::ostream* out) { *out << variant.name; }
};

inline std::vector<RidgeVariant> ridge_variants() {
  const auto eigenbasis = [](Form form, at::ScalarType type) {
    return [=](RidgeOptions& o) { o.form = form, o.method = Method::eigenbasis, o.type = type; };
  };
  return {
      {"eigenbasis_primal_float", eigenbasis(Form::primal, at::kFloat)},
      {"eigenbasis_primal_double", eigenbasis(Form::primal, at::kDouble)},
      {"eigenbasis_dual_float", eigenbasis(Form::dual, at::kFloat)},
      {"eigenbasis_dual_double", eigenbasis(Form::dual, at::kDouble)},
      {"inverse_primal_float",
       [](RidgeOptions& o) { o.form = Form::primal, o.method = Method::inverse, o.type = at::kFloat; }},
      {"inverse_primal_double",
       [](RidgeOptions& o) { o.form = Form::primal, o.method = Method::inverse, o.type = at::kDouble; }},
      {"inverse_dual_float",
       [](RidgeOptions& o) { o.form = Form::dual, o.method = Method::inverse, o.type = at::kFloat; }},
      {"inverse_dual_double",
       [](RidgeOptions& o) { o.form = Form::dual, o.method = Method::inverse, o.type = at::kDouble; }},
      {"automatic_float", [](RidgeOptions& o) { o.form = Form::automatic, o.type = at::kFloat; }},
      {"automatic_double", [](RidgeOptions& o) { o.form = Form::automatic, o.type = at::kDouble; }},
  };
}

/// Name of a parametrised test.
inline std::string variant_name(const testing::TestParamInfo<RidgeVariant>& test) { return test.param.name; }

}  // namespace arcuate::test
