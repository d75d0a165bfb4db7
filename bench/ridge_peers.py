"""The peers of ridge.py: each is one process that reads the arrays, fits, predicts the test rows and reports what that took."""
import json
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

import protocol
import ridge_data


def batches(peer):
    """"torch-2048" works through 2048 targets at a time, "torch" through all at once."""
    size = peer.partition("-")[2]
    return {name: int(size) for name in ("n_targets_batch", "n_targets_batch_refit") if size}


def import_peer(peer):
    """Imports are no part of what is measured. Returns the conversions from and to numpy."""
    if peer == "sklearn":
        import sklearn.linear_model  # noqa: F401
        return np.asarray, np.asarray
    from himalaya import kernel_ridge, ridge, scoring  # noqa: F401
    from himalaya.backend import set_backend
    backend = set_backend(peer.partition("-")[0])
    return backend.asarray, backend.to_numpy


def himalaya_cv(case, peer, x, y, grid):
    from himalaya.kernel_ridge import KernelRidgeCV
    from himalaya.ridge import RidgeCV
    from sklearn.model_selection import KFold

    kind = {"kernel": KernelRidgeCV, "ridge": RidgeCV}[case.kind]
    model = kind(alphas=grid, cv=KFold(case.folds), fit_intercept=False, solver_params=batches(peer)).fit(x, y)
    return model, model.best_alphas_


def himalaya_banded(case, peer, x, y, grid, gammas):
    """The timed samples only. Deltas are log(gamma / alpha), and gammas add up to 1. Returns the chosen sample too."""
    from himalaya.kernel_ridge import Kernelizer, ColumnKernelizer, MultipleKernelRidgeCV
    from sklearn.model_selection import KFold
    from sklearn.pipeline import make_pipeline

    width = case.width // case.bands
    columns = [[d * case.width + b * width + i for d in range(case.delays) for i in range(width)] for b in range(case.bands)]
    kernels = ColumnKernelizer([(f"band{b}", Kernelizer(), of) for b, of in enumerate(columns)])
    search = dict(n_iter=gammas, alphas=grid, n_alphas_batch=5, progress_bar=False, **batches(peer))
    ridge = MultipleKernelRidgeCV(kernels="precomputed", solver="random_search", solver_params=search, cv=KFold(case.folds))
    model = make_pipeline(kernels, ridge).fit(x, y)
    scales = np.exp(np.asarray(ridge.deltas_))
    sample = np.abs(gammas[:, :, None] - scales / scales.sum(0)).sum(1).argmin(0)
    return model, 1 / scales.sum(0), sample


def sklearn_loo(case, x, y, grid):
    from sklearn.linear_model import RidgeCV

    model = RidgeCV(alphas=grid, alpha_per_target=True, fit_intercept=False).fit(x, y)
    return model, model.alpha_


def correlation(y, predictions):
    y, predictions = y - y.mean(0), predictions - predictions.mean(0)
    return (y * predictions).sum(0) / np.sqrt((y**2).sum(0) * (predictions**2).sum(0))


def read_arrays(case, folder):
    runs = np.load(folder / "runs.npy")
    read = lambda suffix, labels: ridge_data.delayed(
        np.concatenate([np.load(file) for file in ridge_data.feature_files(case, folder, suffix)], axis=1), labels, case.delays)
    x, x_test = read("", runs[: case.rows]), read("_test", runs[case.rows :])
    return x, np.load(folder / "y.npy"), x_test, np.load(folder / "y_test.npy")


def memory(name):
    return int(re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024


def forget_peak():
    Path("/proc/self/clear_refs").write_text("5")


def packages(peer):
    names = {"sklearn": ["scikit-learn", "numpy"]}.get(peer, ["himalaya", "numpy"]) + ["torch"] * peer.startswith("torch")
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "?"
    return ", ".join(f"{name} {number}" for name, number in found.items())


def blas_kernels(peer):
    from threadpoolctl import threadpool_info

    kernels = [f"{i['internal_api']} {i.get('version')} {i.get('architecture', '')}".strip() for i in threadpool_info()
               if i["user_api"] == "blas"]
    if peer.startswith("torch"):  # its own MKL is linked in, out of threadpoolctl's sight
        import torch
        kernels = [line.strip(" -") for line in torch.__config__.show().splitlines() if "Math Kernel" in line or "capability" in line]
    return ", ".join(sorted(set(kernels)))


def work(case, peer, folder, out):
    to_peer, to_numpy = import_peer(peer)
    grid = case.grid().astype(np.float32)
    reading = protocol.Stopwatch()
    x, y, x_test, y_test = read_arrays(case, folder)
    read = reading.read()
    forget_peak()
    inputs, watch = memory("VmRSS"), protocol.Stopwatch()
    sample = np.zeros(case.columns(), int)
    if case.kind == "loo":
        model, penalty = sklearn_loo(case, x, y, grid)
    elif case.kind == "banded":
        gammas = np.load(folder / "gammas.npy").astype(np.float32)
        model, penalty, sample = himalaya_banded(case, peer, to_peer(x), to_peer(y), grid, gammas)
    else:
        model, penalty = himalaya_cv(case, peer, to_peer(x), to_peer(y), grid)
    r = correlation(y_test, to_numpy(model.predict(to_peer(x_test))))
    times, above = watch.read(), memory("VmHWM") - inputs
    np.savez(out, r=r, penalty=to_numpy(penalty).astype(float), sample=sample)
    print(json.dumps({**times, "read_wall": read["wall"], "read_cpu": read["cpu"], "above": above, "inputs": inputs,
                      "version": packages(peer), "blas": blas_kernels(peer)}))
