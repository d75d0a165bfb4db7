// Names of the volumes of a NIfTI file, as Connectome Workbench keeps them: an extension in XML.
#pragma once
#include <string>
#include <vector>

#include "io/nifti.h"

namespace arcuate {

/// Workbench reads it only where it is the first of a file's extensions. Errors: failed, for names that XML cannot
/// hold.
NiftiExtension caret_extension(const std::vector<std::string>& names);

}  // namespace arcuate
