"""States of words that Whisper hears and reads: each word's pass has the `window` seconds of sound that end with it and the words that
begin in them, and gives the decoder's states of the word's last token, or their mean over its tokens. Through transformers in float64
and the tokenizers library, one word at a time."""

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import WhisperFeatureExtractor, WhisperModel

from common import out_folder, save_tensors
from make_speech import heard

RATE, WINDOW = 16000, 0.5
START = ("<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|notimestamps|>")
# A pause, words that overlap, a word that is longer than the window, and one that ends with the sound.
WORDS = [
    ("the", 0.05, 0.11),
    ("cat", 0.11, 0.25),
    ("in", 0.2, 0.23),
    ("a", 0.3, 0.33),
    ("hat", 0.34, 0.93),
    ("sat", 0.93, 1.0),
    ("then", 1.0, 1.15),
    ("ran", 1.3, 1.4),
]


def states(model, extractor, tokenizer, samples, i):
    """Layers x tokens of word i x width: what the first block reads, what each gives, and behind the last norm."""
    word, _, offset = WORDS[i]
    end = round(offset * RATE)
    sound = samples[max(end - round(WINDOW * RATE), 0) : end]
    padded = np.zeros(extractor.n_samples)
    padded[: len(sound)] = sound
    mel = extractor._np_extract_fbank_features(padded[None], "cpu").astype(float)
    read = [w for j, (w, onset, _) in enumerate(WORDS[: i + 1]) if j == i or onset >= offset - WINDOW]
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    ids = [tokenizer.token_to_id(token) for token in START] + encode("".join(" " + w for w in read))
    assert len(ids) <= model.config.max_target_positions, ids
    blocks, result = heard(
        model.decoder.layers, lambda: model(input_features=torch.tensor(mel), decoder_input_ids=torch.tensor([ids]), use_cache=False)
    )
    every = torch.cat([blocks, result.last_hidden_state[None]])
    return every[:, 0, -len(encode(" " + word)) :]


def main():
    torch.set_num_threads(1)
    samples = (0.1 * np.random.default_rng(11).standard_normal(round(WORDS[-1][2] * RATE))).astype(np.float32)
    tensors = {"samples": samples, "times": np.array([word[1:] for word in WORDS])}
    for name in ("whisper-80", "whisper-128"):
        folder = out_folder("models") / name
        model, extractor = WhisperModel.from_pretrained(folder).double().eval(), WhisperFeatureExtractor.from_pretrained(folder)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        words = [states(model, extractor, tokenizer, samples, i) for i in range(len(WORDS))]
        tensors[f"{name}.last"] = torch.stack([word[:, -1] for word in words], 1).numpy()  # layers x words x width
        tensors[f"{name}.mean"] = torch.stack([word.mean(1) for word in words], 1).numpy()
    save_tensors(out_folder("sound") / "words.safetensors", tensors)


if __name__ == "__main__":
    main()
