"""Scaling fits, sample quantiles, normalised correlations, mixtures on the simplex, stacked ridge, chunk folds."""

from itertools import combinations

import numpy as np
from scipy.optimize import minimize, nnls
from scipy.stats import linregress, t as student

from common import out_folder, save_json, save_tensors
from plain_ridge import correlation, inner_curve, inner_splits, fit, pick


def log_fits(rng):
    """scipy's regression on log10 of size; the three bases in percent by hand."""
    cases = []
    for n, slope in ((3, 0.01), (5, 0.02), (12, 0.0), (39, -0.004)):
        sizes = 10 ** rng.uniform(6, 11, n)
        if n == 12:
            sizes[3] = sizes[:3].min()  # two models of the smallest size
        scores = 0.05 + slope * np.log10(sizes) + 0.01 * rng.normal(size=n)
        result = linregress(np.log10(sizes), scores)
        half = student.ppf(0.95, n - 2) * result.stderr
        bases = {
            "smallest": scores[sizes == sizes.min()].mean(),
            "mean": scores.mean(),
            "fitted": result.intercept + result.slope * np.log10(sizes.min()),
        }
        cases.append(
            {
                "sizes": sizes.tolist(),
                "scores": scores.tolist(),
                "level": 0.9,
                "slope": result.slope,
                "intercept": result.intercept,
                "r": result.rvalue,
                "slope_se": result.stderr,
                "p": result.pvalue,
                "slope_t": [result.slope - half, result.slope + half],
                "base": {k: float(v) for k, v in bases.items()},
            }
        )
    return cases


def quantiles():
    return {
        "type7": [
            {"values": v, "p": p, "quantile": float(np.quantile(v, p))}
            for v in ([3.0], [1.0, 2.0], [5.0, -1.0, 2.5, 2.5, 9.0, 0.25, 7.0])
            for p in (0.0, 0.025, 0.5, 0.6, 0.975, 1.0)
        ],
    }


def normalized(rng):
    """CC_norm from SP and TP written out per target; the last target has no signal."""
    repeats, rows, targets = 5, 120, 6
    signal = rng.normal(size=(rows, targets)) * np.array([1.0, 0.8, 0.5, 0.2, 0.05, 0.0])
    data = signal + rng.normal(size=(repeats, rows, targets))
    data[:, :, 5] -= 0.9 * data[:, :, 5].mean(0)  # repeats that contradict each other
    data += rng.normal(size=targets)
    prediction = signal + 0.5 * rng.normal(size=(rows, targets))
    out = {"norm.repeats": data, "norm.prediction": prediction}
    y = data.mean(0)
    for rule in ("measured", "one"):
        direct, floored, ceiling = [], {0.25: [], 0.6: []}, []
        for v in range(targets):
            tp = np.mean([np.var(data[n, :, v], ddof=1) for n in range(repeats)]) if rule == "measured" else 1.0
            sp = (repeats * np.var(y[:, v], ddof=1) - tp) / (repeats - 1)
            cov = np.cov(y[:, v], prediction[:, v])[0, 1]
            direct.append(cov / np.sqrt(sp * np.var(prediction[:, v], ddof=1)) if sp > 0 else np.nan)
            top = 1 / np.sqrt(1 + (tp / sp - 1) / repeats) if sp > 0 else 0.0
            ceiling.append(top)
            r = np.corrcoef(y[:, v], prediction[:, v])[0, 1]
            for floor in floored:
                floored[floor].append(r / max(top, floor))
        out[f"norm.{rule}.direct"] = np.array(direct)
        out[f"norm.{rule}.ceiling"] = np.array(ceiling)
        out[f"norm.{rule}.floor25"] = np.array(floored[0.25])
        out[f"norm.{rule}.floor60"] = np.array(floored[0.6])
    return out


def by_nnls(p):
    """min over w >= 0 of w'Pw + (1'w - 1)^2 has the simplex's minimum as its direction."""
    values, vectors = np.linalg.eigh(p)
    root = (vectors * np.sqrt(np.maximum(values, 0))).T
    size = np.sqrt(np.trace(p) / len(p))
    w, _ = nnls(np.vstack([root / size, np.ones(len(p))]), np.r_[np.zeros(len(p)), 1.0], maxiter=10000)
    return w / w.sum()


def by_active_sets(p):
    """Every face of the simplex: its plane minimum, if inside."""
    best, value = None, np.inf
    m = len(p)
    for size in range(1, m + 1):
        for face in combinations(range(m), size):
            system = np.block([[p[np.ix_(face, face)], np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
            try:
                s = np.linalg.solve(system, np.r_[np.zeros(size), 1.0])[:size]
            except np.linalg.LinAlgError:
                continue
            if s.min() < 0:
                continue
            full = np.zeros(m)
            full[list(face)] = s
            if full @ p @ full < value:
                best, value = full, full @ p @ full
    return best


def by_slsqp(p):
    m = len(p)
    p = p / np.trace(p) * m
    result = minimize(
        lambda s: 0.5 * s @ p @ s,
        np.full(m, 1 / m),
        jac=lambda s: p @ s,
        bounds=[(0, 1)] * m,
        constraints={"type": "eq", "fun": lambda s: s.sum() - 1, "jac": lambda s: np.ones(m)},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 2000},
    )
    return result.x


def simplex(rng):
    """Products of correlated residuals, as layers of one network have them."""
    out = {}
    for models, targets in ((2, 12), (3, 12), (7, 12), (13, 6), (33, 6)):
        products, weights = [], []
        for _ in range(targets):
            common = rng.normal(size=(80, 1))
            own = rng.normal(size=(80, models)) @ (np.eye(models) + 0.5 * np.eye(models, k=1))
            e = common + rng.uniform(0.2, 1.5) * own * rng.uniform(0.5, 1.5, models)
            p = e.T @ e / len(e)
            s = by_nnls(p)
            if models <= 7:
                assert np.abs(s - by_active_sets(p)).max() < 1e-8
            assert np.abs(s - by_slsqp(p)).max() < 1e-4, (models, np.abs(s - by_slsqp(p)).max())
            products.append(p), weights.append(s)
        support = [(s > 0).sum() for s in weights]
        print(f"  simplex {models}: {min(support)} to {max(support)} models used")
        out[f"simplex.{models}.products"] = np.array(products)
        out[f"simplex.{models}.weights"] = np.array(weights)
    return out


PENALTIES = np.array([0.1, 1.0, 10.0, 100.0])


def ridge_prediction(x, y, train, test, folds, gap):
    curve = inner_curve(x, y, inner_splits(train, folds, gap), PENALTIES, "mse", True)
    chosen, out = pick(curve, PENALTIES), np.zeros((len(test), y.shape[1]))
    for v, q in enumerate(chosen):
        w, b = fit(x[train], y[train][:, [v]], PENALTIES[q], True)
        out[:, [v]] = x[test] @ w + b
    return out


def stacked(rng):
    """Two outer folds; three models; mixtures from residuals of held-out training rows."""
    rows, targets, gap = 60, 5, 1
    models = [rng.normal(size=(rows, f)) for f in (3, 4, 6)]
    y = rng.normal(size=(rows, targets)) * 0.8
    y += np.stack([models[0][:, 0], models[1][:, 1], models[0][:, 1] + models[2][:, 2], models[2][:, 5], 0 * y[:, 0]], 1)
    prediction, single = np.zeros_like(y), np.zeros_like(y)
    weights, chosen = [], []
    for test in np.array_split(np.arange(rows), 2):
        train = np.array([i for i in range(rows) if np.abs(test - i).min() > gap])
        errors = []
        for x in models:
            held_out = np.zeros((len(train), targets))
            for part_train, part_test in inner_splits(train, 3, gap):
                at = np.searchsorted(train, part_test)
                held_out[at] = ridge_prediction(x, y, part_train, part_test, 4, gap)
            errors.append(y[train] - held_out)
        finals = np.stack([ridge_prediction(x, y, train, test, 3, gap) for x in models])
        s = np.stack([by_nnls(np.array([[np.mean(a[:, v] * b[:, v]) for a in errors] for b in errors])) for v in range(targets)])
        best = np.array([np.argmin([np.mean(e[:, v] ** 2) for e in errors]) for v in range(targets)])
        prediction[test] = np.einsum("vm,mtv->tv", s, finals)
        single[test] = np.stack([finals[best[v], :, v] for v in range(targets)], 1)
        weights.append(s), chosen.append(best)
    print("  stacked r", np.round(correlation(prediction, y), 2), "single", np.round(correlation(single, y), 2))
    out = {f"stack.x{m}": x for m, x in enumerate(models)}
    return {
        **out,
        "stack.y": y,
        "stack.penalties": PENALTIES,
        "stack.prediction": prediction,
        "stack.single_prediction": single,
        "stack.weights": np.array(weights),
        "stack.single": np.array(chosen).astype(np.int32),
    }


def main():
    rng = np.random.default_rng(50)
    out = out_folder("scaling")
    save_json(out / "scaling.json", {"fits": log_fits(rng), **quantiles()})
    save_tensors(out / "scaling.safetensors", {**normalized(rng), **simplex(rng), **stacked(rng)})


if __name__ == "__main__":
    main()
