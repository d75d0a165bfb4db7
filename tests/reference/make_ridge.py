"""Nested cross-validated ridge on small problems (plain_ridge.py), checked against scikit-learn and himalaya."""

import numpy as np
from himalaya.kernel_ridge import KernelRidgeCV
from himalaya.ridge import RidgeCV
from himalaya.scoring import correlation_score, l2_neg_loss, r2_score
from sklearn.linear_model import Ridge

from common import out_folder, save_json, save_tensors
from plain_ridge import (
    contiguous_folds,
    correlation,
    fit,
    inner_curve,
    inner_splits,
    margin,
    nested,
    pick,
    r_squared,
    without,
)

TARGETS, CONSTANT, MISSING = 7, 4, 6
PENALTIES = np.logspace(-2, 4, 9)
GAMMAS = [0.01, 0.1, 1.0, 10.0, 100.0]
SCORING = {"mse": l2_neg_loss, "r2": r2_score, "r": correlation_score}
STORIES = [17, 23, 20]


def problem(rng, n, p, scales=None):
    """Correlated, drifting columns and targets with signal from strong to none; one constant, one with NaN."""
    noise = rng.normal(size=(n + 2, p))
    x = (noise[2:] + 0.6 * noise[1:-1] + 0.3 * noise[:-2]) @ (
        np.eye(p) + 0.3 * rng.normal(size=(p, p)) / np.sqrt(p)
    ) + 0.4
    x *= np.ones(p) if scales is None else scales
    y = x @ rng.normal(size=(p, TARGETS)) / np.sqrt(p) * np.array([2.0, 1, 0.5, 0.25, 0, 0, 1])
    y += rng.normal(size=y.shape) + np.array([0.0, 3, -2, 1, 0, 0.5, 1])
    y[:, CONSTANT] = 3.0
    y[n // 3, MISSING] = np.nan
    return x, y


def usable(y):
    return np.isfinite(y).all(0) & (np.ptp(np.nan_to_num(y), axis=0) > 0)


def spread(value, mask, fill):
    """The last axis holds the usable targets; puts them back among all targets."""
    out = np.full(value.shape[:-1] + mask.shape, fill, value.dtype)
    out[..., mask] = value
    return out


def peer_check(x, y, outer, gap, make_inner, metric, intercept, result):
    for f, test in enumerate(outer):
        train = without(np.arange(len(x)), test, gap)
        back = {row: i for i, row in enumerate(train)}
        splits = [tuple(np.array([back[r] for r in part]) for part in pair) for pair in make_inner(train)]
        options = dict(alphas=PENALTIES, fit_intercept=intercept, cv=splits)
        if x.shape[1] < len(train):
            model = RidgeCV(**options, solver_params={"score_func": SCORING[metric]}).fit(x[train], y[train])
        else:
            model = KernelRidgeCV(kernel="linear", **options, solver_params={"score_func": SCORING[metric]}).fit(
                x[train], y[train]
            )
        assert np.allclose(
            model.best_alphas_, PENALTIES[result["chosen"][f]], rtol=1e-12
        ), "himalaya chose other penalties"
        worst = np.abs(model.predict(x[test]) - result["prediction"][test]).max()
        for v in range(y.shape[1]):
            one = Ridge(alpha=PENALTIES[result["chosen"][f, v]], fit_intercept=intercept, solver="svd", tol=0).fit(
                x[train], y[train, v]
            )
            worst = max(worst, np.abs(one.predict(x[test]) - result["prediction"][test, v]).max())
        assert worst < 1e-8, worst
    again = [np.corrcoef(result["prediction"][:, v], y[:, v])[0, 1] for v in range(y.shape[1])]
    assert np.abs(again - result["r"]).max() < 1e-12


def finish(result, mask):
    fills = {"chosen": -1}
    out = {k: spread(v, mask, fills.get(k, np.nan)) for k, v in result.items()}
    assert result["margin"].min() > 1e-7, "a choice hangs by a thread: take another seed"
    return {**out, "chosen": out["chosen"].astype(np.int32)}


def plain_case(x, y, outer, gap, inner, metric, intercept):
    mask = usable(y)
    result = nested(x, y[:, mask], outer, gap, inner, PENALTIES, metric, intercept)
    peer_check(x, y[:, mask], outer, gap, inner, metric, intercept, result)
    out = finish(result, mask)
    del out["weights"]
    print(
        f"  {metric:3s} intercept {intercept!s:5s} smallest lead {result['margin'].min():.1e} "
        f"penalties used {sorted(set(result['chosen'].ravel()))} r {np.round(result['r'], 2)}"
    )
    return out


def banded_nested(x, widths, y, outer, gap, inner_folds, metric, intercept):
    """K = gamma K1 + K2 (band 1 times sqrt(gamma)); (gamma, penalty) per target by the mean inner score."""
    targets, edge, order = y.shape[1], widths[0], np.argsort(PENALTIES)[::-1]
    keys = {
        "chosen_penalty": (len(outer), targets),
        "chosen_gamma": (len(outer), targets),
        "margin": (len(outer), targets),
        "curve": (len(outer), len(GAMMAS), len(PENALTIES), targets),
        "weights": (len(outer), x.shape[1], targets),
        "intercept": (len(outer), targets),
        "prediction": y.shape,
        "contribution_band1": y.shape,
        "contribution_band2": y.shape,
    }
    out = {k: np.zeros(s, np.int64 if k.startswith("chosen") else float) for k, s in keys.items()}
    scaled = [x * np.where(np.arange(x.shape[1]) < edge, np.sqrt(g), 1) for g in GAMMAS]
    for f, test in enumerate(outer):
        train = without(np.arange(len(x)), test, gap)
        splits = inner_splits(train, inner_folds, gap)
        curve = np.stack([inner_curve(s, y, splits, PENALTIES, metric, intercept) for s in scaled])
        ranked = curve[:, order].swapaxes(0, 1).reshape(-1, targets)  # larger penalty first, then the first gamma
        best = np.argmax(ranked, axis=0)
        out["curve"][f] = curve
        out["chosen_penalty"][f], out["chosen_gamma"][f] = order[best // len(GAMMAS)], best % len(GAMMAS)
        out["margin"][f] = margin(ranked, best)
        for v in range(targets):
            g = out["chosen_gamma"][f, v]
            w, b = fit(scaled[g][train], y[train, v : v + 1], PENALTIES[out["chosen_penalty"][f, v]], intercept)
            w = w[:, 0] * np.where(np.arange(x.shape[1]) < edge, np.sqrt(GAMMAS[g]), 1)
            out["weights"][f, :, v], out["intercept"][f, v] = w, b[0]
            out["contribution_band1"][test, v] = x[test, :edge] @ w[:edge]
            out["contribution_band2"][test, v] = x[test, edge:] @ w[edge:]
            out["prediction"][test, v] = x[test] @ w + b[0]
    out["r"], out["r2"] = correlation(out["prediction"], y), r_squared(out["prediction"], y)
    return out


def banded_kernel_check(x, edge, y, test, train, gamma, penalty, prediction):
    """The same prediction from the dual problem with K = gamma K1 + K2."""
    k1, k2 = x[:, :edge] @ x[:, :edge].T, x[:, edge:] @ x[:, edge:].T
    k = gamma * k1 + k2
    dual = np.linalg.solve(k[np.ix_(train, train)] + penalty * np.eye(len(train)), y[train])
    assert np.abs(k[np.ix_(test, train)] @ dual - prediction).max() < 1e-8


def store(name, x, y, description, cases, extra=None):
    folder = out_folder("ridge")
    tensors = {"x": x, "y": y, "usable": usable(y).astype(np.int32), "penalties": PENALTIES, **(extra or {})}
    for case, result in cases.items():
        tensors.update({f"{case}.{k}": v for k, v in result.items()})
    save_tensors(folder / f"{name}.safetensors", tensors)
    return {"file": f"{name}.safetensors", "n": len(x), "p": x.shape[1], "cases": list(cases), **description}


def contiguous_problem(name, seed, n, p, outer_k, inner_k, gap, combinations):
    print(name)
    x, y = problem(np.random.default_rng(seed), n, p)
    outer = contiguous_folds(np.arange(n), outer_k)
    cases = {
        f"{m}_{'intercept' if i else 'plain'}": plain_case(
            x, y, outer, gap, lambda t: inner_splits(t, inner_k, gap), m, i
        )
        for m, i in combinations
    }
    return store(
        name,
        x,
        y,
        {"outer_folds": outer_k, "inner_folds": inner_k, "gap": gap, "outer_edges": [int(t[0]) for t in outer] + [n]},
        cases,
    )


def story_problem(seed):
    print("stories")
    n, story_of = sum(STORIES), np.repeat(np.arange(len(STORIES)), STORIES)
    x, y = problem(np.random.default_rng(seed), n, 12)
    outer = [np.flatnonzero(story_of == s) for s in range(len(STORIES))]
    by_story, by_block = (lambda t: inner_splits(t, None, 0, story_of)), (lambda t: inner_splits(t, 4, 2))
    cases = {
        "inner_stories": plain_case(x, y, outer, 0, by_story, "r", True),
        "inner_stories_mse": plain_case(x, y, outer, 0, by_story, "mse", False),
        "inner_blocks_gap2": plain_case(x, y, outer, 2, by_block, "r", False),
    }
    return store(
        "stories",
        x,
        y,
        {
            "story_lengths": STORIES,
            "outer": "one story each",
            "inner_stories": "gap 0; inner fold = one of " "the two remaining stories",
            "inner_blocks_gap2": "4 contiguous inner blocks of the remaining "
            "rows; gap 2 on the row axis, across story edges, outer and inner",
        },
        cases,
    )


def banded_problem(seed):
    print("banded")
    widths, n, outer_k, inner_k, gap = (4, 30), 60, 5, 4, 2
    x, y = problem(np.random.default_rng(seed), n, sum(widths), np.r_[np.full(4, 3.0), np.full(30, 0.7)])
    y[:, 1] += 1.5 * x[:, 0] - 1.0 * x[:, 2]
    y[:, 5] += x[:, 10] - x[:, 20] + x[:, 30]
    mask, outer, cases = usable(y), contiguous_folds(np.arange(n), outer_k), {}
    for metric, intercept in (("mse", False), ("r", False), ("r2", True)):
        result = banded_nested(x, widths, y[:, mask], outer, gap, inner_k, metric, intercept)
        if not intercept:
            for f, test in enumerate(outer):
                for v, column in enumerate(np.flatnonzero(mask)):
                    banded_kernel_check(
                        x,
                        widths[0],
                        y[:, column],
                        test,
                        without(np.arange(n), test, gap),
                        GAMMAS[result["chosen_gamma"][f, v]],
                        PENALTIES[result["chosen_penalty"][f, v]],
                        result["prediction"][test, v],
                    )
        out = {k: spread(v, mask, -1 if k.startswith("chosen") else np.nan) for k, v in result.items()}
        cases[f"{metric}_{'intercept' if intercept else 'plain'}"] = {
            k: v.astype(np.int32) if v.dtype == np.int64 else v for k, v in out.items()
        }
        print(
            f"  {metric} lead {result['margin'].min():.1e} gammas {result['chosen_gamma'].tolist()} "
            f"r {np.round(result['r'], 2)}"
        )
        assert result["margin"].min() > 1e-7
    return store(
        "banded",
        x,
        y,
        {"band_widths": widths, "gammas": GAMMAS, "outer_folds": outer_k, "inner_folds": inner_k, "gap": gap},
        cases,
        {"gammas": np.array(GAMMAS)},
    )


def main():
    everything = [(m, i) for m in ("mse", "r2", "r") for i in (False, True)]
    described = {
        "tall": contiguous_problem("tall", 31, 60, 12, 5, 4, 2, everything),
        "wide": contiguous_problem("wide", 32, 40, 90, 3, 3, 1, [("mse", False), ("r2", True), ("r", True)]),
        "stories": story_problem(33),
        "banded": banded_problem(34),
    }
    save_json(out_folder("ridge") / "ridge.json", described)


if __name__ == "__main__":
    main()
