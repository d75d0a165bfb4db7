"""Choices of penalties by scikit-learn's fold scores: per target, shared, by groups, best or within one standard error.

Ridge models of the choice over all rows, plain and z-scored, end the script: weights for features as they are.
"""

import numpy as np
from common import out_folder, save_tensors
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

PENALTIES = np.logspace(-1, 4, 11)
OUTER, INNER, CLEAR = 4, 5, 1e-4


def problem(seed, rows=64, features=9, targets=14):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, features)) @ rng.normal(size=(features, features)) * np.logspace(0, -1, features) + 0.5
    y = x @ rng.normal(size=(features, targets)) / 3 * np.linspace(1, 0.1, targets) + rng.normal(size=(rows, targets))
    return x.astype(np.float32).astype(float), y.astype(np.float32).astype(float)


def fold_scores(x, y, folds):
    """K x penalties x V: -MSE of each fold."""
    scores = []
    for train, test in folds:
        models = [Ridge(alpha=a, solver="svd").fit(x[train], y[train]) for a in PENALTIES]
        scores.append([-mean_squared_error(y[test], m.predict(x[test]), multioutput="raw_values") for m in models])
    return np.array(scores)


def choose(scores, one_se):
    """K x penalties -> place of the penalty, and how far the choice is from another one."""
    mean = scores.mean(0)
    best = mean.argmax()
    if not one_se:
        return best, np.sort(mean)[-1] - np.sort(mean)[-2]
    least = mean[best] - scores[:, best].std(ddof=1) / np.sqrt(len(scores))
    lead = np.sort(mean)[-1] - np.sort(mean)[-2]
    return np.flatnonzero(mean >= least).max(), min(lead, np.abs(mean - least).min())


def choices(scores, groups, one_se):
    chosen, leads = np.zeros(scores.shape[2], np.int64), []
    for g in np.unique(groups):
        own = groups == g
        chosen[own], lead = choose(scores[:, :, own].mean(2), one_se)
        leads.append(lead)
    return chosen, min(leads)


def weights(x, y, chosen, scale):
    """Weights and intercepts for features as they are; responses are z-scored too where features are."""
    w, b = np.zeros((x.shape[1], y.shape[1])), np.zeros(y.shape[1])
    for v, c in enumerate(chosen):
        if not scale:
            model = Ridge(alpha=PENALTIES[c], solver="svd").fit(x, y[:, v])
            w[:, v], b[v] = model.coef_, model.intercept_
            continue
        to = StandardScaler().fit(y[:, v : v + 1])
        pipe = make_pipeline(StandardScaler(), Ridge(alpha=PENALTIES[c], solver="svd"))
        pipe.fit(x, to.transform(y[:, v : v + 1])[:, 0])
        w[:, v] = pipe[1].coef_ / pipe[0].scale_ * to.scale_
        b[v] = to.mean_[0] + to.scale_[0] * (pipe[1].intercept_ - (pipe[1].coef_ * pipe[0].mean_ / pipe[0].scale_).sum())
        assert np.allclose(x @ w[:, v] + b[v], to.inverse_transform(pipe.predict(x)[:, None])[:, 0], atol=1e-12)
    return w, b


def main():
    x, y = problem(12)
    targets = y.shape[1]
    groups = np.array([2, 0, 2, 1, 0, 2, 1, 3, 3, 0, 1, 1, 2, 0])
    tensors = {"x": x, "y": y, "penalties": PENALTIES, "groups": groups}
    together = {"per_target": np.arange(targets), "shared": np.zeros(targets, int), "group": groups}
    scores = []
    for train, _ in KFold(OUTER).split(x):
        scores.append(fold_scores(x, y, [(train[a], train[b]) for a, b in KFold(INNER).split(train)]))
    for mode, units in together.items():
        for rule in ("best", "one_se"):
            found = [choices(s, units, rule == "one_se") for s in scores]
            tensors[f"{mode}.{rule}"] = np.array([PENALTIES[chosen] for chosen, _ in found])
            print(f"{mode:11s} {rule:7s} clear by {min(lead for _, lead in found):.1e}", np.log10(tensors[f"{mode}.{rule}"][0]))
            assert min(lead for _, lead in found) > CLEAR, "a choice hangs by a thread: take another seed"
    tensors["curves"] = np.array([s.mean(0) for s in scores])
    chosen, lead = choices(fold_scores(x, y, list(KFold(INNER).split(x))), np.arange(targets), False)
    assert lead > CLEAR
    tensors["all.penalties"] = PENALTIES[chosen]
    for name, scale in (("plain", False), ("scaled", True)):
        tensors[f"all.{name}.weights"], tensors[f"all.{name}.intercepts"] = weights(x, y, chosen, scale)
    save_tensors(out_folder("ridge_choice") / "choice.safetensors", tensors)


if __name__ == "__main__":
    main()
