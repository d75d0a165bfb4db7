"""p values of Wilcoxon's signed-rank and rank-sum tests, by scipy (run it with any scipy from 1.9)."""

import json
from pathlib import Path

import numpy as np
from scipy.stats import mannwhitneyu, wilcoxon

ALTERNATIVES = ("two-sided", "greater", "less")


def signed_rank_case(d, zeros, method, correction):
    kept = d if zeros == "pratt" else d[d != 0]
    results = {
        a: wilcoxon(kept, alternative=a, zero_method="pratt" if zeros == "pratt" else "wilcox", method=method,
                    correction=correction)
        for a in ALTERNATIVES
    }
    return {
        "differences": d.tolist(),
        "zeros": zeros,
        "method": method,
        "continuity": correction,
        "rank_sum": float(results["greater"].statistic),
        "p": {a: float(r.pvalue) for a, r in results.items()},
    }


def rank_sum_case(a, b, method, correction):
    results = {k: mannwhitneyu(a, b, alternative=k, method=method, use_continuity=correction) for k in ALTERNATIVES}
    return {
        "a": a.tolist(),
        "b": b.tolist(),
        "method": method,
        "continuity": correction,
        "u": float(results["greater"].statistic),
        "p": {k: float(r.pvalue) for k, r in results.items()},
    }


def main():
    rng = np.random.default_rng(71)
    signed, summed = [], []
    for n in (3, 8, 21, 50):
        signed.append(signed_rank_case(rng.normal(0.4, 1, n), "drop", "exact", False))
    for n in (9, 30, 120):
        clean, tied = rng.normal(0.2, 1, n), np.round(rng.normal(0.3, 1, n), 1)
        tied[:2] = 0
        for correction in (False, True):
            signed.append(signed_rank_case(clean, "drop", "approx", correction))
            signed.append(signed_rank_case(tied, "drop", "approx", correction))
            signed.append(signed_rank_case(tied, "pratt", "approx", correction))
    for n, m in ((3, 4), (8, 5), (25, 25), (1, 9)):
        summed.append(rank_sum_case(rng.normal(0.5, 1, n), rng.normal(0, 1, m), "exact", False))
    for n, m in ((9, 12), (40, 25)):
        clean = rng.normal(0.3, 1, n), rng.normal(0, 1, m)
        tied = np.round(clean[0], 1), np.round(clean[1], 1)
        for correction in (False, True):
            summed.append(rank_sum_case(*clean, "asymptotic", correction))
            summed.append(rank_sum_case(*tied, "asymptotic", correction))
    out = Path(__file__).parent / "rank_tests"
    out.mkdir(exist_ok=True)
    (out / "rank_tests.json").write_text(json.dumps({"signed_rank": signed, "rank_sum": summed}) + "\n")


if __name__ == "__main__":
    main()
