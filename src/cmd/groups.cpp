// The wording of shared options.
#include "cmd/groups.h"

namespace arcuate::groups {

void output_folder(cli::Spec<OutputFolder>& s) {
  s.option("output", &OutputFolder::path, "folder for the results, made if it is not there")
      .metavar("DIR")
      .short_name('o')
      .required()
      .unrecorded();
}

void output_file(cli::Spec<OutputFile>& s) {
  s.option("output", &OutputFile::path, "file to write").short_name('o').required().unrecorded();
}

}  // namespace arcuate::groups
