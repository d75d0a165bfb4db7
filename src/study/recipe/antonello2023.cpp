#include "study/recipes.h"

namespace arcuate {

// Responses of this protocol come detrended and cut by 10 volumes at both ends, so nothing is filtered or trimmed here.
// Penalties are Huth's alpha, 10 to 10,000, whose square is lambda, chosen as the authors' tutorial does: three times
// on random chunks of 20 volumes, a quarter of the training volumes held out.
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
penalties = "log:1:4:15"
penalty_unit = "huth"
folds = "story"
inner = "bootstrap:3:20:0.25"
select = "r2"
intercept = false

[[analysis]]
kind = "scaling"
score = "signed_square"

[[analysis]]
kind = "stack"
)"};

}  // namespace arcuate
