#include "study/activations_file.h"

#include "core/tensor.h"

namespace arcuate {

static void write_states(Hdf5Writer& file, const Activations& activations, const Model& model) {
  file.attribute("family", model.spec().family);
  file.attribute("units", units_name(activations.units));
  if (activations.units == Units::attention) {  // head h: columns h * head_size … of each layer
    file.attribute("heads", model.spec().block.heads);
    file.attribute("head_size", model.spec().block.head_size);
  }
  file.attribute("windows", activations.windows);
  file.attribute("tokens", activations.tokens);
  for (size_t i = 0; i < activations.layers.size(); ++i) {
    const auto name = model.layer_name(activations.layers[i]);
    const auto layer = static_cast<int64_t>(i);
    file.write("layer/" + name, activations.states[layer]);
    if (activations.syntactic.defined()) file.write("syntactic/" + name, activations.syntactic[layer].unsqueeze(0));
  }
}

void write_activations(Hdf5Writer& file, const Activations& activations, const Model& model,
                       const std::vector<Word>& words) {
  write_states(file, activations, model);
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

void write_heard(Hdf5Writer& file, const SoundActivations& heard, const Model& model, const SoundWindowOptions& windows,
                 double start) {
  write_states(file, heard.activations, model);
  file.attribute("sound_window", windows.window);
  file.attribute("sound_stride", windows.stride);
  file.attribute("sound_start", start);
  auto times = heard.times;
  for (auto& time : times) time += start;
  file.write("times", to_tensor(times));
}

}  // namespace arcuate
