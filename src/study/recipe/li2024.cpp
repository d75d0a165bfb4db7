#include "study/recipes.h"

namespace arcuate {

// Brain scores as in the code that the paper builds on; the paper's own text gives neither regions, q, p nor features:
// those of the analysis are ours.
extern const Recipe li2024_recipe{"li2024", "Li 2024, On the shape of brainscores for large language models", R"(
[align]
method = "sum"
delays = [1, 2, 3, 4, 5]
highpass = 0

[encode]
penalties = "log:-1:8:10"
folds = 5
standardize = "features"

[[analysis]]
kind = "shape"
features = ["w0", "w1"]
)"};

}  // namespace arcuate
