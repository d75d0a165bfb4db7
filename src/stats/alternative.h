// What a test holds against its null hypothesis.
#pragma once

namespace arcuate {

enum class Alternative { two_sided, greater, less };

}  // namespace arcuate
