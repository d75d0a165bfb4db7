"""Group statistics: scipy's t and signed-rank tests, statsmodels' FDR, and sign flips and TFCE by brute force.

Brute force means: every pattern of signs by itself; TFCE by finding the clusters of each interval between neighbouring
heights anew, which is checked against the sum over small steps of the threshold that other programs take.
"""

import itertools

import numpy as np
from scipy.stats import ttest_1samp, ttest_rel, wilcoxon
from statsmodels.stats.multitest import multipletests

from common import out_folder, save_json

ALTERNATIVES = ("two-sided", "greater", "less")


def numbers(x):
    """NaN as null."""
    return [None if np.isnan(v) else float(v) for v in np.ravel(x)]


def t_of(x):
    return x.mean(0) / (x.std(0, ddof=1) / np.sqrt(len(x)))


def far(t, alternative):
    return {"two-sided": np.abs(t), "greater": t, "less": -t}[alternative]


def clusters(alive, edges):
    """The cluster of every vertex that is alive, by breadth-first search."""
    label, count = np.full(len(alive), -1), 0
    for start in np.flatnonzero(alive):
        if label[start] >= 0:
            continue
        queue, label[start] = [start], count
        while queue:
            v = queue.pop()
            for a, b in edges:
                for u, w in ((a, b), (b, a)):
                    if u == v and alive[w] and label[w] < 0:
                        label[w] = count
                        queue.append(w)
        count += 1
    return label


def extents(height, values, sizes, edges):
    label = clusters(values >= height, edges)
    return np.array([sizes[label == own].sum() if own >= 0 else 0.0 for own in label])


def tfce(values, sizes, edges, e, h):
    result = np.zeros(len(values))
    for sign in (1, -1):
        side = np.where(np.isnan(values), -1, sign * values)
        below = 0.0
        for height in np.unique(side[side > 0]):
            extent = extents(height, side, sizes, edges)
            result[extent > 0] += sign * extent[extent > 0] ** e * (height ** (h + 1) - below ** (h + 1)) / (h + 1)
            below = height
    return np.where(np.isnan(values), np.nan, result)


def tfce_by_steps(values, sizes, edges, e, h, step):
    result = np.zeros(len(values))
    for sign in (1, -1):
        side = np.where(np.isnan(values), -1, sign * values)
        for height in np.arange(step / 2, side.max(), step):
            extent = extents(height, side, sizes, edges)
            result[extent > 0] += sign * extent[extent > 0] ** e * height**h * step
    return np.where(np.isnan(values), np.nan, result)


def t_cases(rng):
    x, y = rng.normal(0.3, 1, (11, 5)), rng.normal(0.1, 2, (11, 5))
    x[2, 1] = x[7, 1] = x[0, 4] = np.nan
    cases = []
    for against in (0.0, 0.25):
        for a in ALTERNATIVES:
            found = ttest_1samp(x, against, alternative=a, nan_policy="omit")
            cases.append({"against": against, "alternative": a, "t": numbers(found.statistic), "p": numbers(found.pvalue)})
    paired = ttest_rel(x, y, nan_policy="omit")
    ranks = [wilcoxon(d[~np.isnan(d)] - 0.25, alternative="greater", method="exact") for d in x.T]
    return {"x": numbers(x), "y": numbers(y), "one_sample": cases, "paired_t": numbers(paired.statistic),
            "paired_p": numbers(paired.pvalue), "rank_sums": [float(r.statistic) for r in ranks],
            "rank_p": [float(r.pvalue) for r in ranks]}


def fdr_cases(rng):
    p = np.concatenate([rng.uniform(0, 1, 20), rng.uniform(0, 0.01, 10), [0.02, 0.02, 0.0, 1.0]])
    assert np.allclose(multipletests(p, method="fdr_bh")[1].min(), 0)
    return {"p": numbers(p), "by": numbers(multipletests(p, method="fdr_by")[1]),
            "bh": numbers(multipletests(p, method="fdr_bh")[1])}


def graph(rng, vertices):
    """A ring with some chords and one vertex without neighbours."""
    edges = [(v, v + 1) for v in range(vertices - 2)] + [(vertices - 2, 0)]
    return edges + [tuple(map(int, rng.choice(vertices - 1, 2, replace=False))) for _ in range(4)]


def tfce_cases(rng):
    cases = []
    for e, h in ((1, 2), (0.5, 2), (1, 0), (0.3, 1.5)):
        edges, values, sizes = graph(rng, 24), rng.normal(0.3, 1.5, 24), rng.uniform(0.5, 3, 24)
        values[5], values[6] = values[7], np.nan
        exact = tfce(values, sizes, edges, e, h)
        errors = [np.nanmax(np.abs(tfce_by_steps(values, sizes, edges, e, h, step) - exact)) for step in (0.04, 0.004)]
        assert errors[1] < 0.25 * errors[0] and errors[1] < 0.01 * np.nanmax(np.abs(exact)), errors
        cases.append({"edges": edges, "values": numbers(values), "sizes": numbers(sizes), "e": e, "h": h,
                      "tfce": numbers(exact)})
    return cases


def sign_flip_cases(rng):
    """7 units, 12 columns: all 128 patterns."""
    x, edges, sizes = rng.normal(0, 1, (7, 12)), graph(rng, 12), np.ones(12)
    x[:, 2:5] += 0.9
    x[:, 8:10] -= 0.7
    patterns = np.array(list(itertools.product([1, -1], repeat=7)))
    t = np.array([t_of(s[:, None] * x) for s in patterns])
    enhanced = np.array([tfce(row, sizes, edges, 1, 2) for row in t])
    cases = []
    for a in ALTERNATIVES:
        share = lambda null, own: (null >= own - 1e-9).mean(0)
        cases.append({"alternative": a, "p": numbers(share(far(t, a), far(t[0], a))),
                      "largest": numbers(share(far(t, a).max(1)[:, None], far(t[0], a))),
                      "tfce": numbers(share(far(enhanced, a).max(1)[:, None], far(enhanced[0], a)))})
    return {"x": numbers(x), "edges": edges, "t": numbers(t[0]), "enhanced": numbers(enhanced[0]), "cases": cases}


def main():
    rng = np.random.default_rng(19)
    save_json(out_folder("group_tests") / "group_tests.json",
              {"t": t_cases(rng), "fdr": fdr_cases(rng), "tfce": tfce_cases(rng), "sign_flip": sign_flip_cases(rng)})


if __name__ == "__main__":
    main()
