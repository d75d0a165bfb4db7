"""Sparse codes and a learnt dictionary from scikit-learn: what the dictionary layer is held to."""

import warnings

import numpy as np
from sklearn.decomposition import MiniBatchDictionaryLearning
from sklearn.linear_model import Lasso, lars_path

from common import out_folder, save_json, save_tensors
from splitmix import normals

PENALTY = 0.15


def objective(x, d, codes, penalty):
    return 0.5 * ((x - d @ codes) ** 2).sum(0) + penalty * np.abs(codes).sum(0)


def code(x, d, penalty, positive=False):
    """Lasso(alpha) divides the squares by 2 n: alpha = penalty / n."""
    model = Lasso(alpha=penalty / len(x), fit_intercept=False, positive=positive, tol=1e-14, max_iter=1_000_000)
    return np.stack([model.fit(d, column).coef_ for column in x.T], 1)


def make_lasso(folder):
    """Correlated atoms of unequal norms, signals of unequal norms; three penalties, with and without the sign."""
    d = normals(30, 12, 1)
    d[:, 1] = 0.7 * d[:, 0] + 0.3 * d[:, 1]
    d[:, 5] *= 3
    x = normals(30, 25, 2) * np.linspace(0.2, 3, 25)
    tensors = {"dictionary": d, "signals": x}
    for name, penalty in (("small", 0.05), ("middle", 1.0), ("large", 8.0)):
        for suffix, positive in (("", False), (".positive", True)):
            codes = code(x, d, penalty, positive)
            tensors[f"{name}{suffix}.codes"] = codes
            tensors[f"{name}{suffix}.objective"] = objective(x, d, codes, penalty)
        lars = np.stack([lars_path(d, c, alpha_min=penalty / len(x), method="lasso")[2][:, -1] for c in x.T], 1)
        worst = np.abs(objective(x, d, lars, penalty) / tensors[f"{name}.objective"] - 1).max()
        print(f"lasso, {name}: least angles and coordinate descent differ by {worst:.1e}, "
              f"{(tensors[name + '.codes'] != 0).mean():.2f} of the coefficients are not 0")
        assert worst < 1e-8
    save_tensors(folder / "lasso.safetensors", tensors)


def planted(signals, seed):
    """64 atoms of 300 time points, about 3.2 a signal, noise of a tenth of the signal; columns of norm 1."""
    atoms = normals(300, 64, 100)
    atoms /= np.linalg.norm(atoms, axis=0)
    codes = normals(64, signals, seed) * (normals(64, signals, seed + 1) > 1.6449)
    x = atoms @ codes + np.sqrt(0.32 / 300) * normals(300, signals, seed + 2)
    return atoms, x / np.linalg.norm(x, axis=0)


def make_planted(folder):
    atoms, x = planted(9216, 200)
    held_out = planted(1024, 300)[1]
    result = {"penalty": PENALTY, "sum_of_signals": x.sum(), "sum_of_held_out": held_out.sum(), "fits": []}
    for epochs in (2, 10):
        model = MiniBatchDictionaryLearning(
            64, alpha=PENALTY, batch_size=256, max_iter=epochs, max_no_improvement=None, tol=0,
            random_state=0, transform_algorithm="lasso_cd", transform_alpha=PENALTY)
        d = model.fit(x.T).components_.T
        recovered = int((np.abs(atoms.T @ (d / np.linalg.norm(d, axis=0))).max(1) > 0.9).sum())
        value = objective(held_out, d, code(held_out, d, PENALTY), PENALTY).mean()
        print(f"planted, {epochs} epochs: {recovered} of 64 atoms, held-out objective {value:.6f}")
        result["fits"].append({"epochs": epochs, "recovered": recovered, "held_out_objective": value})
    save_json(folder / "planted.json", result)


def main():
    warnings.simplefilter("ignore", FutureWarning)
    folder = out_folder("dictionary")
    make_lasso(folder)
    make_planted(folder)


if __name__ == "__main__":
    main()
