"""Leave-one-out and generalised cross-validation of small ridge problems: what `ridge_left_out.cpp` is held to.

Leave-one-out: scikit-learn's RidgeCV with cv=None, and a refit for every row by normal equations; the script stops where
they differ and stores the refits' predictions' scores. GCV: from the hat matrix written out. x and y are stored in
float32, so that arithmetic of either width starts from the same numbers; everything is computed in float64.
"""

import numpy as np
from sklearn.linear_model import RidgeCV

from common import out_folder, save_json, save_tensors
from make_ridge_peers import features, responses
from plain_ridge import fit, margin, pick, score

GRID = np.logspace(-1, 4, 6)


def left_out_predictions(x, y, penalty, intercept):
    rows = np.arange(len(x))
    held = np.empty_like(y)
    for i in rows:
        w, b = fit(x[rows != i], y[rows != i], penalty, intercept)
        held[i] = x[i] @ w + b
    return held


def gcv_predictions(x, y, penalty, intercept):
    n = len(x)
    centre = np.eye(n) - np.ones((n, n)) / n if intercept else np.eye(n)
    a = centre @ x
    hat = a @ np.linalg.solve(a.T @ a + penalty * np.eye(x.shape[1]), a.T) + np.eye(n) - centre
    return y - (y - hat @ y) / (1 - np.trace(hat) / n)


def check_against_sklearn(x, y, curve, intercept):
    model = RidgeCV(alphas=GRID, fit_intercept=intercept, alpha_per_target=True, store_cv_results=True).fit(x, y)
    errors = model.cv_results_.mean(0).T  # penalties x targets
    worst = np.abs(errors + curve).max()
    chosen = pick(curve, GRID)
    assert worst < 1e-9, worst
    assert np.array_equal(model.alpha_, GRID[chosen])
    return worst


def store(name, seed, n, p, targets=9):
    rng = np.random.default_rng(seed)
    x = features(rng, n + 12, p).astype(np.float32)
    y = responses(rng, x.astype(float), targets, 2.0).astype(np.float32)
    tensors = {"x": x, "y": y, "train": np.arange(n + 12) < n, "penalties": GRID}
    tensors["train"] = tensors["train"].astype(np.uint8)
    x, y = x.astype(float), y.astype(float)
    train, test = np.arange(n), np.arange(n, n + 12)
    cases = []
    for intercept in (False, True):
        held = {
            "loo": [left_out_predictions(x[train], y[train], q, intercept) for q in GRID],
            "gcv": [gcv_predictions(x[train], y[train], q, intercept) for q in GRID],
        }
        for criterion, metric in (("loo", "mse"), ("loo", "r2"), ("loo", "r"), ("gcv", "mse"), ("gcv", "r2")):
            curve = np.array([score(metric, p, y[train]) for p in held[criterion]])
            if criterion == "loo" and metric == "mse":
                print(name, intercept, "scikit-learn within", check_against_sklearn(x[train], y[train], curve, intercept))
            chosen = pick(curve, GRID)
            label = f"{criterion}_{metric}_{'intercept' if intercept else 'plain'}"
            prediction = np.empty((12, targets))
            for v in range(targets):
                w, b = fit(x[train], y[train][:, v : v + 1], GRID[chosen[v]], intercept)
                prediction[:, v] = (x[test] @ w + b)[:, 0]
            tensors |= {f"{label}.curve": curve, f"{label}.chosen": chosen.astype(np.int64)}
            tensors |= {f"{label}.margin": margin(curve, chosen), f"{label}.prediction": prediction}
            cases.append({"case": label, "criterion": criterion, "select": metric, "intercept": intercept})
    save_tensors(out_folder("ridge_left_out") / f"{name}.safetensors", tensors)
    return {"file": name, "cases": cases}


def main():
    described = [store("tall", 1, 40, 9), store("wide", 2, 30, 45), store("square", 3, 31, 30)]
    save_json(out_folder("ridge_left_out") / "cases.json", described)


if __name__ == "__main__":
    main()
