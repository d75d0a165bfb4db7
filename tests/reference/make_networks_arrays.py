"""Writes the arrays of the command tests of `networks` to tests/data/networks/.

Two runs of 70 and 50 volumes, 2 s each. Six time courses drive ten neurons each, one group a layer; the haemodynamic
response to the first three also drives blocks of eight vertices (visual, auditory, language) in two subjects; the other
vertices are noise. Neuron 60 is constant, and so is vertex 39 in the second subject. `words.npy` holds seven neurons by
words, three to five a volume."""

import math

import numpy as np

from common import HERE
from splitmix import normals

RUNS, VERTICES, NETWORKS = ((0, 70), (70, 120)), 40, ("visual", "auditory", "language")


def response():
    """SPM's, as nilearn samples it every 2 s."""
    t = np.linspace(0, 32, 16) - 2
    density = [np.where(t > 0, np.abs(t) ** (a - 1) * np.exp(-t) / math.gamma(a), 0) for a in (6, 16)]
    h = density[0] - 0.167 * density[1]
    return h / h.sum()


def convolved(x):
    h = response()
    return np.concatenate([np.stack([np.convolve(c, h)[: b - a] for c in x[a:b].T], 1) for a, b in RUNS])


def unit(x):
    return x / x.std(0)


def main():
    folder = HERE.parent / "data" / "networks"
    folder.mkdir(exist_ok=True)
    rows = RUNS[-1][1]
    courses = normals(rows, 6, 1)
    neurons = np.repeat(courses, 10, 1) + 0.4 * normals(rows, 60, 2)
    neurons = np.concatenate([neurons, np.full((rows, 1), 0.25)], 1)
    np.save(folder / "neurons.npy", neurons.astype(np.float32))
    signal = np.zeros((rows, VERTICES))
    signal[:, :24] = np.repeat(unit(convolved(courses[:, :3])), 8, 1)
    noise = [unit(convolved(normals(rows, VERTICES, seed))) for seed in (3, 4)]
    subjects = np.stack([100 + signal + 0.7 * n for n in noise])
    subjects[1, :, 39] = 7
    np.save(folder / "responses.npy", subjects.astype(np.float32))
    templates = np.zeros((3, VERTICES))
    for i in range(3):
        templates[i, 8 * i : 8 * i + 8] = 4
        templates[i, 30 + i] = 1
    np.save(folder / "templates.npy", templates.astype(np.float32))
    lines = ["\t".join(("vertex",) + NETWORKS)]
    lines += ["\t".join([str(v)] + [f"{templates[i, v]:g}" for i in range(3)]) for v in range(VERTICES)]
    (folder / "templates.tsv").write_text("\n".join(lines) + "\n")
    layers = [str(n // 10 + 1) for n in range(60)] + ["6"]
    (folder / "layers.tsv").write_text("layer\n" + "\n".join(layers) + "\n")
    words = np.repeat(neurons[:, ::10], 4, 0) + 0.1 * normals(4 * rows, 7, 5)
    np.save(folder / "words.npy", words.astype(np.float32))
    onsets = 0.5 * np.arange(4 * rows) + 0.4 * np.sin(np.arange(4 * rows)) + 0.4
    lines = [f"{onset:.3f}\t{onset + 0.1:.3f}\tw{i}" for i, onset in enumerate(onsets)]
    (folder / "words.tsv").write_text("onset\toffset\tword\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
