"""Arrays and expected scores for the tests of `encode`: written to ../data/encode (remake after make_ridge.py).

x, y and the expected scores of `wide`, `tall` and `stories` come from ridge/*.safetensors; a split into training and test
rows is fitted anew by explicit normal equations (plain_ridge.py). Expected tables have the columns target, r, r2, penalty
(median over folds) and flag; targets are counted from 0. Small broken arrays for the tests of messages end the script.
"""

import numpy as np
from common import HERE
from plain_ridge import contiguous_folds, correlation, fit, inner_curve, pick, r_squared, without
from safetensors.numpy import load_file

OUT = HERE.parent / "data" / "encode"
PENALTIES = 10.0 ** np.linspace(-2, 4, 7)


def save(name, array):
    np.save(OUT / f"{name}.npy", np.ascontiguousarray(array))


def cell(value):
    return "n/a" if np.isnan(value) else repr(float(value))


def save_table(name, r, r2, penalty, flags):
    rows = [f"{v}\t{cell(r[v])}\t{cell(r2[v])}\t{cell(penalty[v])}\t{flags[v]}" for v in range(len(r))]
    (OUT / f"{name}.tsv").write_text("\n".join(["target\tr\tr2\tpenalty\tflag", *rows]) + "\n")


def stored_case(file, case):
    """The scores of a case of make_ridge.py; target 4 is constant and target 6 has a NaN."""
    data = load_file(HERE / "ridge" / f"{file}.safetensors")
    flags = ["ok"] * 4 + ["constant", "ok", "nan"]
    assert (data["usable"] == [flag == "ok" for flag in flags]).all()
    penalty = np.median(data["penalties"][np.maximum(data[f"{case}.chosen"], 0)], axis=0)
    penalty[data["usable"] == 0] = np.nan
    save_table(f"{file}_{case}", data[f"{case}.r"], data[f"{case}.r2"], penalty, flags)


def delayed(x, delays):
    """Copies of x, each that many rows later, zeros at the start."""
    return np.hstack([np.vstack([np.zeros((d, x.shape[1])), x[: len(x) - d]]) for d in delays])


def train_test_case(x, y, rows, folds, gap, delays):
    """Penalties chosen by mse over contiguous folds of the first rows, scored on the others."""
    y = y.copy()
    y[rows:, 2] = 3.0  # constant in the test rows only
    y[5, 3] = np.inf  # infinite in the training rows only
    for part, these in (("train", slice(None, rows)), ("test", slice(rows, None))):
        save(f"split_x_{part}", x[these])
        save(f"split_y_{part}", y[these])
    flags = ["ok", "ok", "constant", "infinite", "constant", "ok", "nan"]
    ok = [v for v, flag in enumerate(flags) if flag == "ok"]
    train_x, test_x = delayed(x[:rows], delays), delayed(x[rows:], delays)
    train_y, test_y = y[:rows][:, ok], y[rows:][:, ok]
    splits = [(without(np.arange(rows), test, gap), test) for test in contiguous_folds(np.arange(rows), folds)]
    curve = inner_curve(train_x, train_y, splits, PENALTIES, "mse", True)
    chosen = pick(curve, PENALTIES)
    prediction = np.zeros_like(test_y)
    for v, q in enumerate(chosen):
        w, b = fit(train_x, train_y[:, [v]], PENALTIES[q], True)
        prediction[:, [v]] = test_x @ w + b
    numbers = np.full((3, len(flags)), np.nan)
    numbers[:, ok] = correlation(prediction, test_y), r_squared(prediction, test_y), PENALTIES[chosen]
    save_table("split", *numbers, flags)


def broken_arrays(x, y):
    save("short_x", x[:-3])
    nan = x.copy()
    nan[3, 1], nan[7, 4] = np.nan, -np.inf
    save("nan_x", nan)
    constant = x.copy()
    constant[:, [0, 5]] = 2.0
    save("constant_x", constant)
    save("cube", np.zeros((4, 3, 2)))
    bad = y.copy()
    bad[:, :] = 1.0
    save("all_bad_y", bad)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for file, case in (("wide", "r2_intercept"), ("wide", "mse_plain"), ("tall", "mse_intercept"), ("stories", "inner_stories")):
        data = load_file(HERE / "ridge" / f"{file}.safetensors")
        save(f"{file}_x", data["x"])
        save(f"{file}_y", data["y"])
        stored_case(file, case)
    stories = np.repeat([30, 10, 20], [17, 23, 20])
    save("stories_groups", stories.astype(np.int32))
    (OUT / "stories_groups.txt").write_text("".join(f"story {label}\n" for label in stories))
    tall = load_file(HERE / "ridge" / "tall.safetensors")
    train_test_case(tall["x"], tall["y"], 42, 4, 2, [1, 3])
    broken_arrays(tall["x"], tall["y"])


if __name__ == "__main__":
    main()
