#include "model/sound_input.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "io/json.h"
#include "model/sound_stem.h"

namespace arcuate {
namespace {

constexpr double variance_floor = 1e-7;  // transformers: Wav2Vec2FeatureExtractor.zero_mean_unit_var_norm

class PreprocessorFile {
 public:
  PreprocessorFile(const Json& json, std::string source)
      : json_(json), source_(std::move(source)), problems_(fmt::format("'{}' cannot be followed", source_)) {}

  template <class T>
  T value(const char* key, T usual) const {
    return json_value_or<T>(json_, key, usual, source_);
  }
  /// Only one value is supported.
  template <class T>
  void require(const char* key, T expected, const char* why) {
    if (const auto found = value<T>(key, expected); found != expected)
      problems_.add("{} is {}, {} expected: {}", key, found, expected, why);
  }
  int64_t positive(const char* key, int64_t usual, int64_t most) {
    const auto found = value<int64_t>(key, usual);
    if (found >= 1 && found <= most) return found;
    problems_.add("{} is {}, 1 to {} expected", key, found, most);
    return usual;
  }
  void raise() const { problems_.raise(); }

 private:
  const Json& json_;
  std::string source_;
  Problems problems_;
};

void read_mel(PreprocessorFile& file, const SoundStem& stem, SoundInput& input) {
  constexpr int64_t most = 1 << 20;
  file.require<int64_t>("feature_size", stem.inputs, "config.json says that the model reads so many bands");
  file.require<bool>("do_normalize", false, "spectra are made of the sound as it is");
  MelOptions mel{.bands = stem.inputs, .rate = input.rate};
  mel.window = file.positive("n_fft", mel.window, most);
  mel.hop = file.positive("hop_length", mel.hop, most);
  input.samples = file.positive("chunk_length", 30, 3600) * input.rate;
  input.mel = mel;
}

}  // namespace

SoundInput read_sound_input(const std::filesystem::path& folder, const ModelSpec& spec) {
  const auto path = folder / "preprocessor_config.json";
  if (!std::filesystem::exists(path))
    bad_input(
        "'{}' has no preprocessor_config.json, which says how the model's sound is normalised. It lies beside "
        "config.json on the hub",
        folder.string());
  const Json json = read_json(path);
  PreprocessorFile file(json, path.string());
  SoundInput input;
  input.rate = file.positive("sampling_rate", 16000, 1'000'000);
  file.require<double>("dither", 0.0, "noise that is added to sounds is not supported");
  file.require<double>("padding_value", 0.0, "sounds are filled up with zeros");
  if (spec.sound->inputs > 1) {
    read_mel(file, *spec.sound, input);
  } else {
    file.require<int64_t>("feature_size", 1, "config.json says that the model reads samples");
    input.normalize = file.value<bool>("do_normalize", true);
  }
  file.raise();
  return input;
}

at::Tensor prepared_sound(const SoundInput& input, const at::Tensor& sounds) {
  if (input.mel) return whisper_log_mel(sounds, input.samples, *input.mel);
  if (!input.normalize) return sounds;
  const auto exact = sounds.to(at::kDouble);
  const auto centred = exact - exact.mean(1, true);
  return (centred / (centred.square().mean(1, true) + variance_floor).sqrt()).to(sounds.scalar_type());
}

SoundFrames sound_frames(const SoundInput& input, const SoundStem& stem, int64_t samples) {
  if (!input.mel) {
    const int64_t frames = stem_frames(stem, samples);
    return {frames, frames - 1};
  }
  const int64_t hop = input.mel->hop, spectra = input.samples / hop;
  return {stem_frames(stem, spectra), last_frame_of(stem, std::min((samples + hop - 1) / hop, spectra), spectra)};
}

}  // namespace arcuate
