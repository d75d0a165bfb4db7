// arcuate info: what is in a file, on one screen.
#include "cli/command.h"
#include "cli/run.h"
#include "cmd/info_support.h"
#include "core/files.h"

namespace arcuate {
namespace {

struct Options {
  fs::path file{};
  bool json = false;
};

void describe(cli::Spec<Options>& s) {
  s.summary("describe a file or a model folder");
  s.description(
      "Knows NIfTI (.nii), CIFTI (.dscalar.nii, .dtseries.nii, .dlabel.nii), GIfTI (.gii), FreeSurfer's surfaces, "
      "values, .annot and .label, .npy, .npz, MAT-files (.mat), HDF5 (.h5, .hdf5), .safetensors, checkpoints of "
      "PyTorch "
      "(.bin, .pt, .pth), tables (.tsv, .csv), .TextGrid, alignments (.csv and .json of Gentle, the Montreal Forced "
      "Aligner and WhisperX), reports of scans (.report), and folders of models in the layout of Hugging Face. Texts, "
      "NIfTI and GIfTI files may be packed (.gz). Timed words are also described as stories.");
  s.informational();
  s.input("file", &Options::file, "what to describe");
  s.flag("json", &Options::json, "write everything as JSON");
  s.example("arcuate info models/tales-1m", "family, layers, parameters, tokenizer");
  s.example("arcuate info sub-01_task-tales_bold.nii.gz", "grid, TR, orientation, space");
}

int run(const Options& options, cli::Run& run) {
  const Json description = describe_file(options.file);
  run.console.out() << (options.json ? json_text(description, 1) + "\n" : description_text(description));
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command info = cli::command<Options, describe, run>("info");
}
}  // namespace arcuate
