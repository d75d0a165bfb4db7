"""Maps of atoms, their extents, matches with networks, and metrics of organisation, written out loop by loop; Lasso maps
by scikit-learn. The data come from seeds (splitmix.py), so that only results are stored."""

import math

import numpy as np
from sklearn.linear_model import Lasso

from common import out_folder, save_json, save_tensors
from splitmix import normals

ROWS, ATOMS, VERTICES, NEURONS, NETWORKS = 80, 6, 50, 40, 4
PENALTY = 0.05


def unit(x):
    x = x - x.mean(0)
    return x / np.linalg.norm(x, axis=0)


def world():
    atoms = normals(ROWS, ATOMS, 1)
    weights = normals(ATOMS, VERTICES, 3) * (normals(ATOMS, VERTICES, 4) > 0.5)
    subjects = [unit(normals(ROWS, VERTICES, seed) + atoms @ weights) for seed in (2, 12)]
    networks = (weights[[0, 1, 2, 0]] + 0.5 * normals(NETWORKS, VERTICES, 5) > 0.7).astype(float)
    codes = normals(ATOMS, NEURONS, 6) * (normals(ATOMS, NEURONS, 7) > 0.8)
    return atoms, subjects, networks, codes, unit(normals(ROWS, NEURONS, 8))


def lasso(d, y):
    model = Lasso(alpha=PENALTY / ROWS, fit_intercept=False, tol=1e-14, max_iter=1_000_000)
    return np.stack([model.fit(d, column).coef_ for column in y.T], 1)


def ridge(d, y, penalty):
    return np.linalg.inv(d.T @ d + penalty * np.eye(ATOMS)) @ d.T @ y


def extent(row, flip=True, drop=True, threshold=0.3, scale=True, binary=True):
    row = list(row)
    if flip and sum(v < 0 for v in row) > sum(v > 0 for v in row):
        row = [-v for v in row]
    if drop:
        row = [max(v, 0) for v in row]
    largest = max(abs(v) for v in row)
    row = [v if abs(v) >= threshold * largest else 0 for v in row]
    if binary:
        return [float(v != 0) for v in row]
    return list(np.array(row) / np.std(row)) if scale and np.std(row) > 0 else row


def iou(a, b):
    union = sum(max(abs(x), abs(y)) for x, y in zip(a, b))
    return sum(min(abs(x), abs(y)) for x, y in zip(a, b)) / union if union else 0.0


def table(f, rows, columns):
    return np.array([[f(a, b) for b in columns] for a in rows])


def mean_pairs(values, f):
    pairs = [f(values[i], values[j]) for i in range(len(values)) for j in range(i + 1, len(values))]
    return float(np.mean(pairs)) if pairs else math.nan


def metrics(atoms, signals, codes, layers, extents, subject_extents, matched):
    """Every number of organisation_metrics(), from its sentence in docs/methods.md."""
    owner = [int(np.argmax(np.abs(c))) if np.any(c) else None for c in codes.T]
    groups = [[n for n, o in enumerate(owner) if o == k] for k in range(ATOMS)]
    patterns = [tuple(row) for row in matched]
    shares = [patterns.count(p) / ATOMS for p in sorted(set(patterns))]
    singular = np.linalg.svd(atoms, compute_uv=False) / np.linalg.svd(atoms, compute_uv=False).sum()
    within = [mean_pairs([extents[k] for k in range(ATOMS) if matched[k][f]], iou) for f in range(NETWORKS)]
    r = np.array([[np.corrcoef(a, s)[0, 1] for s in signals.T] for a in atoms.T])
    dice = [2 * sum(x and y for x, y in zip(a, b)) / (sum(a) + sum(b)) for a, b in zip(*subject_extents) if any(a) or any(b)]
    hit = [k for k in range(ATOMS) if any(matched[k])]
    spread = [float(np.std([layers[n] for n in groups[k]])) for k in hit if groups[k]]
    sizes = sorted(len(g) for g in groups)
    gini = sum(abs(a - b) for a in sizes for b in sizes) / (2 * ATOMS * sum(sizes))
    apart = mean_pairs(list(atoms.T), lambda a, b: 1 - abs(np.corrcoef(a, b)[0, 1]))
    own = float(np.mean([abs(r[k][n]) for k in range(ATOMS) for n in groups[k]]))
    return groups, {
        "matched_maps": len(hit),
        "matched_networks": sum(any(matched[k][f] for k in range(ATOMS)) for f in range(NETWORKS)),
        "distinct_patterns": len(shares),
        "pattern_entropy": -sum(p * math.log2(p) for p in shares),
        "atom_dissimilarity": apart,
        "effective_rank": math.exp(-sum(p * math.log(p) for p in singular)),
        "agreement_within_networks": float(np.nanmean(within)),
        "agreement_with_atoms": own,
        "agreement_between_subjects": float(np.mean(dice)),
        "covered_neurons": sum(len(groups[k]) for k in hit) / NEURONS,
        "layer_spread": float(np.mean(spread)),
        "group_gini": gini,
        "balance": 2 * apart * own / (apart + own),
    }


def main():
    folder = out_folder("networks")
    atoms, subjects, networks, codes, signals = world()
    each = [lasso(atoms, y) for y in subjects]
    maps = np.mean(each, 0)
    forms = {
        "usual": {}, "unflipped": {"flip": False}, "signed": {"drop": False}, "threshold": {"threshold": 0.6},
        "weighted": {"binary": False}, "unscaled": {"binary": False, "scale": False},
    }
    tensors = {"lasso": each[0], "ridge": ridge(atoms, subjects[0], 20.0), "ols": ridge(atoms, subjects[0], 0.0)}
    for name, options in forms.items():
        tensors["extent." + name] = np.array([extent(row, **options) for row in maps])
    binary, weighted = tensors["extent.usual"], tensors["extent.weighted"]
    tensors["iou"] = table(iou, binary, networks)
    tensors["iou.weighted"] = table(iou, weighted, networks)
    tensors["covered"] = table(lambda a, b: sum(x and y for x, y in zip(a, b)) / sum(b), binary, networks)
    tensors["correlation"] = table(lambda a, b: np.corrcoef(a, b)[0, 1], binary, networks)
    matched = tensors["iou"] > 0.2
    layers = [n % 5 + 1 for n in range(NEURONS)]
    groups, numbers = metrics(
        atoms, signals, codes, layers, binary, [[extent(row) for row in m] for m in each], matched)
    save_tensors(folder / "networks.safetensors", tensors)
    save_json(folder / "networks.json", {"groups": groups, "metrics": numbers})
    print({k: round(v, 4) for k, v in numbers.items()}, "\n", np.round(tensors["iou"], 2))


if __name__ == "__main__":
    main()
