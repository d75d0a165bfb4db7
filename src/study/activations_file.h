// Files of states: what `extract` and the units of a study write.
#pragma once
#include <filesystem>
#include <vector>

#include "input/story.h"
#include "io/hdf5.h"
#include "model/extract.h"
#include "model/sound_extract.h"

namespace arcuate {

inline constexpr const char* activations_format = "arcuate activations 1";

/// "layer/<name>" (words x width), "syntactic/<name>" (1 x words (x ahead) x width: the mean over texts, where there
/// are some), and as attributes what identifies them; "onset", "offset" and "word".
void write_activations(Hdf5Writer& file, const Activations& activations, const Model& model,
                       const std::vector<Word>& words);

/// The same of windows over sound: "times" are their ends, `start` being the moment of the first sample.
void write_heard(Hdf5Writer& file, const SoundActivations& heard, const Model& model, const SoundWindowOptions& windows,
                 double start = 0);

/// The same in steps, for states that are never together in memory: what identifies them, one layer after the other,
/// and the words or windows.
void write_identity(Hdf5Writer& file, const Activations& activations, const Model& model);
void write_layer(Hdf5Writer& file, const std::string& layer, const at::Tensor& states);
void write_words(Hdf5Writer& file, const std::vector<Word>& words);
void write_windows(Hdf5Writer& file, std::vector<double> times, const SoundWindowOptions& windows, double start = 0);

}  // namespace arcuate
