#include "study/recipes.h"

namespace arcuate {

// The paper's brain maps come from sparse regression on atoms, not from brain scores; these settings only keep the two
// comparable.
extern const Recipe sun2024_recipe{"sun2024",
                                   "Sun et al. 2024, Brain-like functional organization within large language models",
                                   R"(
[align]
method = "mean"
delays = [1, 2, 3, 4]
)"};

}  // namespace arcuate
