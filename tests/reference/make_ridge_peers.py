"""Ridge regression of small problems by himalaya and scikit-learn: what every solver of src/encode/ridge is held to.

x and y are stored in float32, so that arithmetic of either width starts from the same numbers; the peers compute in
float64. Everything is computed a second time by explicit normal equations in long double (Exact below). The script
stops where the two differ, and stores the second: its last digits depend on no form, decomposition or library.
"""

import warnings

import numpy as np
from himalaya.kernel_ridge import KernelRidgeCV, MultipleKernelRidgeCV
from himalaya.ridge import RidgeCV
from himalaya.scoring import correlation_score, l2_neg_loss, r2_score
from sklearn.linear_model import Ridge

from common import out_folder, save_json, save_tensors
from plain_ridge import contiguous_folds, correlation, inner_splits, margin, r_squared, score, without

SCORING = {"mse": l2_neg_loss, "r2": r2_score, "r": correlation_score}
GRID = np.logspace(-2, 4, 9)
WIDE_GRID = np.logspace(-6, 6, 30)
PLAIN, CENTRED = ("mse", False), ("mse", True)
BOTH = (PLAIN, CENTRED)
ALL = (*BOTH, ("r2", True), ("r", True))
TOLERANCE = 1e-9  # of scores (variance of the responses = 1) and predictions, peers against long double
LOOSE = 1e-5  # of weights, and of kernels, which lose (largest eigenvalue / penalty) where they are singular
SLOPE = 1e-10  # himalaya adds this times log(alpha) to the scores, so that ties go to the larger penalty


# ---- data ----


def features(rng, n, p):
    """Correlated columns whose variances fall over two decades, as a language model has them; means not 0."""
    mixed = rng.normal(size=(n, p)) @ np.linalg.qr(rng.normal(size=(p, p)))[0] * np.linspace(1, 0.1, p)
    return mixed @ np.linalg.qr(rng.normal(size=(p, p)))[0] * 2 + 0.4 * rng.normal(size=p)


def responses(rng, x, targets, signal):
    """Targets of unit variance, from strong signal to little (signal: of the first), means not 0."""
    clean = (x - x.mean(0)) @ rng.normal(size=(x.shape[1], targets))
    clean *= signal * 0.6 ** np.arange(targets) / clean.std(0)
    y = clean + rng.normal(size=clean.shape)
    return y / y.std(0) + 0.5 * rng.normal(size=targets)


def constant_and_repeated_columns(x, y):
    x[:, 1], x[:, 2], x[:, 5] = 3.0, 0.0, x[:, 4]


def far_from_zero(x, y):
    x += 50
    y += 1000


def zeroed_target(x, y):
    """A constant target, as without_bad_targets of src/encode/score.h hands it on."""
    y[:, 2] = 0


# ---- folds: (train, test) pairs of rows ----


def blocks(k, gap=0):
    return lambda rng, rows: inner_splits(rows, k, gap)


def of_sizes(*sizes):
    return lambda rng, rows: [(np.setdiff1d(rows, test), test) for test in np.split(rows, np.cumsum(sizes)[:-1])]


def one_of(k):
    return lambda rng, rows: inner_splits(rows, k, 0)[1:2]


def scattered(k):
    return lambda rng, rows: [
        (np.setdiff1d(rows, test), np.sort(test)) for test in np.array_split(rng.permutation(rows), k)
    ]


def chunks(length, held_out, draws, gap):
    """Overlapping folds: chunks drawn anew for every fold, so that a row is tested several times or never."""

    def folds(rng, rows):
        cut = [rows[i : i + length] for i in range(0, len(rows) - length + 1, length)]
        tests = [np.sort(np.concatenate([cut[c] for c in rng.permutation(len(cut))[:held_out]])) for _ in range(draws)]
        return [(without(rows, test, gap), test) for test in tests]

    return folds


# ---- the same by explicit normal equations in long double ----


class Exact:
    """(A'A + penalty D) w = A'y by elimination in long double; A has a column of ones whose entry of D is 0."""

    @staticmethod
    def solve(matrix, right):
        a = np.hstack([matrix, right])
        for i in range(len(a)):  # positive definite: no pivoting
            a[i] /= a[i, i]
            rest = np.arange(len(a)) != i
            a[rest] -= a[rest, i : i + 1] * a[i]
        return a[:, len(a) :]

    @classmethod
    def fit(cls, x, y, penalty, intercept):
        a = np.hstack([x, np.ones((len(x), int(intercept)))]).astype(np.longdouble)
        d = np.r_[np.full(x.shape[1], penalty), np.zeros(int(intercept))]
        w = cls.solve(a.T @ a + np.diag(d).astype(np.longdouble), a.T @ y.astype(np.longdouble))
        return w[: x.shape[1]], (w[-1] if intercept else np.zeros(y.shape[1]))

    @classmethod
    def curve(cls, x, y, inner, penalties, metric, intercept):
        total = np.zeros((len(penalties), y.shape[1]), np.longdouble)
        for train, test in inner:
            for q, penalty in enumerate(penalties):
                w, b = cls.fit(x[train], y[train], penalty, intercept)
                total[q] += np.nan_to_num(score(metric, x[test] @ w + b, y[test]))
        return total / len(inner)


# ---- the peers ----


def positions(rows, folds):
    back = {row: i for i, row in enumerate(rows)}
    return [tuple(np.array([back[r] for r in part]) for part in pair) for pair in folds]


def fitted(kind, problem, penalties, metric, intercept):
    train = problem["train"]
    options = dict(alphas=np.asarray(penalties), fit_intercept=intercept, cv=positions(train, problem["inner"]))
    if kind == "ridge":
        model = RidgeCV(**options, solver_params={"score_func": SCORING[metric]})
    else:
        model = KernelRidgeCV(kernel="linear", **options, solver_params={"score_func": SCORING[metric]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of r2 of a constant target and of penalties it thinks small
        return model.fit(problem["x"][train], problem["y"][train])


def scores_of(model, penalty):
    return np.atleast_2d(np.asarray(model.cv_scores_)) - SLOPE * np.log(penalty)


def agree(what, a, b, tolerance=TOLERANCE):
    a, b = np.asarray(a, np.longdouble), np.asarray(b, np.longdouble)
    worst = float((np.abs(a - b) / np.maximum(1, np.abs(b))).max())
    assert worst < tolerance, f"{what} differ by {worst:.1e}"
    return worst


def same_choices(what, chosen, penalties, result):
    clear = result["margin"] > 1e-8
    assert np.allclose(chosen[clear], penalties[result["chosen"]][clear], rtol=1e-12), f"{what} chose other penalties"


def scikit_learn(problem, result, penalties, intercept):
    train, test = problem["train"], problem["test"]
    for v in range(problem["y"].shape[1]):
        model = Ridge(alpha=penalties[result["chosen"][v]], fit_intercept=intercept, solver="svd", tol=0)
        model.fit(problem["x"][train], problem["y"][train, v])
        agree("scikit-learn's predictions", model.predict(problem["x"][test]), result["prediction"][:, v])
        agree("scikit-learn's weights", model.coef_, result["weights"][:, v], LOOSE)


def held_out(problem, result, predictions):
    truth = problem["y"][problem["test"]]
    result["prediction"] = predictions
    result["r"], result["r2"] = correlation(predictions, truth), r_squared(predictions, truth)
    return result


def ridge_case(problem, metric, intercept):
    x, y, penalties, train, test = (problem[k] for k in ("x", "y", "penalties", "train", "test"))
    kinds = ("ridge", "kernel")
    curves = [
        np.concatenate([scores_of(fitted(kind, problem, [a], metric, intercept), a) for a in penalties])
        for kind in kinds
    ]
    curves = [np.nan_to_num(c) for c in curves]
    exact = Exact.curve(x, y, problem["inner"], penalties, metric, intercept)
    worst = agree("curves of RidgeCV", curves[0], exact)
    agree("curves of KernelRidgeCV", curves[1], exact, LOOSE)
    curve = exact.astype(float)
    # Ties go to the larger penalty.
    chosen = len(penalties) - 1 - np.argmax(curve[::-1], 0)
    result = {"chosen": chosen, "curve": curve, "margin": margin(curve, chosen)}
    models = {kind: fitted(kind, problem, penalties, metric, intercept) for kind in kinds}
    for kind, model in models.items():
        same_choices(kind, model.best_alphas_, penalties, result)
    refit = [Exact.fit(x[train], y[train, v : v + 1], penalties[c], intercept) for v, c in enumerate(chosen)]
    result["weights"] = np.hstack([w for w, _ in refit]).astype(float)
    result["intercept"] = np.array([float(np.ravel(b)[0]) for _, b in refit])
    held_out(problem, result, x[test] @ result["weights"] + result["intercept"])
    clear = result["margin"] > 1e-8
    for kind, model in models.items():
        limit = TOLERANCE if kind == "ridge" else LOOSE
        off = agree(f"predictions of {kind}", model.predict(x[test])[:, clear], result["prediction"][:, clear], limit)
        worst = max(worst, off) if kind == "ridge" else worst
        weights = model.coef_ if kind == "ridge" else model.get_primal_coef(x[train])
        agree(f"weights of {kind}", weights[:, clear], result["weights"][:, clear], LOOSE)
    scikit_learn(problem, result, penalties, intercept)
    return result, worst


def banded_case(problem, metric, intercept):
    """All gammas of MultipleKernelRidgeCV, K = sum_b gamma_b K_b; the curve is [(gammas * penalties) x V]."""
    x, y, penalties, train, test = (problem[k] for k in ("x", "y", "penalties", "train", "test"))
    parts = np.split(np.arange(x.shape[1]), np.cumsum(problem["widths"])[:-1])
    gammas = problem["gammas"]

    def fit(alphas, weights):
        model = MultipleKernelRidgeCV(
            kernels="precomputed",
            fit_intercept=intercept,
            cv=positions(train, problem["inner"]),
            solver_params={
                "n_iter": weights,
                "alphas": np.asarray(alphas),
                "score_func": SCORING[metric],
                "progress_bar": False,
            },
        )
        with np.errstate(divide="ignore"):  # the logarithm of a weight of 0
            return model.fit(np.stack([x[train][:, p] @ x[train][:, p].T for p in parts]), y[train])

    curve = np.stack([scores_of(fit([a], gammas), a) for a in penalties], 1)
    scaled = [x * np.sqrt(np.repeat(g, problem["widths"])) for g in gammas]
    exact = np.stack([Exact.curve(s, y, problem["inner"], penalties, metric, intercept) for s in scaled])
    worst = agree("curves of kernels", curve, exact)
    flat = exact.reshape(-1, y.shape[1]).astype(float)
    best = np.argmax(flat, 0)
    result = {"chosen": best % len(penalties), "gamma": best // len(penalties)}
    result |= {"curve": flat, "margin": margin(flat, best)}
    assert result["margin"].min() > 1e-7, "a choice hangs by a thread: take another seed"
    model = fit(penalties, gammas)
    with np.errstate(divide="ignore"):
        deltas = np.log(gammas[result["gamma"]].T / penalties[result["chosen"]])
    seen = np.isfinite(deltas)
    assert np.array_equal(seen, np.isfinite(model.deltas_))
    assert np.allclose(model.deltas_[seen], deltas[seen], atol=1e-12), "himalaya chose other weights of kernels"
    result["weights"] = np.zeros((x.shape[1], y.shape[1]))
    result["intercept"] = np.zeros(y.shape[1])
    for v in range(y.shape[1]):
        g = result["gamma"][v]
        w, b = Exact.fit(scaled[g][train], y[train, v : v + 1], penalties[result["chosen"][v]], intercept)
        result["weights"][:, v] = w[:, 0] * np.sqrt(np.repeat(gammas[g], problem["widths"]))
        result["intercept"][v] = np.ravel(b)[0]
    held_out(problem, result, x[test] @ result["weights"] + result["intercept"])
    kernels = np.stack([x[test][:, p] @ x[train][:, p].T for p in parts])
    worst = max(worst, agree("kernels predict", model.predict(kernels), result["prediction"]))
    primal = np.concatenate(model.get_primal_coef([x[train][:, p] for p in parts]))
    agree("weights of kernels", primal, result["weights"], LOOSE)
    return result, worst


# ---- the problems ----


def problem_of(seed, n, p, inner, targets=6, penalties=GRID, change=None, gap=0, outer=None, signal=2.0, gammas=0):
    rng = np.random.default_rng(seed)
    widths = np.atleast_1d(p)
    x = np.hstack([features(rng, n, w) for w in widths])
    y = responses(rng, x, targets, signal)
    if change:
        change(x, y)
    x, y = x.astype(np.float32).astype(float), y.astype(np.float32).astype(float)
    test = contiguous_folds(np.arange(n), 4)[1] if outer is None else outer(rng, np.arange(n))[0][1]
    train = without(np.arange(n), test, gap)
    problem = dict(x=x, y=y, penalties=penalties, train=train, test=test, inner=inner(rng, train), widths=widths)
    if gammas:
        corner = np.eye(len(widths))[-1:]
        drawn = rng.dirichlet(np.ones(len(widths)), gammas)
        problem["gammas"] = np.concatenate([np.full((1, len(widths)), 1 / len(widths)), corner, drawn])
    return problem


def rows_mask(n, folds):
    mask = np.zeros((len(folds), n), np.uint8)
    for k, rows in enumerate(folds):
        mask[k, rows] = 1
    return mask


def store(name, problem, cases):
    n = len(problem["x"])
    tensors = {
        "x": problem["x"].astype(np.float32),
        "y": problem["y"].astype(np.float32),
        "penalties": problem["penalties"],
        "train": rows_mask(n, [problem["train"]]),
        "test": rows_mask(n, [problem["test"]]),
        "inner.train": rows_mask(n, [train for train, _ in problem["inner"]]),
        "inner.test": rows_mask(n, [test for _, test in problem["inner"]]),
    }
    if "gammas" in problem:
        tensors["gammas"] = problem["gammas"]
    described, case = [], banded_case if "gammas" in problem else ridge_case
    for metric, intercept in cases:
        label = f"{metric}_{'intercept' if intercept else 'plain'}"
        result, worst = case(problem, metric, intercept)
        for key, value in result.items():
            tensors[f"{label}.{key}"] = value.astype(np.int32) if value.dtype == np.int64 else value
        described.append({"case": label, "select": metric, "intercept": intercept})
        used = np.unique(result["chosen"])
        lead, r = result["margin"].min(), np.round(result["r"], 2)
        print(f"{name:15s} {label:14s} peers within {worst:.0e} smallest lead {lead:.0e} penalties {used} r {r}")
    save_tensors(out_folder("ridge_peers") / f"{name}.safetensors", tensors)
    return {"file": name, "widths": [int(w) for w in problem["widths"]], "cases": described}


PROBLEMS = {
    "wide": (dict(seed=1, n=40, p=48, inner=blocks(5)), ALL),
    "square": (dict(seed=2, n=40, p=30, inner=blocks(4)), BOTH),
    "square_inner": (dict(seed=3, n=40, p=24, inner=blocks(5)), BOTH),  # 30 training rows, 24 in the inner folds
    "tall": (dict(seed=4, n=60, p=10, inner=blocks(5)), ALL),
    "columns_tall": (dict(seed=5, n=40, p=9, inner=blocks(4), change=constant_and_repeated_columns), BOTH),
    "columns_wide": (dict(seed=6, n=32, p=40, inner=blocks(4), change=constant_and_repeated_columns), BOTH),
    "zeroed_target": (dict(seed=7, n=36, p=12, inner=blocks(4), change=zeroed_target), ALL),
    "one_target": (dict(seed=8, n=32, p=20, inner=blocks(4), targets=1), BOTH),
    "one_feature": (dict(seed=9, n=32, p=1, inner=blocks(4)), BOTH),
    "unequal_tall": (dict(seed=10, n=52, p=12, inner=of_sizes(3, 11, 6, 19)), BOTH),
    "unequal_wide": (dict(seed=11, n=52, p=40, inner=of_sizes(3, 11, 6, 19)), BOTH),
    "gap_tall": (dict(seed=12, n=52, p=12, inner=blocks(4, 2), gap=2), BOTH),
    "gap_wide": (dict(seed=13, n=52, p=40, inner=blocks(4, 2), gap=2), BOTH),
    "chunks_tall": (dict(seed=14, n=64, p=12, inner=chunks(5, 2, 7, 1)), BOTH),
    "chunks_wide": (dict(seed=15, n=64, p=50, inner=chunks(5, 2, 7, 0)), (*BOTH, ("r", True))),
    "scattered": (dict(seed=16, n=40, p=25, inner=scattered(5), outer=scattered(4)), BOTH),
    "one_penalty": (dict(seed=17, n=36, p=25, inner=blocks(4), penalties=np.array([3.0])), BOTH),
    "two_penalties": (dict(seed=18, n=36, p=25, inner=blocks(4), penalties=np.array([0.5, 200.0])), BOTH),
    "decades_tall": (dict(seed=19, n=52, p=10, inner=blocks(4), penalties=WIDE_GRID), (*BOTH, ("r", True))),
    "decades_wide": (dict(seed=20, n=36, p=36, inner=blocks(4), penalties=WIDE_GRID), (*BOTH, ("r", True))),
    "noise": (dict(seed=21, n=40, p=15, inner=blocks(4), signal=0.0, penalties=np.logspace(-2, 6, 9)), BOTH),
    "one_fold_tall": (dict(seed=22, n=40, p=10, inner=one_of(4)), BOTH),
    "one_fold_wide": (dict(seed=23, n=40, p=36, inner=one_of(4)), BOTH),
    "long_test": (dict(seed=24, n=60, p=5, inner=blocks(2)), BOTH),
    "far_from_zero": (dict(seed=25, n=44, p=14, inner=blocks(4), change=far_from_zero), (CENTRED,)),
    "two_bands": (dict(seed=26, n=44, p=(4, 40), inner=blocks(4), gammas=5), BOTH),
    "two_bands_tall": (dict(seed=27, n=52, p=(3, 6), inner=blocks(4, 1), gammas=5), BOTH),
    "three_bands": (dict(seed=28, n=40, p=(6, 16, 30), inner=blocks(4), gammas=6), (*BOTH, ("r2", True))),
}


def main():
    described = [store(name, problem_of(**spec), cases) for name, (spec, cases) in PROBLEMS.items()]
    save_json(out_folder("ridge_peers") / "peers.json", described)


if __name__ == "__main__":
    main()
