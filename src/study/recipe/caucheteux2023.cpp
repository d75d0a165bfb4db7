#include "study/recipes.h"

namespace arcuate {

// Words are summed within their volume and delayed by six volumes of 1.5 s. The paper chooses penalties by
// leave-one-out over volumes, which neighbours in time defeat; contiguous inner folds stand in for it.
extern const Recipe caucheteux2023_recipe{"caucheteux2023",
                                          "Caucheteux, Gramfort & King 2023, Evidence of a predictive coding hierarchy "
                                          "in the human brain listening to speech",
                                          R"(
[align]
method = "sum"
delays = [0, 1, 2, 3, 4, 5]
highpass = 0

[encode]
penalties = "log:-1:8:10"
folds = 5
standardize = "features"

[[analysis]]
kind = "forecast"
depths = true
)"};

}  // namespace arcuate
