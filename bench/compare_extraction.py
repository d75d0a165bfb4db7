"""`arcuate extract` against Hugging Face transformers: the same words, windows and precision (float32), all layers.

The peer gets the same savings: words with the same left edge share a pass, and windows of equal length run as a batch.
Needs numpy, h5py, torch and transformers. Ends with code 1 when the states differ, never because of a time.
"""
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

import protocol

LARGEST_DIFFERENCE = 1e-4  # of a layer's states, relative to the layer's largest


def options():
    parser = protocol.arguments(__doc__)
    parser.add_argument("--model", default=str(protocol.ROOT / "models/tales-1m"), help="a folder of a GPT-2 model")
    parser.add_argument("--shape", help="LAYERSxWIDTH, such as 12x768 of GPT-2 small: random weights instead, with the tokenizer of --model")
    parser.add_argument("--loop", type=int, default=0, metavar="N",
                        help="also time the loop of one pass a word, as many codes have it, on N words evenly spaced, and scale up")
    parser.add_argument("--words", type=int, default=2000, help="words of the synthetic text")
    parser.add_argument("--context", default="41", help="N or grow:N:M; every window must fit the model's positions")
    parser.add_argument("--tokens-per-batch", type=int, default=4096, help="of the peer; the program has the same")
    return parser.parse_args()


def make_model(opt, folder):
    """A GPT-2 of another shape, in a process of its own, so that this one stays small."""
    layers, width = map(int, opt.shape.split("x"))
    code = f"""
import json, shutil, torch
from transformers import GPT2Config, GPT2Model
torch.manual_seed({opt.seed})
config = json.load(open("{opt.model}/config.json"))
GPT2Model(GPT2Config(vocab_size=config["vocab_size"], n_layer={layers}, n_embd={width}, n_head={width // 64},
                     n_positions=1024)).save_pretrained("{folder}/model")
shutil.copy("{opt.model}/tokenizer.json", "{folder}/model")
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    opt.model = f"{folder}/model"


def make_words(opt, folder):
    """Words of the vocabulary at random, each fifth one a compound of two; one every 0.3 s. None is so short that the
    program takes it for a label of silence ("br", "sil")."""
    vocabulary = json.loads((Path(opt.model) / "tokenizer.json").read_text())["model"]["vocab"]
    known = sorted(token[1:] for token in vocabulary if re.fullmatch("Ġ[a-z]{4,}", token))
    draw = np.random.default_rng(opt.seed).integers(len(known), size=(opt.words, 2))
    lines = (f"{0.3 * i:.1f}\t{0.3 * i + 0.2:.1f}\t{known[a] + (known[b] if i % 5 == 4 else '')}" for i, (a, b) in enumerate(draw))
    head, lines = "onset\toffset\tword\n", list(lines)
    (folder / "words.tsv").write_text(head + "\n".join(lines) + "\n")
    (folder / "one.tsv").write_text(head + lines[0] + "\n")


def windows(count, context):
    """[first, wanted, end) in words, as docs of --context define them."""
    rule = [int(n) for n in context.removeprefix("grow:").split(":")]
    result = []
    for word in range(count):
        if len(rule) == 1:
            first = max(0, word + 1 - rule[0])
        elif not result:
            first = 0
        else:
            first = result[-1][0]
            if word + 1 - first > rule[0]:
                first = max(first + 1, word + 1 - rule[1])
        if result and result[-1][0] == first:
            result[-1][2] = word + 1
        else:
            result.append([first, word, word + 1])
    return result


def batches(tokens, context, tokens_per_batch):
    """Lists of windows that have equally many tokens."""
    by_length = defaultdict(list)
    for window in windows(len(tokens), context):
        by_length[sum(len(ids) for ids in tokens[window[0] : window[2]])].append(window)
    for length, members in sorted(by_length.items()):
        size = max(1, tokens_per_batch // length)
        yield from (members[i : i + size] for i in range(0, len(members), size))


def work(opt, folder):
    """The peer's process. Imports and the reading of the model are not part of its time."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(opt.threads)
    tokenizer = AutoTokenizer.from_pretrained(opt.model)
    model = AutoModel.from_pretrained(opt.model, dtype=torch.float32).eval()
    words = [line.split("\t")[2] for line in (folder / "words.tsv").read_text().splitlines()[1:]]
    product = protocol.product_rate(torch)
    watch = protocol.Stopwatch()
    tokens = tokenizer([" " + word for word in words], add_special_tokens=False)["input_ids"]
    states = torch.zeros(model.config.n_layer + 1, len(words), model.config.n_embd)
    passes = total = work = 0
    layers, width = model.config.n_layer, model.config.n_embd
    with torch.inference_mode():
        for batch in batches(tokens, opt.context, opt.tokens_per_batch):
            ids = [[token for word in tokens[first:end] for token in word] for first, _, end in batch]
            hidden = model(torch.tensor(ids), output_hidden_states=True, use_cache=False).hidden_states
            rows, places, targets = [], [], []
            for row, (first, wanted, end) in enumerate(batch):
                last = np.cumsum([len(word) for word in tokens[first:end]])[wanted - first :] - 1
                rows += [row] * len(last)
                places += last.tolist()
                targets += range(wanted, end)
            for layer, values in enumerate(hidden):
                states[layer, targets] = values[rows, places]
            passes, total = passes + len(batch), total + sum(map(len, ids))
            work += sum(layers * (24 * width**2 * len(row) + 4 * width * len(row) ** 2) for row in ids)
        times = watch.read()
        loop = word_loop(opt, model, tokens, torch) if opt.loop else None
    np.save(folder / "peer.npy", states.numpy())
    print(json.dumps({**times, "windows": passes, "tokens": total, "layers": len(states), "work": work, "product": product, "loop": loop}))


def word_loop(opt, model, tokens, torch):
    """Seconds of one pass a word, each with its whole window."""
    firsts = [first for first, wanted, end in windows(len(tokens), opt.context) for _ in range(wanted, end)]
    chosen = np.linspace(0, len(tokens) - 1, opt.loop).astype(int)
    watch = protocol.Stopwatch()
    for word in chosen:
        ids = [token for ids in tokens[firsts[word] : word + 1] for token in ids]
        model(torch.tensor([ids]), output_hidden_states=True, use_cache=False)
    return watch.read()["wall"] * len(tokens) / opt.loop


def our_command(opt, folder, words="words.tsv"):
    layers = json.loads((Path(opt.model) / "config.json").read_text())["n_layer"]
    # The last of the peer's hidden states has gone through the final norm.
    names = [*map(str, range(layers)), "final"]
    return [opt.program, "extract", "--model", opt.model, "--words", f"{folder}/{words}", "--context", opt.context,
            "--layers", ",".join(names), "--threads", str(opt.threads), "--output", f"{folder}/states.h5", "--force"]


def compare(opt, folder):
    import h5py

    theirs, worst = np.load(folder / "peer.npy"), 0.0
    with h5py.File(folder / "states.h5") as file:
        for layer, states in enumerate(theirs):
            name = str(layer) if layer + 1 < len(theirs) else "final"
            difference = np.abs(file[f"layer/{name}"][:] - states).max()
            worst = max(worst, difference / np.abs(states).max())
            print(f"layer {name:>5}  largest |difference| {difference:.2e}, largest |state| {np.abs(states).max():.1f}")
    return 0 if worst <= LARGEST_DIFFERENCE else 1


def main():
    opt = options()
    if opt.worker:
        return work(opt, Path(opt.worker))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if opt.shape:
            make_model(opt, folder)
        make_words(opt, folder)
        protocol.tell_machine(opt)
        print(f"problem    {opt.words} words, context {opt.context}, {opt.model}")
        worker = [sys.executable, *sys.argv, "--worker", name, *(["--model", opt.model] if opt.shape else [])]
        # Our work, as the peer's, is what the story takes beyond starting and reading the model.
        runs = protocol.in_turn(our_command(opt, folder), worker, opt, our_start=our_command(opt, folder, "one.tsv"))
        ours = re.search(r"(\d+) tokens in (\d+) windows", runs["arcuate, process"][0]["output"])
        theirs = runs["peer, work"][0]
        print(f"windows    arcuate {ours[2]} with {ours[1]} tokens, transformers {theirs['windows']} with {theirs['tokens']}")
        protocol.tell_times(runs, "transformers")
        protocol.tell_work(runs, int(ours[1]), "tokens")
        if theirs["loop"]:
            own = min(run["wall"] for run in runs["arcuate, process"])
            print(f"loop       one pass a word: {theirs['loop']:.0f} s, from {opt.loop} words; {theirs['loop'] / own:.1f} times arcuate's process")
        return compare(opt, folder)


if __name__ == "__main__":
    sys.exit(main())
