"""States of models that hear sound, window by window as the scaling laws of Antonello et al. (2023) take them: windows end every
`stride`, hold `window` seconds (less at the beginning), go through the model's own feature extractor one at a time, and give the last
frame; of Whisper's encoder the last that is influenced by frames that are no padding."""

import numpy as np
import torch
from transformers import AutoFeatureExtractor, HubertModel, WavLMModel, WhisperModel

from common import out_folder, save_tensors

RATE, STRIDE = 16000, 1600
MODELS = {"hubert-base": (HubertModel, 4800), "wavlm-large": (WavLMModel, 4800), "whisper-80": (WhisperModel, 9600)}


def last_heard(attention_mask):
    """Places that a frame of the mask reaches through convolutions of kernel 3 with strides 1 and 2, by counting."""
    mask = torch.tensor(attention_mask, dtype=torch.float64).view(1, 1, -1)
    ones = torch.ones(1, 1, 3, dtype=torch.float64)
    for stride in (1, 2):
        mask = torch.nn.functional.conv1d(mask, ones, stride=stride, padding=1)
    return int(mask.view(-1).nonzero()[-1])


def states(model, extractor, sound):
    if isinstance(model, WhisperModel):
        read = extractor(sound, sampling_rate=RATE, return_attention_mask=True, return_tensors="np")
        features = torch.tensor(read["input_features"], dtype=torch.float64)
        hidden = model.encoder(features, output_hidden_states=True).hidden_states
        return [x[0, last_heard(read["attention_mask"][0])] for x in hidden[:-1]]  # the last is behind the final norm
    features = extractor(sound, sampling_rate=RATE, return_tensors="np")["input_values"]
    hidden = model(torch.tensor(features, dtype=torch.float64), output_hidden_states=True).hidden_states
    return [x[0, -1] for x in hidden[:-1]]


generator = np.random.default_rng(7)
samples = (0.2 * generator.standard_normal(12800) * np.linspace(0.2, 1, 12800)).astype(np.float32)
tensors = {"samples": samples}
for name, (kind, window) in MODELS.items():
    folder = out_folder("models") / name
    model, extractor = kind.from_pretrained(folder).double().eval(), AutoFeatureExtractor.from_pretrained(folder)
    with torch.no_grad():
        rows = [states(model, extractor, samples[max(end - window, 0) : end]) for end in range(STRIDE, len(samples) + 1, STRIDE)]
    tensors[name] = torch.stack([torch.stack(row) for row in rows], 1).numpy()  # layers x windows x width
save_tensors(out_folder("sound") / "windows.safetensors", tensors)
