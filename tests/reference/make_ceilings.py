"""Ceilings from repeats: explainable variance by residuals, CC_max from it, split halves by numpy's correlations."""

from itertools import combinations

import numpy as np
from scipy.stats import zscore

from common import out_folder, save_tensors


def explainable_variance(repeats):
    """R2 of each repeat predicted by the mean of all, adjusted for their number."""
    repeats = zscore(repeats, axis=1)
    ev = 1 - (repeats - repeats.mean(0)).var(axis=1).mean(0)
    return ev - (1 - ev) / (len(repeats) - 1)


def split_half(repeats):
    """Every way to halve the repeats, each once; one is left out where their number is odd."""
    count, half = len(repeats), len(repeats) // 2
    seen = set()
    for first in combinations(range(count), half):
        for second in combinations([n for n in range(count) if n not in first], half):
            seen.add(frozenset((first, second)))
    r = np.zeros(repeats.shape[2])
    for pair in seen:
        first, second = (repeats[list(members)].mean(0) for members in pair)
        r += [np.corrcoef(first[:, v], second[:, v])[0, 1] for v in range(repeats.shape[2])]
    r /= len(seen)
    factor = count / half
    return factor * r / (1 + (factor - 1) * r), len(seen)


def main():
    rng = np.random.default_rng(61)
    out = {}
    for count in (2, 4, 5):
        signal = rng.normal(size=(90, 5)) * np.array([1.0, 0.7, 0.4, 0.1, 0.0])
        repeats = (signal + rng.normal(size=(count, 90, 5))) * rng.uniform(0.5, 3, (count, 1, 5)) + rng.normal(size=5)
        ev, (reliability, splits) = explainable_variance(repeats), split_half(repeats)
        z = zscore(repeats, axis=1)
        print(f"  {count} repeats, {splits} splits: EV {np.round(ev, 3)}, reliability {np.round(reliability, 3)}")
        out |= {
            f"{count}.repeats": repeats,
            f"{count}.explainable": ev,
            f"{count}.ceiling_of_z": np.sqrt(np.maximum(ev, 0) / z.mean(0).var(axis=0)),
            f"{count}.reliability": reliability,
            f"{count}.splits": np.array([splits], dtype=np.int32),
        }
    save_tensors(out_folder("ceilings") / "ceilings.safetensors", out)


if __name__ == "__main__":
    main()
