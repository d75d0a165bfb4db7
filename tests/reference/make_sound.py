"""Sound files of several kinds with their samples, and Whisper's log-mel input of a short sound by transformers."""

import numpy as np
import soundfile
from transformers import WhisperFeatureExtractor

from common import out_folder, save_tensors, test_data

RATE = 16000


def tones(rate, seconds, seed=0):
    """Three steady tones below 3 kHz and a click; from -1 to 1."""
    t = np.arange(round(rate * seconds)) / rate
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, 3)
    x = sum(np.sin(2 * np.pi * f * t + p) for f, p in zip((440, 1000, 2600), phase)) / 5
    x[len(x) // 2] += 0.3
    return x


def write_files(folder):
    x = np.stack([tones(22050, 0.2, 1), tones(22050, 0.2, 2)], 1)
    mono = x[:, 0]
    kinds = {"stereo.wav": (x, "PCM_16"), "mono.flac": (mono, "PCM_16"), "float.wav": (x * 2, "FLOAT")}
    kinds |= {"mono.ogg": (mono, "VORBIS"), "mono.mp3": (mono, "MPEG_LAYER_III")}
    for name, (values, subtype) in kinds.items():
        soundfile.write(folder / name, values, 22050, subtype=subtype)
    exact = {name.replace(".", "_"): soundfile.read(folder / name, dtype="float32", always_2d=True)[0] for name in kinds}
    save_tensors(folder / "samples.safetensors", exact)


def numpy_log_mel(extractor, sound):
    """The extractor's float64 path; the one by torch is float32."""
    padded = np.zeros(extractor.n_samples)
    padded[: len(sound)] = sound
    return extractor._np_extract_fbank_features(padded[None], "cpu")[0]


def write_log_mel(folder):
    recorded, _ = soundfile.read(test_data() / "speech" / "jfk.wav", dtype="float32")
    sounds = {"tones": tones(RATE, 0.7).astype(np.float32), "speech": recorded[: 2 * RATE]}
    out = {"tones": sounds["tones"]}
    original = np.load(test_data() / "speech" / "mel_filters.npz")  # of openai/whisper
    for bands in (80, 128):
        extractor = WhisperFeatureExtractor(feature_size=bands, chunk_length=3)
        filters = extractor.mel_filters.T
        assert np.abs(filters - original[f"mel_{bands}"]).max() < 1e-8
        out[f"filters_{bands}"] = filters[:, ::4].astype(np.float32)
        for name, sound in sounds.items():
            got = numpy_log_mel(extractor, sound.astype(float))
            by_torch = extractor(sound, sampling_rate=RATE, return_tensors="np").input_features[0]
            print(f"{name}, {bands} bands: float64 and torch differ by {np.abs(got - by_torch).max():.1e}")
            out[f"{name}_{bands}"] = got[:, ::5].astype(np.float32)
    save_tensors(folder / "log_mel.safetensors", out)


if __name__ == "__main__":
    target = out_folder("sound")
    write_files(target)
    write_log_mel(target)
