"""Held-out R2 of grouped folds, with and without a choice of predictors in every fold, by loops and lstsq."""

from itertools import combinations

import numpy as np

from common import out_folder, save_json


def fitted(x, y, intercept):
    exog = np.column_stack([np.ones(len(y))] * intercept + [x]) if intercept + x.shape[1] else np.zeros((len(y), 0))
    return np.linalg.lstsq(exog, y, rcond=None)[0] if exog.shape[1] else np.zeros(0), exog


def chosen(x, y, intercept, criterion):
    if criterion == "none":
        return list(range(x.shape[1]))
    best = (np.inf, None)
    for size in range(x.shape[1] + 1):
        for columns in combinations(range(x.shape[1]), size):
            beta, exog = fitted(x[:, list(columns)], y, intercept)
            value = len(y) * np.log(np.sum((y - exog @ beta) ** 2)) + size * (2 if criterion == "aic" else np.log(len(y)))
            best = min(best, (value, list(columns)))
    return best[1]


def fold_of_groups(labels, folds):
    """Groups in order of appearance; the first ones of numpy's array_split are one longer, as the program's are."""
    order = list(dict.fromkeys(labels))
    parts = np.array_split(np.arange(len(order)), folds)
    fold = {order[g]: f for f, part in enumerate(parts) for g in part}
    return np.array([fold[label] for label in labels])


def held_out(x, y, fold, intercept, criterion):
    sse = sst = 0.0
    for f in range(fold.max() + 1):
        train, test = fold != f, fold == f
        columns = chosen(x[train], y[train], intercept, criterion)
        beta, _ = fitted(x[train][:, columns], y[train], intercept)
        prediction = np.column_stack([np.ones(test.sum())] * intercept + [x[test][:, columns]]) @ beta if len(beta) else 0.0
        sse += np.sum((y[test] - prediction) ** 2)
        sst += np.sum((y[test] - (y[train].mean() if intercept else 0.0)) ** 2)
    return 1 - sse / sst


def main():
    rng = np.random.default_rng(61)
    labels = [f"g{g}" for g in rng.permutation(np.repeat(np.arange(13), [1, 2, 3, 1, 2, 3, 4, 2, 2, 1, 3, 2, 4]))]
    x = rng.normal(size=(len(labels), 4)) + [0, 2, 50, 0]
    y = np.column_stack([x @ [1, 0, 0.4, 0], x @ [0.2, 0, 0, 0], np.zeros(len(labels))]) + rng.normal(size=(len(labels), 3))
    fold = fold_of_groups(labels, 4)
    scores = {
        f"{criterion}_{'intercept' if intercept else 'plain'}": [held_out(x, y[:, c], fold, intercept, criterion) for c in range(3)]
        for criterion in ("none", "aic", "bic") for intercept in (1, 0)
    }
    save_json(out_folder("regression") / "held_out.json",
              {"labels": labels, "x": x.tolist(), "y": y.tolist(), "folds": 4, "fold": fold.tolist(), "held_out_r2": scores})


if __name__ == "__main__":
    main()
