"""Nested cross-validated ridge by explicit normal equations: slow, float64, no shortcuts."""

import numpy as np


def correlation(a, b):
    a, b = a - a.mean(0), b - b.mean(0)
    top, bottom = (a * b).sum(0), np.sqrt((a * a).sum(0) * (b * b).sum(0))
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)


def r_squared(prediction, y):
    sse, sst = ((y - prediction) ** 2).sum(0), ((y - y.mean(0)) ** 2).sum(0)
    return 1 - np.divide(sse, sst, out=np.full_like(sse, np.nan), where=sst > 0)


def score(metric, prediction, y):
    """Larger is better for all three."""
    return {
        "mse": lambda: -((prediction - y) ** 2).mean(0),
        "r2": lambda: r_squared(prediction, y),
        "r": lambda: correlation(prediction, y),
    }[metric]()


def fit(x, y, penalty, intercept):
    """Weights [p x V] and intercept [V]: (A'A + penalty * D) w = A'y; A has a column of ones whose entry of D is 0."""
    a = np.hstack([x, np.ones((len(x), 1))]) if intercept else x
    d = np.ones(a.shape[1])
    if intercept:
        d[-1] = 0
    w = np.linalg.solve(a.T @ a + penalty * np.diag(d), a.T @ y)
    return (w[:-1], w[-1]) if intercept else (w, np.zeros(y.shape[1]))


def contiguous_folds(rows, k):
    """k blocks of `rows` in order; the first len(rows) % k blocks have one row more."""
    return np.array_split(np.asarray(rows), k)


def without(rows, test, gap):
    """Rows farther than `gap` from every test row (rows of the original axis)."""
    return np.array([i for i in rows if np.abs(test - i).min() > gap])


def inner_splits(train, folds, gap, story_of=None):
    """(train, test) pairs of original rows; contiguous blocks of the remaining rows, or one story each."""
    if story_of is None:
        tests = contiguous_folds(train, folds)
    else:
        tests = [train[story_of[train] == s] for s in np.unique(story_of[train])]
    return [(without(train, test, gap), test) for test in tests]


def pick(mean_score, penalties):
    """[penalties x V] -> index of the best score; of equal scores the one with the larger penalty."""
    order = np.argsort(penalties)[::-1]
    return order[np.argmax(mean_score[order], axis=0)]


def inner_curve(x, y, splits, penalties, metric, intercept):
    """Mean over the inner folds of the score, [penalties x V]."""
    total = np.zeros((len(penalties), y.shape[1]))
    for train, test in splits:
        for q, penalty in enumerate(penalties):
            w, b = fit(x[train], y[train], penalty, intercept)
            total[q] += score(metric, x[test] @ w + b, y[test])
    return total / len(splits)


def margin(curve, chosen):
    """By how much the chosen score beats the best of the others, [V]."""
    others = curve.copy()
    others[chosen, np.arange(curve.shape[1])] = -np.inf
    return curve.max(0) - others.max(0)


def nested(x, y, outer_tests, gap, make_inner, penalties, metric, intercept):
    """All arrays of one nested cross-validation; every row is held out once."""
    folds, targets = len(outer_tests), y.shape[1]
    out = {
        "chosen": np.zeros((folds, targets), np.int64),
        "curve": np.zeros((folds, len(penalties), targets)),
        "margin": np.zeros((folds, targets)),
        "prediction": np.full(y.shape, np.nan),
        "weights": np.zeros((folds, x.shape[1], targets)),
        "intercept": np.zeros((folds, targets)),
    }
    for f, test in enumerate(outer_tests):
        train = without(np.arange(len(x)), test, gap)
        out["curve"][f] = inner_curve(x, y, make_inner(train), penalties, metric, intercept)
        out["chosen"][f] = pick(out["curve"][f], penalties)
        out["margin"][f] = margin(out["curve"][f], out["chosen"][f])
        for q in np.unique(out["chosen"][f]):
            cols = out["chosen"][f] == q
            out["weights"][f][:, cols], out["intercept"][f][cols] = fit(
                x[train], y[train][:, cols], penalties[q], intercept
            )
        out["prediction"][test] = x[test] @ out["weights"][f] + out["intercept"][f]
    out["r"], out["r2"] = correlation(out["prediction"], y), r_squared(out["prediction"], y)
    return out
