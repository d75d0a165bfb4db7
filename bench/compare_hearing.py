"""`arcuate extract --sound` against Hugging Face transformers: windows over noise through a HuBERT of random weights, float32, all layers.

Windows end every stride and hold what there is up to --window seconds; both programs keep the last frame. At the beginning each window
has a length of its own, so the peer runs one at a time; those of full length it runs in batches. Needs numpy, h5py, torch, transformers and
soundfile. Ends with code 1 when the states differ, never because of a time.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import protocol

LARGEST_DIFFERENCE = 1e-3  # of a layer's states, relative to the layer's largest
RATE = 16000


def options():
    parser = protocol.arguments(__doc__)
    parser.add_argument("--shape", default="12x768", help="LAYERSxWIDTH of the transformer; 12x768 is HuBERT base")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--window", type=float, default=16.1)
    parser.add_argument("--stride", type=float, default=0.1)
    parser.add_argument("--batch", type=int, default=4, help="windows of equal length that the peer runs at once")
    return parser.parse_args()


def make_data(opt, folder):
    """In a process of its own, so that this one stays small."""
    layers, width = map(int, opt.shape.split("x"))
    code = f"""
import json, numpy, soundfile, torch
from transformers import HubertConfig, HubertModel, Wav2Vec2FeatureExtractor
torch.manual_seed({opt.seed})
HubertModel(HubertConfig(hidden_size={width}, num_hidden_layers={layers}, num_attention_heads={width // 64},
                         intermediate_size={4 * width})).save_pretrained("{folder}/model")
Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained("{folder}/model")
noise = numpy.random.default_rng({opt.seed}).standard_normal(int({opt.seconds} * {RATE}))
soundfile.write("{folder}/sound.wav", 0.1 * noise, {RATE}, subtype="FLOAT")
soundfile.write("{folder}/short.wav", 0.1 * noise[: round({opt.stride} * {RATE})], {RATE}, subtype="FLOAT")
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def windows(opt, samples):
    length = round(opt.window * RATE)
    ends = [round(k * opt.stride * RATE) for k in range(1, int(samples / (opt.stride * RATE)) + 1)]
    return [(max(end - length, 0), end) for end in ends]


def batches(opt, samples):
    group = []
    for window in windows(opt, samples):
        if group and (len(group) == opt.batch or window[1] - window[0] != group[0][1] - group[0][0]):
            yield group
            group = []
        group.append(window)
    yield group


def operations(config, frames):
    """Of one window: the convolutions, the convolution for positions, the blocks."""
    total, channels, length = 0, 1, None
    lengths = [frames]
    for kernel, stride in reversed(list(zip(config.conv_kernel, config.conv_stride))):
        lengths.append((lengths[-1] - 1) * stride + kernel)
    for size, kernel, length in zip(config.conv_dim, config.conv_kernel, reversed(lengths[:-1])):
        total += 2 * channels * size * kernel * length
        channels = size
    width = config.hidden_size
    total += 2 * frames * width * (channels + config.num_conv_pos_embeddings * width // config.num_conv_pos_embedding_groups)
    return total + config.num_hidden_layers * (24 * width**2 * frames + 4 * width * frames**2)


def work(opt, folder):
    """The peer's process. Imports and the reading of the model are not part of its time."""
    import soundfile
    import torch
    from transformers import AutoFeatureExtractor, HubertModel

    torch.set_num_threads(opt.threads)
    model = HubertModel.from_pretrained(folder / "model", dtype=torch.float32).eval()
    extractor = AutoFeatureExtractor.from_pretrained(folder / "model")
    product = protocol.product_rate(torch)
    watch = protocol.Stopwatch()
    sound = soundfile.read(folder / "sound.wav", dtype="float32")[0]
    rows, total, frames = [], 0, 0
    with torch.inference_mode():
        for batch in batches(opt, len(sound)):
            features = extractor([sound[first:end] for first, end in batch], sampling_rate=RATE, return_tensors="pt")["input_values"]
            hidden = model(features, output_hidden_states=True).hidden_states
            rows.append(torch.stack([state[:, -1] for state in hidden]))
            frames += len(batch) * hidden[0].shape[1]
            total += len(batch) * operations(model.config, hidden[0].shape[1])
    times = watch.read()
    np.save(folder / "peer.npy", torch.cat(rows, 1).numpy())
    print(json.dumps({**times, "frames": frames, "work": total, "product": product}))


def our_command(opt, folder, sound="sound.wav"):
    return [opt.program, "extract", "--model", f"{folder}/model", "--sound", f"{folder}/{sound}", "--sound-window", str(opt.window),
            "--sound-stride", str(opt.stride), "--threads", str(opt.threads), "--output", f"{folder}/states.h5", "--force"]


def compare(folder):
    import h5py

    theirs, worst = np.load(folder / "peer.npy"), 0.0
    with h5py.File(folder / "states.h5") as file:
        for layer, states in enumerate(theirs):
            difference = np.abs(file[f"layer/{layer}"][:] - states).max() / np.abs(states).max()
            worst = max(worst, difference)
    print(f"states     largest |difference| {worst:.1e} of a layer's largest")
    return 0 if worst <= LARGEST_DIFFERENCE else 1


def main():
    opt = options()
    if opt.worker:
        return work(opt, Path(opt.worker))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_data(opt, folder)
        protocol.tell_machine(opt)
        print(f"problem    {opt.seconds:g} s of noise, windows of {opt.window:g} s every {opt.stride:g} s, HuBERT {opt.shape}")
        # Our work, as the peer's, is what the sound takes beyond starting and reading the model.
        runs = protocol.in_turn(our_command(opt, folder), [sys.executable, *sys.argv, "--worker", name], opt,
                                our_start=our_command(opt, folder, "short.wav"))
        ours = re.search(r"(\d+) frames in (\d+) windows", runs["arcuate, process"][0]["output"])
        print(f"windows    arcuate {ours[2]} with {ours[1]} frames, transformers with {runs['peer, work'][0]['frames']}")
        protocol.tell_times(runs, "transformers")
        protocol.tell_work(runs, int(ours[1]), "frames")
        return compare(folder)


if __name__ == "__main__":
    sys.exit(main())
