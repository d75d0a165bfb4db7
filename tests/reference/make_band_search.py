"""Random search over band scales by himalaya's MultipleKernelRidgeCV with fixed Dirichlet samples: what `search_bands` is held to.

The curves of all samples and penalties are computed a second time from kernels written out, in float64; the script stops
where himalaya chooses otherwise although the lead is clear. x and y are stored in float32. Splits of the scores are
himalaya's, of the parts of the predictions of the test rows.
"""

import warnings

import numpy as np
from himalaya.kernel_ridge import MultipleKernelRidgeCV, generate_dirichlet_samples
from himalaya.scoring import correlation_score_split, r2_score_split

from common import out_folder, save_json, save_tensors
from make_ridge_peers import SCORING, features, held_out, positions, responses
from plain_ridge import inner_splits, margin, score

GRID = np.logspace(-2, 3, 6)


def kernels_of(problem, rows, columns):
    return [problem["x"][rows][:, p] @ problem["x"][columns][:, p].T for p in problem["parts"]]


def predicted(problem, gamma, penalty, train, test, y, intercept):
    """Parts of the prediction of `test` [bands x rows x V] and the intercept, by the kernel (n x n)."""
    n = len(train)
    centre = np.eye(n) - np.ones((n, n)) / n if intercept else np.eye(n)
    kernels = [centre @ k @ centre for k in kernels_of(problem, train, train)]
    across = [
        (t - k.mean(0) * intercept) @ centre
        for t, k in zip(kernels_of(problem, test, train), kernels_of(problem, train, train))
    ]
    mean = y[train].mean(0) * intercept
    weights = np.linalg.solve(sum(g * k for g, k in zip(gamma, kernels)) + penalty * np.eye(n), y[train] - mean)
    return np.array([g * (t @ weights) for g, t in zip(gamma, across)]), mean


def curve_of(problem, metric, intercept):
    y, rows = problem["y"], []
    for gamma in problem["gammas"]:
        for penalty in GRID:
            total = 0
            for train, test in problem["inner"]:
                parts, mean = predicted(problem, gamma, penalty, train, test, y, intercept)
                total = total + score(metric, parts.sum(0) + mean, y[test])
            rows.append(total / len(problem["inner"]))
    return np.array(rows)


def himalaya(problem, metric, intercept):
    train = problem["train"]
    model = MultipleKernelRidgeCV(
        kernels="precomputed",
        fit_intercept=intercept,
        cv=positions(train, problem["inner"]),
        solver_params={
            "n_iter": problem["gammas"],
            "alphas": GRID,
            "score_func": SCORING[metric],
            "progress_bar": False,
        },
    )
    with np.errstate(divide="ignore"):
        model.fit(np.array(kernels_of(problem, train, train)), problem["y"][train])
    return model


def case_of(problem, metric, intercept):
    x, y, train, test = (problem[k] for k in ("x", "y", "train", "test"))
    curve = curve_of(problem, metric, intercept)
    best = curve.argmax(0)
    gamma, chosen = best // len(GRID), best % len(GRID)
    result = {"gamma": gamma, "chosen": chosen, "score": curve.max(0), "margin": margin(curve, best)}
    parts = np.zeros((len(problem["parts"]), len(test), y.shape[1]))
    means = np.zeros(y.shape[1])
    for v in range(y.shape[1]):
        own, mean = predicted(
            problem, problem["gammas"][gamma[v]], GRID[chosen[v]], train, test, y[:, v : v + 1], intercept
        )
        parts[:, :, v], means[v] = own[:, :, 0], np.ravel(mean)[0] if intercept else 0
    held_out(problem, result, parts.sum(0) + means)
    truth = y[test]
    result["split_r"] = correlation_score_split(truth, parts)
    # himalaya's zero is the test rows' mean, ours the training rows'
    about = truth - means
    sst = ((truth - truth.mean(0)) ** 2).sum(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of that
        split = r2_score_split(about, parts)
    result["split_r2"] = split * (about**2).sum(0) / sst

    model = himalaya(problem, metric, intercept)
    # deltas: the logarithm of gamma / alpha of the refitted model
    peer = model.predict(np.array(kernels_of(problem, test, train)))
    clear = result["margin"] > 1e-7
    assert clear.mean() > 0.6, clear
    off = np.abs(peer - result["prediction"])[:, clear].max()
    assert off < 1e-7, off
    ratio = np.exp(np.asarray(model.deltas_))
    expected = problem["gammas"][gamma].T / GRID[chosen]
    assert np.allclose(ratio[:, clear], expected[:, clear], rtol=1e-6, atol=1e-12)
    print(metric, intercept, "himalaya within", off, "clear", clear.mean(), "gammas used", len(np.unique(gamma)))
    return result


def store(name, seed, n, widths, samples, concentrations, targets):
    rng = np.random.default_rng(seed)
    p = sum(widths)
    problem = {"parts": np.split(np.arange(p), np.cumsum(widths)[:-1])}
    x = features(rng, n + 14, p).astype(np.float32)
    # targets lean on different bands
    y = np.hstack(
        [responses(rng, x[:, part].astype(float), targets // len(widths), 2.5) for part in problem["parts"]]
    ).astype(np.float32)
    train, test = np.arange(n), np.arange(n, n + 14)
    gammas = generate_dirichlet_samples(samples, len(widths), concentrations, random_state=seed)
    gammas[0] = 1 / len(widths)
    problem |= {"x": x.astype(float), "y": y.astype(float), "train": train, "test": test, "gammas": gammas}
    problem["inner"] = inner_splits(train, 4, 0)
    masks = {f"inner.{i}": np.isin(np.arange(n + 14), t).astype(np.uint8) for i, (_, t) in enumerate(problem["inner"])}
    tensors = {"x": x, "y": y, "gammas": gammas, "penalties": GRID} | masks
    cases = []
    for metric, intercept in (("mse", False), ("mse", True), ("r2", True)):
        label = f"{metric}_{'intercept' if intercept else 'plain'}"
        result = case_of(problem, metric, intercept)
        for key, value in result.items():
            tensors[f"{label}.{key}"] = value.astype(np.int64) if value.dtype.kind == "i" else value
        cases.append({"case": label, "select": metric, "intercept": intercept})
    save_tensors(out_folder("band_search") / f"{name}.safetensors", tensors)
    return {"file": name, "widths": widths, "rows": n, "cases": cases}


def main():
    described = [store("two_wide", 1, 36, [6, 40], 24, [0.5, 1.0], 20), store("three", 2, 40, [5, 9, 8], 24, [0.1, 1.0], 21)]
    save_json(out_folder("band_search") / "cases.json", described)


if __name__ == "__main__":
    main()
