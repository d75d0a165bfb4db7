"""Principal components by scikit-learn (full SVD); each component's largest loading is turned positive."""

import json
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA


def case(x, others, k):
    pca = PCA(n_components=k, svd_solver="full").fit(x)
    at = np.abs(pca.components_).argmax(1)
    sign = np.sign(pca.components_[np.arange(k), at])
    return {
        "rows": x.tolist(),
        "others": others.tolist(),
        "mean": pca.mean_.tolist(),
        "components": (pca.components_ * sign[:, None]).tolist(),
        "variances": pca.explained_variance_.tolist(),
        "scores": (pca.transform(others) * sign).tolist(),
    }


def main():
    rng = np.random.default_rng(72)
    cases = {}
    for name, n, f, k in (("tall", 40, 6, 4), ("wide", 9, 30, 5), ("all", 12, 5, 5)):
        x = rng.normal(size=(n + 4, f)) @ rng.normal(size=(f, f)) + 3 * rng.normal(size=f)
        cases[name] = case(x[:n], x[n:], k)
    out = Path(__file__).parent / "pca"
    out.mkdir(exist_ok=True)
    (out / "pca.json").write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
