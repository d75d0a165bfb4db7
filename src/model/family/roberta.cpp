// RoBERTa (Liu et al. 2019): a BERT whose positions begin after the padding token's number.
#include "core/error.h"
#include "model/family/bert_layout.h"

namespace arcuate {
namespace {

constexpr const char* prefixes[] = {"roberta."};

ModelSpec spec(const Json& c, const std::string& source) {
  auto spec = bert::spec(c, 1, source);
  const auto padding = json_value_or<int64_t>(c, "pad_token_id", 1, source);
  if (padding < 0 || spec.max_tokens < 1 || padding >= spec.max_tokens - 1)
    bad_input("'{}': positions begin after pad_token_id, which is {}, but max_position_embeddings is {}", source,
              padding, spec.max_tokens);
  spec.position_offset = padding + 1;
  spec.max_tokens -= spec.position_offset;
  return spec;
}

}  // namespace

extern const Family roberta_family;
const Family roberta_family{.model_type = "roberta",
                            .prefixes = prefixes,
                            .spec = spec,
                            .tensors = bert::tensors,
                            .ignored = bert::ignored,
                            .endings = bert::endings};

}  // namespace arcuate
