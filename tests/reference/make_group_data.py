"""Inputs of the command tests of `stats` (tests/data/stats), and what scipy makes of them.

Tables: 7 subjects and their mean x 2 models x 3 regions x 2 hemispheres x 4 stories. Maps: 7 subjects x 42 vertices of an
icosphere, two models. Series: 240 volumes x 6 targets and predictions of two models.
"""

import itertools

import numpy as np
from scipy.stats import ttest_1samp, ttest_rel, wilcoxon

from common import HERE

OUT = HERE.parent / "data" / "stats"
SUBJECTS = [f"{i:02}" for i in range(1, 8)]


def write_table(name, columns, rows):
    text = ["\t".join(columns)]
    for row in rows:
        text.append("\t".join("n/a" if isinstance(x, float) and np.isnan(x) else f"{x:.10g}" if isinstance(x, float) else str(x) for x in row))
    (OUT / name).write_text("\n".join(text) + "\n")


def scores(rng):
    keys = list(itertools.product(["gpt2", "bert"], ["AC", "PTL", "IFG"], ["L", "R"], ["a", "b", "c", "d"]))
    gain = {"gpt2": 0.05, "bert": 0.02}
    values = {}
    for s in SUBJECTS:
        level = rng.normal(0.05, 0.03)
        for m, region, h, story in keys:
            values[s, m, region, h, story] = round(level + gain[m] + (h == "L") * 0.02 + rng.normal(0, 0.04), 5)
    for k in keys:
        values[("mean", *k)] = 0.9
    columns = ["subject", "model", "region", "hemisphere", "story", "r"]
    write_table("scores.tsv", columns, [[*k, v] for k, v in values.items()])
    for s in SUBJECTS[:2] + ["mean"]:
        write_table(f"scores_{s}.tsv", columns, [[*k, v] for k, v in values.items() if k[0] == s])
    return values


def expected_tables(values):
    def of(**want):
        names = ("model", "region", "hemisphere", "story")
        return np.array([np.mean([v for k, v in values.items() if k[0] == s and all(k[1 + names.index(n)] == w for n, w in want.items())]) for s in SUBJECTS])

    rows = []
    for model, region in itertools.product(["gpt2", "bert"], ["AC", "PTL", "IFG"]):
        x = of(model=model, region=region)
        found = ttest_1samp(x, 0.02, alternative="greater")
        rows.append([model, region, len(x), x.mean(), x.std(ddof=1), float(found.statistic), float(found.pvalue)])
    write_table("expected_t.tsv", ["model", "region", "n", "mean", "sd", "t", "p"], rows)
    rows = []
    for region in ["AC", "PTL", "IFG"]:
        left, right = of(region=region, hemisphere="L", model="gpt2"), of(region=region, hemisphere="R", model="gpt2")
        found = wilcoxon(left - right, method="exact")
        plus = wilcoxon(left - right, method="exact", alternative="greater").statistic
        rows.append([region, 7, (left - right).mean(), float(plus), float(found.pvalue)])
    write_table("expected_left_right.tsv", ["region", "n", "mean", "rank_sum", "p"], rows)


def icosphere():
    """42 vertices and 80 triangles: an icosahedron with its edges halved."""
    g = (1 + 5**0.5) / 2
    points = [np.array(p, float) for p in [(-1, g, 0), (1, g, 0), (-1, -g, 0), (1, -g, 0), (0, -1, g), (0, 1, g), (0, -1, -g),
                                           (0, 1, -g), (g, 0, -1), (g, 0, 1), (-g, 0, -1), (-g, 0, 1)]]
    faces = [(0, 11, 5), (0, 5, 1), (0, 1, 7), (0, 7, 10), (0, 10, 11), (1, 5, 9), (5, 11, 4), (11, 10, 2), (10, 7, 6), (7, 1, 8),
             (3, 9, 4), (3, 4, 2), (3, 2, 6), (3, 6, 8), (3, 8, 9), (4, 9, 5), (2, 4, 11), (6, 2, 10), (8, 6, 7), (9, 8, 1)]
    middles, result = {}, []

    def middle(a, b):
        key = (min(a, b), max(a, b))
        if key not in middles:
            middles[key] = len(points)
            points.append((points[a] + points[b]) / 2)
        return middles[key]

    for a, b, c in faces:
        ab, bc, ca = middle(a, b), middle(b, c), middle(c, a)
        result += [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    return np.array([p / np.linalg.norm(p) * 10 for p in points]), np.array(result)


def gifti(path, arrays):
    """ASCII GIfTI: (intent, name, array) each."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', f'<GIFTI Version="1.0" NumberOfDataArrays="{len(arrays)}">',
             "<MetaData><MD><Name>AnatomicalStructurePrimary</Name><Value>CortexLeft</Value></MD></MetaData>"]
    for intent, name, x in arrays:
        kind = "FLOAT32" if x.dtype.kind == "f" else "INT32"
        dims = " ".join(f'Dim{i}="{n}"' for i, n in enumerate(x.shape))
        numbers = " ".join(f"{v:.9g}" if x.dtype.kind == "f" else str(v) for v in x.ravel())
        parts.append(f'<DataArray Intent="NIFTI_INTENT_{intent}" DataType="NIFTI_TYPE_{kind}" ArrayIndexingOrder="RowMajorOrder" '
                     f'Dimensionality="{x.ndim}" {dims} Encoding="ASCII" Endian="LittleEndian" ExternalFileName="" ExternalFileOffset="">'
                     f"<MetaData><MD><Name>Name</Name><Value>{name}</Value></MD></MetaData><Data>{numbers}</Data></DataArray>")
    path.write_text("\n".join(parts + ["</GIFTI>"]) + "\n")


def maps(rng):
    points, faces = icosphere()
    gifti(OUT / "ico.surf.gii", [("POINTSET", "", points.astype("f4")), ("TRIANGLE", "", faces.astype("i4"))])
    np.save(OUT / "ico_faces.npy", faces.astype("i4"))
    signal = np.where(points @ np.array([1, 1, 0]) > 6, 0.45, 0.0)
    a = (signal + rng.normal(0, 0.4, (7, 42))).astype("f4")
    b = (0.3 * signal + rng.normal(0, 0.4, (7, 42))).astype("f4")
    a[:, 40] = np.nan
    a[3, 5] = np.nan
    for i, s in enumerate(SUBJECTS):
        np.save(OUT / f"sub-{s}_model-a.npy", a[i])
        np.save(OUT / f"sub-{s}_model-b.npy", b[i])
        gifti(OUT / f"sub-{s}_hemi-L.func.gii", [("NONE", "r", a[i]), ("NONE", "layer", b[i])])
    (OUT / "regions.txt").write_text("\n".join(["front" if x > 3 else "back" if x < -3 else "n/a" for x in points[:, 0]]) + "\n")
    x, y = a.astype(float), b.astype(float)
    one = ttest_1samp(x, 0, nan_policy="omit")
    two = ttest_rel(x, y, nan_policy="omit")
    region = np.array((OUT / "regions.txt").read_text().split())
    rows = []
    for name in dict.fromkeys(region[region != "n/a"]):
        means = np.nanmean(x[:, region == name], axis=1)
        found = ttest_1samp(means, 0)
        rows.append([name, 7, means.mean(), float(found.statistic), float(found.pvalue)])
    write_table("expected_regions.tsv", ["region", "n", "mean", "t", "p"], rows)
    write_table("expected_vertices.tsv", ["vertex", "t", "p", "paired_t", "paired_p"],
                [[v, float(one.statistic[v]), float(one.pvalue[v]), float(two.statistic[v]), float(two.pvalue[v])] for v in range(42)])


def series(rng):
    rows, targets = 240, 6
    signal, a, b = (rng.normal(0, 1, (rows, targets)) for _ in range(3))
    better = np.array([0.9, 0.9, 0.9, 0, 0, 0])
    np.save(OUT / "responses.npy", (signal + better * a + rng.normal(0, 1, (rows, targets))).astype("f4"))
    np.save(OUT / "prediction_a.npy", (signal + a).astype("f4"))
    np.save(OUT / "prediction_b.npy", (signal + b).astype("f4"))
    (OUT / "target_regions.txt").write_text("\n".join(["gain"] * 3 + ["none"] * 2 + ["n/a"]) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(23)
    expected_tables(scores(rng))
    maps(rng)
    series(rng)


if __name__ == "__main__":
    main()
