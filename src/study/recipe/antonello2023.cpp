#include "study/recipes.h"

namespace arcuate {

// Responses of this protocol come detrended and cut by 10 volumes at both ends, so nothing is filtered or trimmed here.
// Penalties are Huth's alpha, 10 to 10,000, whose square is lambda.
extern const Recipe antonello2023_recipe{
    "antonello2023", "Antonello, Vaidya & Huth 2023, Scaling laws for language encoding models in fMRI", R"(
[align]
method = "lanczos"
lobes = 3
cutoff = 1.0
normalize = false
delays = [1, 2, 3, 4]
highpass = 0
zscore = true

[encode]
penalties = "log:2:8:15"
folds = "story"
select = "r2"
intercept = false

[[analysis]]
kind = "scaling"
score = "signed_square"
)"};

}  // namespace arcuate
