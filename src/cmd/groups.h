// Groups of options that several commands share: one wording and one name everywhere.
//   s.group(groups::output_folder, &Options::output);
#pragma once
#include <filesystem>

#include "cli/spec.h"

namespace arcuate::groups {

/// `--output DIR`, required. Outputs are not in the manifest: where a result lies does not change it.
struct OutputFolder {
  std::filesystem::path path{};
};
void output_folder(cli::Spec<OutputFolder>& s);

/// `--output FILE`, required.
struct OutputFile {
  std::filesystem::path path{};
};
void output_file(cli::Spec<OutputFile>& s);

}  // namespace arcuate::groups
