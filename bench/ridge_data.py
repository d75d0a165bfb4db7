"""The cases of ridge.py and their arrays, made once from a seed and kept in a folder.

Features have a power-law spectrum and a little autocorrelation, responses are delayed mixtures of them under AR(1) noise, of every
strength from none to a held-out r of about 0.6. Runs are z-scored one by one; delays bring zeros where a run begins.
"""
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

RUN = 250  # rows; every case has whole runs
CHUNK = 2048  # targets made at a time, from a seed of their own
FEATURE_MEMORY, NOISE_MEMORY = 0.3, 0.45  # AR(1) coefficients
STRONGEST = 0.65  # share of the signal's deviation in the clearest targets


@dataclass(frozen=True)
class Case:
    """Training rows + test rows, features before delays, delays 1 ... D, targets of one subject."""

    rows: int
    test_rows: int
    width: int
    delays: int
    targets: int
    kind: str = "kernel"  # the peer's form: kernel (dual), ridge (primal), banded, loo
    penalties: str = "log:1:7:10"
    folds: int = 5  # contiguous ones that choose the penalty
    subjects: int = 1  # their targets stand side by side, over one design
    bands: int = 1
    peers: tuple = ("numpy", "torch", "numpy-2048", "torch-2048")

    def columns(self):
        return self.targets * self.subjects

    def grid(self):
        _, low, high, count = self.penalties.split(":")
        return np.logspace(float(low), float(high), int(count))


A = Case(rows=2000, test_rows=500, width=768, delays=5, targets=20484)
CASES = {
    "A-10": A,
    "A-20": replace(A, penalties="log:1:7:20"),
    "A-8": replace(A, subjects=8, peers=("numpy-2048", "torch-2048")),
    "B": Case(rows=6000, test_rows=1000, width=768, delays=4, targets=20000, kind="ridge"),
    "C": Case(rows=3000, test_rows=500, width=4096, delays=4, targets=20000),
    "long": Case(rows=26000, test_rows=1000, width=768, delays=4, targets=5000, kind="ridge"),
    "banded": replace(A, kind="banded", bands=3, peers=("numpy-2048", "torch-2048")),
    "sklearn": replace(A, kind="loo", peers=("sklearn",)),
}
SAMPLES, TRIED = 100, 5  # of the banded case: Dirichlet samples of a whole search, and those that are timed


def scaled(case, factor):
    """Fewer rows and targets; whole runs in every fold stay whole for the factors 1, 0.5, 0.2 and 0.1."""
    size = lambda number: max(1, round(number * factor))
    return replace(case, rows=size(case.rows), test_rows=size(case.test_rows), targets=size(case.targets))


def run_labels(case, factor):
    rows = case.rows + case.test_rows
    length = max(10, round(RUN * factor))
    starts = np.concatenate([np.arange(0, case.rows, length), np.arange(case.rows, rows, length)])
    return np.searchsorted(starts, np.arange(rows), side="right") - 1


def autocorrelated(values, memory):
    for row in range(1, len(values)):
        values[row] = memory * values[row - 1] + np.sqrt(1 - memory**2) * values[row]
    return values


def z_scored(values, runs):
    for run in np.unique(runs):
        part = values[runs == run]
        values[runs == run] = (part - part.mean(0)) / part.std(0)
    return values


def delayed(values, runs, delays):
    """Copies 1 ... D rows later, zeros where a run begins; all features of the first delay stand first."""
    result = np.zeros((len(values), delays * values.shape[1]), values.dtype)
    for d in range(1, delays + 1):
        inside = runs[d:] == runs[:-d]
        result[d:, (d - 1) * values.shape[1] : d * values.shape[1]][inside] = values[:-d][inside]
    return result


def make_features(case, runs, seed):
    rng = np.random.default_rng([seed, case.rows, case.width])
    latent = rng.standard_normal((len(runs), case.width), np.float32)
    latent = autocorrelated(latent, FEATURE_MEMORY) * np.arange(1, case.width + 1, dtype=np.float32) ** -0.5
    mixing = rng.standard_normal((case.width, case.width), np.float32) / np.sqrt(case.width, dtype=np.float32)
    return z_scored(latent @ mixing, runs)


def make_responses(case, features, runs, seeds, count):
    """count targets: c * signal + sqrt(1 - c^2) * noise, c skewed towards nothing."""
    rng = np.random.default_rng(seeds)
    source = features @ rng.standard_normal((case.width, count), np.float32)
    peak = rng.uniform(2, 4, count)
    signal = np.zeros_like(source)
    for d in range(1, case.delays + 1):
        inside = runs[d:] == runs[:-d]
        signal[d:][inside] += source[:-d][inside] * np.exp(-((d - peak) ** 2) / 2).astype(np.float32)
    strength = (STRONGEST * rng.uniform(0, 1, count) ** 3).astype(np.float32)
    noise = autocorrelated(rng.standard_normal(source.shape, np.float32), NOISE_MEMORY)
    return z_scored(strength * signal / signal.std(0) + np.sqrt(1 - strength**2) * noise, runs)


def make(case, factor, seed, folder):
    """Writes x0.npy (one file a band), y.npy, their _test twins, runs.npy and gammas.npy."""
    runs = run_labels(case, factor)
    features = make_features(case, runs, seed)
    np.save(folder / "runs.npy", runs)
    for band, part in enumerate(np.array_split(features, case.bands, axis=1)):
        np.save(folder / f"x{band}.npy", part[: case.rows])
        np.save(folder / f"x{band}_test.npy", part[case.rows :])
    arrays = [np.lib.format.open_memmap(folder / name, "w+", np.float32, (rows, case.columns()))
              for name, rows in (("y.npy", case.rows), ("y_test.npy", case.test_rows))]
    for subject in range(case.subjects):
        for begin in range(0, case.targets, CHUNK):
            count = min(CHUNK, case.targets - begin)
            values = make_responses(case, features, runs, [seed, subject, begin], count)
            columns = slice(subject * case.targets + begin, subject * case.targets + begin + count)
            arrays[0][:, columns], arrays[1][:, columns] = values[: case.rows], values[case.rows :]
    gammas = np.random.default_rng(seed).dirichlet(np.ones(case.bands), SAMPLES)[:TRIED]
    np.save(folder / "gammas.npy", gammas)


def folder_name(case, factor, seed):
    return (f"{case.rows}+{case.test_rows}x{case.width}x{case.delays}-{case.subjects}x{case.targets}"
            f"-bands{case.bands}-seed{seed}-scale{factor:g}")


def ensure(case, factor, seed, folder):
    """The arrays' folder appears whole, or not at all."""
    if folder.exists():
        return
    draft = Path(f"{folder}.{os.getpid()}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    make(case, factor, seed, draft)
    draft.rename(folder)


def feature_files(case, folder, suffix=""):
    return [folder / f"x{band}{suffix}.npy" for band in range(case.bands)]


def array_bytes(case, folder):
    files = [*feature_files(case, folder), *feature_files(case, folder, "_test"), folder / "y.npy", folder / "y_test.npy"]
    return sum(file.stat().st_size for file in files)
