"""Barcodes by Ripser, distances of diagrams by an assignment of scipy and by GUDHI, features by their definitions.

Needs the Debian packages ripser, python3-scipy and python3-gudhi; run it with /usr/bin/python3.
"""

import json
import math
import os
import subprocess
import tempfile
from pathlib import Path

import gudhi
import gudhi.hera
import numpy as np
from scipy.optimize import linear_sum_assignment

OUT = Path(__file__).resolve().parent / "topology"
INF = math.inf


def lower(matrix):
    """The triangle below the diagonal, rounded so that six printed digits are exact."""
    rows, columns = np.tril_indices(len(matrix), -1)
    return [float(f"{d:.5g}") for d in matrix[rows, columns]]


def read_barcode(text):
    diagrams = []
    for line in text.splitlines():
        if line.startswith("persistence intervals"):
            diagrams.append([])
        elif line.startswith(" ["):
            birth, death = line.strip()[1:-1].split(",")
            diagrams[-1].append([float(birth), float(death) if death.strip() else None])
    return [sorted(d, key=lambda bar: (bar[0], INF if bar[1] is None else bar[1])) for d in diagrams]


def ripser(distances, dimension, modulus, threshold):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(",".join(f"{d:.9g}" for d in distances))
        file.flush()
        command = ["ripser-coeff", "--modulus", str(modulus)] if modulus > 2 else ["ripser"]
        command += ["--format", "lower-distance", "--dim", str(dimension)]
        command += ["--threshold", str(threshold)] if threshold is not None else []
        text = subprocess.run([*command, file.name], capture_output=True, text=True, check=True).stdout
    diagrams = read_barcode(text)
    assert len(diagrams) == dimension + 1
    return diagrams


def euclidean(points):
    return np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))


def klein_bottle(side):
    """Points of a grid on the unit square with (x, 0) ~ (x, 1) and (0, y) ~ (1, 1 - y)."""
    x, y = [v.ravel() / side for v in np.meshgrid(np.arange(side), np.arange(side))]
    best = np.full((side * side,) * 2, INF)
    for turn in (-1, 0, 1):
        image_x, image_y = x + turn, (1 - y if turn else y)
        for lift in (-1, 0, 1):
            step = np.hypot(x[:, None] - image_x[None], y[:, None] - image_y[None] - lift)
            best = np.minimum(best, step)
    return np.minimum(best, best.T)


def rips_cases(rng):
    angle = rng.uniform(0, 2 * np.pi, 40)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, 0.1, (40, 2))
    sphere = rng.normal(size=(50, 3))
    sphere /= np.linalg.norm(sphere, axis=1, keepdims=True)
    ties = rng.integers(1, 12, (18, 18)).astype(float)
    matrices = {
        "circle": (euclidean(circle), 2, (2, 3), (None, 0.7)),
        "sphere": (euclidean(sphere), 2, (2, 7), (None, 1.1)),
        "ties": (np.tril(ties) + np.tril(ties).T, 3, (2, 3, 5), (None, 6.0)),
        "noise": (euclidean(rng.normal(size=(30, 20))), 3, (2,), (None,)),
        "klein": (klein_bottle(7), 1, (2, 3), (None,)),
        "two_points": (np.array([[0, 2.5], [2.5, 0]]), 0, (2,), (None,)),
    }
    cases = []
    for name, (matrix, dimension, moduli, thresholds) in matrices.items():
        distances = lower(matrix)
        for modulus in moduli:
            for threshold in thresholds:
                bars = ripser(distances, dimension, modulus, threshold)
                cases.append({"name": name, "modulus": modulus, "threshold": threshold, "distances": distances, "diagrams": bars})
    by_prime = {c["modulus"]: c for c in cases if c["name"] == "klein"}
    assert by_prime[2]["diagrams"][1] != by_prime[3]["diagrams"][1], "the Klein bottle must tell the fields apart"
    return cases


def ground(x, y, p):
    steps = np.abs(np.subtract(x, y))
    return steps.max() if p == INF else (steps**p).sum() ** (1 / p)


def wasserstein(a, b, q, p):
    """The (n + m) x (n + m) assignment with a diagonal point for each bar."""
    n, m = len(a), len(b)
    if n + m == 0:
        return 0.0
    alone = lambda bar: (bar[1] - bar[0]) * 2 ** (1 / p - 1)
    cost = np.zeros((n + m, n + m))
    for i in range(n):
        cost[i, :m] = [ground(a[i], y, p) ** q for y in b]
        cost[i, m:] = alone(a[i]) ** q
    for j in range(m):
        cost[n:, j] = alone(b[j]) ** q
    rows, columns = linear_sum_assignment(cost)
    return math.fsum(cost[rows, columns]) ** (1 / q)


def random_diagram(rng, count, kind):
    birth = np.zeros(count) if kind == "line" else rng.uniform(0, 10, count)
    life = rng.exponential(2, count)
    if kind == "grid":  # Repeated bars and equal distances.
        birth, life = np.floor(birth / 2), np.floor(life) + 1
    return np.stack([birth, birth + life], 1)


def distance_cases(rng):
    cases = []
    for kind in ("plane", "grid", "line"):
        for n, m in ((0, 3), (1, 1), (3, 7), (12, 12), (25, 9), (40, 45)):
            a, b = random_diagram(rng, n, kind), random_diagram(rng, m, kind)
            values = {f"{q} {p}": wasserstein(a, b, q, p) for q in (1, 1.5, 2, 3) for p in (1, 2, 3.5, INF)}
            check = gudhi.hera.wasserstein_distance(a, b, order=2, internal_p=INF, delta=1e-6)
            assert abs(values["2 inf"] - check) <= 2e-6 * max(check, 1)
            cases.append({"kind": kind, "a": a.tolist(), "b": b.tolist(), "wasserstein": values,
                          "bottleneck": gudhi.bottleneck_distance(a, b, 0)})
    return cases


def features(bars, base):
    life = np.array([d - b for b, d in bars])
    share = life / life.sum()
    entropy = -(share * np.log(share)).sum() / math.log(base)
    times = np.linspace(min(b for b, _ in bars), max(d for _, d in bars), 200001)
    step = times[1] - times[0]
    betti = sum(((b <= times) & (times < d)).astype(float) for b, d in bars)
    tents = np.stack([np.maximum(0, np.minimum(times - b, d - times)) for b, d in bars])
    return {
        "total": life.sum(), "mean": life.mean(), "longest": life.max(), "deviation": life.std(),
        "entropy": entropy, "entropy_of_count": entropy / (math.log(len(life)) / math.log(base)),
        "entropy_of_total": entropy / (math.log(life.sum()) / math.log(base)),
        "amplitude_1": (life / 2).sum(), "amplitude_2": math.sqrt(((life / 2) ** 2).sum()), "amplitude_inf": life.max() / 2,
        "betti_l2": math.sqrt((betti**2).sum() * step), "landscape_l2": math.sqrt((tents**2).sum() * step),
    }


def feature_cases(rng):
    cases = []
    for count, base in ((2, 2), (9, 2), (30, math.e), (30, 10)):
        bars = random_diagram(rng, count, "plane").tolist()
        cases.append({"bars": bars, "base": base, "features": {k: float(v) for k, v in features(bars, base).items()}})
    return cases


def save(name, cases):
    path = OUT / name
    path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
    os.chmod(path, 0o644)


def main():
    rng = np.random.default_rng(20)
    OUT.mkdir(exist_ok=True)
    save("rips.json", rips_cases(rng))
    save("distances.json", distance_cases(rng))
    save("features.json", feature_cases(rng))


if __name__ == "__main__":
    main()
