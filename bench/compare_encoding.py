"""`arcuate encode` against himalaya (numpy backend): the same arrays, folds, penalties and precision (float32).

Needs numpy, himalaya, scikit-learn and threadpoolctl. Ends with code 1 when the scores differ, never because of a time.
"""
import csv
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import protocol

LARGEST_DIFFERENCE = 1e-3  # of r, among targets with the same penalty


def options():
    parser = protocol.arguments(__doc__)
    parser.add_argument("--rows", type=int, default=2000, help="training rows")
    parser.add_argument("--test-rows", type=int, default=500)
    parser.add_argument("--features", type=int, default=3840)
    parser.add_argument("--targets", type=int, default=4000)
    parser.add_argument("--folds", type=int, default=5, help="contiguous folds that choose penalties")
    parser.add_argument("--penalties", default="log:1:7:10", help="log:LO:HI:N")
    parser.add_argument("--peer", choices=("auto", "kernel", "ridge"), default="auto",
                        help="KernelRidgeCV or RidgeCV; auto is the kernel where there are more features than rows")
    return parser.parse_args()


def grid(text):
    _, low, high, count = text.split(":")
    return np.logspace(float(low), float(high), int(count))


def make_data(opt, folder):
    """Features of falling variance, responses of many strengths of signal, so that many penalties are chosen."""
    rng = np.random.default_rng(opt.seed)
    rows = opt.rows + opt.test_rows
    x = rng.standard_normal((rows, opt.features), np.float32) * (np.arange(1, opt.features + 1, dtype=np.float32) ** -0.3)
    weights = rng.standard_normal((opt.features, opt.targets), np.float32)
    signal = x @ (weights / np.linalg.norm(x[: opt.rows] @ weights, axis=0) * np.sqrt(opt.rows))
    noise = rng.standard_normal((rows, opt.targets), np.float32)
    y = signal + noise * np.logspace(-1, 1.5, opt.targets, dtype=np.float32)
    for name, array in (("x", x), ("y", y)):
        np.save(folder / f"{name}.npy", array[: opt.rows])
        np.save(folder / f"{name}_test.npy", array[opt.rows :])


def our_command(opt, folder):
    return [opt.program, "encode", "--features", f"{folder}/x.npy", "--responses", f"{folder}/y.npy",
            "--test-features", f"{folder}/x_test.npy", "--test-responses", f"{folder}/y_test.npy",
            "--folds", str(opt.folds), "--penalties", opt.penalties, "--select", "mse", "--no-intercept",
            "--precision", "f32", "--threads", str(opt.threads), "--output", f"{folder}/scores", "--force", "--quiet"]


def work(opt, folder):
    """The peer's process: reads the arrays, fits, predicts and scores, as our program does."""
    from himalaya.backend import set_backend
    from himalaya.kernel_ridge import KernelRidgeCV
    from himalaya.ridge import RidgeCV
    from himalaya.scoring import correlation_score
    from sklearn.model_selection import KFold
    from threadpoolctl import threadpool_info

    set_backend("numpy")
    watch = protocol.Stopwatch()
    x, y, x_test, y_test = (np.load(folder / f"{name}.npy") for name in ("x", "y", "x_test", "y_test"))
    kind = {"kernel": KernelRidgeCV, "ridge": RidgeCV}[opt.peer]
    model = kind(alphas=grid(opt.penalties).astype(np.float32), cv=KFold(opt.folds), fit_intercept=False)
    r = correlation_score(y_test, model.fit(x, y).predict(x_test))
    times = watch.read()
    np.savez(folder / "peer.npz", r=r, penalty=model.best_alphas_)
    blas = sorted({f"{i['internal_api']} {i.get('version')} {i.get('architecture')}" for i in threadpool_info()})
    print(json.dumps({**times, "blas": ", ".join(blas)}))


def compare(opt, folder):
    with open(folder / "scores/scores.tsv", newline="") as file:
        ours = list(csv.DictReader(file, delimiter="\t"))
    theirs = np.load(folder / "peer.npz")
    place = lambda penalties: np.abs(np.log(penalties)[:, None] - np.log(grid(opt.penalties))).argmin(1)
    chosen = place(np.array([float(row["penalty"]) for row in ours]))
    same = chosen == place(theirs["penalty"].astype(float))
    difference = np.abs(np.array([float(row["r"]) for row in ours]) - theirs["r"])
    worst = difference[same].max(initial=0)
    print(f"penalties  {same.mean():.2%} equal; {len(np.unique(chosen))} different ones chosen")
    print(f"r          mean {theirs['r'].mean():.4f}; largest |dr| {difference.max():.2e}, with equal penalties {worst:.2e}")
    return 0 if worst <= LARGEST_DIFFERENCE else 1


def main():
    opt = options()
    if opt.peer == "auto":
        opt.peer = "kernel" if opt.features > opt.rows else "ridge"
    if opt.worker:
        return work(opt, Path(opt.worker))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_data(opt, folder)
        peer = {"kernel": "himalaya KernelRidgeCV", "ridge": "himalaya RidgeCV"}[opt.peer]
        protocol.tell_machine(opt)
        print(f"problem    {opt.rows} + {opt.test_rows} rows x {opt.features} features x {opt.targets} targets, "
              f"{opt.folds} folds, {opt.penalties}")
        runs = protocol.in_turn(our_command(opt, folder), [sys.executable, *sys.argv, "--worker", name], opt)
        print(f"BLAS       peer: {runs['peer, work'][0]['blas']}")
        protocol.tell_times(runs, peer)
        return compare(opt, folder)


if __name__ == "__main__":
    sys.exit(main())
