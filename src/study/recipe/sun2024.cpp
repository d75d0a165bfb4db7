#include "study/recipes.h"

namespace arcuate {

// Templates are the user's: the paper names no list of networks, and none is free to ship. [align] is for brain scores,
// which are not in the paper; it only keeps the two comparable.
extern const Recipe sun2024_recipe{"sun2024",
                                   "Sun et al. 2024, Brain-like functional organization within large language models",
                                   R"(
[align]
method = "mean"
delays = [1, 2, 3, 4]

[[analysis]]
kind = "networks"
atoms = 64
align = "mean"
match_iou = 0.2
)"};

}  // namespace arcuate
