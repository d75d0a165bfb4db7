"""q values, inter-subject correlation, circular-shift, Wilcoxon and sign-flip p values."""

from itertools import product

import numpy as np
from scipy.stats import wilcoxon
from statsmodels.stats.multitest import multipletests

from common import out_folder, save_json, save_tensors
from plain_ridge import correlation


def q_values(rng):
    """Benjamini-Hochberg over the finite p values; NaN stays NaN."""
    p = np.concatenate(
        [rng.uniform(0, 1, 20), rng.uniform(0, 0.02, 12), [0.01] * 3, [0.5, 0.5], [0.0, 1.0], [np.nan] * 3]
    )
    rng.shuffle(p)
    finite, q = np.isfinite(p), np.full(len(p), np.nan)
    q[finite] = multipletests(p[finite], method="fdr_bh")[1]
    return {"bh.p": p, "bh.q": q}


def inter_subject(rng):
    shared = rng.normal(size=(50, 4))
    data = np.stack([shared * np.array([1.0, 0.5, 0.2, 0.0]) + rng.normal(size=(50, 4)) + 2 * s for s in range(5)])
    r = np.stack([correlation(data[s], np.delete(data, s, 0).mean(0)) for s in range(5)])
    return {"isc.data": data, "isc.r": r}


def shift_p(prediction, y, rolled):
    observed = correlation(prediction, y)
    null = np.stack([correlation(r, y) for r in rolled])
    assert np.abs(null - observed).min() > 1e-9
    return observed, null, ((null >= observed).sum(0) + 1) / (len(null) + 1)


def circular(rng):
    rows, smallest = 60, 10
    noise = rng.normal(size=(rows + 3, 5))
    y = noise[3:] + noise[2:-1] + noise[1:-2]
    prediction = y * np.array([1.0, 0.4, 0.15, 0.0, -0.5]) + rng.normal(size=(rows, 5))
    shifts = np.arange(smallest, rows - smallest + 1)
    one = shift_p(prediction, y, [np.roll(prediction, s, axis=0) for s in shifts])
    lengths, pairs = [25, 35], np.stack([rng.integers(5, 21, 80), rng.integers(5, 31, 80)], 1)
    both = [np.vstack([np.roll(prediction[:25], a, axis=0), np.roll(prediction[25:], b, axis=0)]) for a, b in pairs]
    two = shift_p(prediction, y, both)
    out = {
        "shift.prediction": prediction,
        "shift.y": y,
        "shift.one.shifts": shifts,
        "shift.two.lengths": np.array(lengths),
        "shift.two.pairs": pairs,
    }
    for name, (observed, null, p) in (("one", one), ("two", two)):
        out.update({f"shift.{name}.r": observed, f"shift.{name}.null": null, f"shift.{name}.p": p})
    return out


def signed_rank(d, case, **options):
    """All three alternatives; the statistic is the sum of ranks of positive differences ('greater')."""
    result = {a: wilcoxon(d, alternative=a, **options) for a in ("two-sided", "greater", "less")}
    return {
        "case": case,
        **{k: str(v) for k, v in options.items()},
        "positive_rank_sum": float(result["greater"].statistic),
        "p": {a: float(r.pvalue) for a, r in result.items()},
    }


def all_sign_flips(d):
    """Every one of the 2^n sign patterns, the observed one included; p = share at least as extreme as the mean."""
    means = np.array(list(product([1.0, -1.0], repeat=len(d)))) @ d / len(d)
    slack = 1e-12 * np.abs(d).max()
    return {
        "mean": float(d.mean()),
        "p_greater": float((means >= d.mean() - slack).mean()),
        "p_two_sided": float((np.abs(means) >= abs(d.mean()) - slack).mean()),
    }


def given_sign_flips(d, signs):
    """p = (b + 1) / (m + 1) over the given patterns."""
    means, slack, m = signs @ d / len(d), 1e-12 * np.abs(d).max(), len(signs)
    return {
        "p_greater": float(((means >= d.mean() - slack).sum() + 1) / (m + 1)),
        "p_two_sided": float(((np.abs(means) >= abs(d.mean()) - slack).sum() + 1) / (m + 1)),
    }


def paired(rng):
    clean = rng.normal(0.4, 1.0, 12)
    ties = np.round(rng.normal(0.3, 1.0, 27), 1)
    ties[:3] = 0.0
    signs = rng.choice([-1.0, 1.0], size=(200, 27))
    cases = [
        signed_rank(clean, "clean", method="exact"),
        signed_rank(clean, "clean", method="asymptotic", correction=False),
        signed_rank(clean, "clean", method="asymptotic", correction=True),
        signed_rank(ties, "ties", method="asymptotic", correction=False, zero_method="wilcox"),
        signed_rank(ties, "ties", method="asymptotic", correction=True, zero_method="wilcox"),
    ]
    flips = {
        "clean_all": all_sign_flips(clean),
        "ties_given": given_sign_flips(ties, signs),
        "clean_first_8_all": all_sign_flips(clean[:8]),
    }
    return {"paired.clean": clean, "paired.ties": ties, "paired.signs": signs}, {"wilcoxon": cases, "sign_flip": flips}


def main():
    rng = np.random.default_rng(40)
    tensors = {**q_values(rng), **inter_subject(rng), **circular(rng)}
    more, described = paired(rng)
    out = out_folder("stats")
    save_tensors(out / "stats.safetensors", {**tensors, **more})
    save_json(out / "stats.json", {**described, "shift": {"rows": 60, "smallest_shift": 10}})


if __name__ == "__main__":
    main()
