// Any bytes as a table of confounds: an Error, or finite numbers, a row of them a volume.
#include "brain/confounds.h"

#include <ATen/ATen.h>

#include "only_errors.h"

using namespace arcuate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::only_errors([&] {
    const auto table = parse_table(fuzz::text_of(data, size), '\t', "fuzz");
    if (const auto volumes = unsteady_volumes(table); volumes < 0 || volumes > std::ssize(table.rows)) std::abort();
    const std::vector<std::string> own(table.columns.begin(),
                                       table.columns.begin() + std::min<long>(std::ssize(table.columns), 3));
    for (const auto& wanted : {std::vector<std::string>{"motion12", "acompcor:2"}, {"cosine", "csf"}, own})
      fuzz::only_errors([&] {
        const auto values = confound_values(table, wanted);
        if (values.size(0) != std::ssize(table.rows) || !at::isfinite(values).all().item<bool>()) std::abort();
      });
  });
  return 0;
}
