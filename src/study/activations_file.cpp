#include "study/activations_file.h"

#include "core/tensor.h"

namespace arcuate {

void write_identity(Hdf5Writer& file, const Activations& activations, const Model& model) {
  file.attribute("family", model.spec().family);
  file.attribute("units", units_name(activations.units));
  if (activations.units == Units::attention) {  // head h: columns h * head_size … of each layer
    file.attribute("heads", model.spec().block.heads);
    file.attribute("head_size", model.spec().block.head_size);
  }
  file.attribute("windows", activations.windows);
  file.attribute("tokens", activations.tokens);
}

void write_layer(Hdf5Writer& file, const std::string& layer, const at::Tensor& states) {
  file.write("layer/" + layer, states);
}

void write_words(Hdf5Writer& file, const std::vector<Word>& words) {
  std::vector<std::string> texts;
  std::vector<double> onsets, offsets;
  for (const auto& word : words) {
    texts.push_back(word.text);
    onsets.push_back(word.onset);
    offsets.push_back(word.offset);
  }
  file.write("word", texts);
  file.write("onset", to_tensor(onsets));
  file.write("offset", to_tensor(offsets));
}

void write_windows(Hdf5Writer& file, std::vector<double> times, const SoundWindowOptions& windows, double start) {
  file.attribute("sound_window", windows.window);
  file.attribute("sound_stride", windows.stride);
  file.attribute("sound_start", start);
  for (auto& time : times) time += start;
  file.write("times", to_tensor(times));
}

static void write_states(Hdf5Writer& file, const Activations& activations, const Model& model) {
  write_identity(file, activations, model);
  for (size_t i = 0; i < activations.layers.size(); ++i) {
    const auto name = model.layer_name(activations.layers[i]);
    const auto layer = static_cast<int64_t>(i);
    write_layer(file, name, activations.states[layer]);
    if (activations.syntactic.defined()) file.write("syntactic/" + name, activations.syntactic[layer].unsqueeze(0));
  }
}

void write_activations(Hdf5Writer& file, const Activations& activations, const Model& model,
                       const std::vector<Word>& words) {
  write_states(file, activations, model);
  write_words(file, words);
}

void write_heard(Hdf5Writer& file, const SoundActivations& heard, const Model& model, const SoundWindowOptions& windows,
                 double start) {
  write_states(file, heard.activations, model);
  write_windows(file, heard.times, windows, start);
}

}  // namespace arcuate
