"""Detrending, confounds and smoothing of responses, by SciPy, nilearn and loops over vertices."""

import numpy as np
import pandas as pd
from nilearn.interfaces.fmriprep.load_confounds_utils import prepare_output
from nilearn.signal import clean
from scipy.ndimage import gaussian_filter
from scipy.signal import detrend, savgol_filter

from common import HERE, out_folder, save_tensors

VOLUMES, TARGETS, TR = 90, 4, 1.5
MOTION = ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"]


def series(rng):
    """Slow drifts, noise and what confounds made of it."""
    time = np.linspace(-1, 1, VOLUMES)[:, None]
    drift = 40 * time * rng.normal(size=TARGETS) + 30 * time**3 * rng.normal(size=TARGETS)
    return 100 + drift + 3 * rng.normal(size=(VOLUMES, TARGETS))


def confounds_table(rng):
    """As fMRIPrep writes it: derivatives without a first row, components, outliers."""
    table = {}
    for name in MOTION:
        values = np.cumsum(rng.normal(size=VOLUMES)) * 0.02
        derivative = np.diff(values, prepend=np.nan)
        table |= {name: values, f"{name}_derivative1": derivative, f"{name}_power2": values**2}
        table[f"{name}_derivative1_power2"] = derivative**2
    for name in ["white_matter", "csf", "global_signal"]:
        table[name] = 500 + rng.normal(size=VOLUMES).cumsum()
    for i in range(4):
        table[f"a_comp_cor_{i:02}"] = rng.normal(size=VOLUMES)
    for i in range(2):
        table[f"cosine{i:02}"] = np.cos(np.pi * (np.arange(VOLUMES) + 0.5) * (i + 1) / VOLUMES)
        table[f"non_steady_state_outlier{i:02}"] = np.eye(VOLUMES)[i]
    return pd.DataFrame(table).round(8)


def with_first_row(table, columns):
    return prepare_output(table[columns].copy(), demean=False)[1][columns].to_numpy()


def cleaned(x, confounds=None, **options):
    return clean(x.copy(), confounds=confounds, standardize=None, t_r=TR, **options)


def detrended(x):
    return {
        "savgol_61_2": x - savgol_filter(x, 61, 2, axis=0, mode="interp"),
        "savgol_21_3": x - savgol_filter(x, 21, 3, axis=0, mode="interp"),
        "savgol_89_1": x - savgol_filter(x, 89, 1, axis=0, mode="interp"),
        "linear": detrend(x, axis=0),
        "constant": detrend(x, axis=0, type="constant"),
        "cubic": x - np.stack([np.polyval(np.polyfit(np.arange(VOLUMES), c, 3), np.arange(VOLUMES)) for c in x.T], 1),
    }


def regressed(x, table):
    motion24 = [m + s for m in MOTION for s in ["", "_derivative1", "_power2", "_derivative1_power2"]]
    of = {
        "motion6": with_first_row(table, MOTION),
        "motion24": with_first_row(table, motion24),
        "acompcor": with_first_row(table, ["a_comp_cor_00", "a_comp_cor_01"]),
    }
    smooth = lambda y: y - savgol_filter(y, 61, 2, axis=0, mode="interp")
    return {
        # Neither detrending nor filter: the mean is taken out beforehand, which nilearn leaves in.
        "clean.motion6": cleaned(x - x.mean(0), of["motion6"], detrend=False),
        "clean.motion24.linear": cleaned(x, of["motion24"], detrend=True),
        "clean.acompcor2.linear.cosine": cleaned(x, of["acompcor"], detrend=True, filter="cosine", high_pass=1 / 64),
        "clean.motion6.savgol": cleaned(smooth(x) - smooth(x).mean(0), smooth(of["motion6"]), detrend=False),
        "motion24": of["motion24"],
    }


def blurred(x, mask, fwhm, size):
    sigma = fwhm / np.sqrt(8 * np.log(2)) / np.asarray(size)
    blur = lambda volume: gaussian_filter(volume, sigma, mode="constant", truncate=4)
    return np.stack([(blur(v * mask) / blur(mask.astype(float)))[mask] for v in x])


def volumes(rng):
    """Anisotropic voxels, a mask with a hole and an island; z runs fastest."""
    shape, size = (7, 6, 5), (2.0, 3.0, 4.0)
    mask = rng.random(shape) < 0.7
    x = rng.normal(size=(3, *shape))
    return {
        "volume.mask": mask.astype(np.uint8),
        "volume.size": np.asarray(size),
        "volume.series": np.stack([v[mask] for v in x]),
        "volume.fwhm6": blurred(x, mask, 6, size),
        "volume.fwhm2_5": blurred(x, mask, 2.5, size),
    }


def sheet():
    """A bent grid of triangles with unequal edges."""
    rng = np.random.default_rng(4)
    n, m = 9, 8
    u, v = np.meshgrid(np.arange(n) * 2.0, np.arange(m) * 2.5, indexing="ij")
    points = np.stack([u, v, 0.3 * np.sin(u)], -1).reshape(-1, 3) + rng.normal(size=(n * m, 3)) * 0.2
    corner = lambda i, j: i * m + j
    triangles = []
    for i in range(n - 1):
        for j in range(m - 1):
            triangles += [[corner(i, j), corner(i + 1, j), corner(i, j + 1)]]
            triangles += [[corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)]]
    return points.astype(np.float32), np.asarray(triangles, np.int32)


def diffused(x, points, triangles, used, fwhm):
    """src/brain/smooth.h, a loop over vertices and steps."""
    points = points.astype(float)
    edges = {tuple(sorted((int(t[a]), int(t[b])))) for t in triangles for a, b in [(0, 1), (1, 2), (0, 2)]}
    near = {v: [b if a == v else a for a, b in edges if v in (a, b) and {a, b} <= set(used)] for v in used}
    squared = {v: np.mean([np.sum((points[v] - points[o]) ** 2) for o in near[v]]) for v in used if near[v]}
    variance = fwhm**2 / (8 * np.log(2))
    usual = sorted(squared.values())[len(squared) // 2]
    steps = int(np.ceil(4 * variance / usual))
    place = {v: i for i, v in enumerate(used)}
    for _ in range(steps):
        after = x.copy()
        for v in squared:
            w = min(1, 2 * variance / (steps * squared[v]))
            after[:, place[v]] = (1 - w) * x[:, place[v]] + w * np.mean([x[:, place[o]] for o in near[v]], 0)
        x = after
    return x


def surfaces(rng):
    points, triangles = sheet()
    used = [v for v in range(len(points)) if v not in (10, 11, 30)]
    x = rng.normal(size=(3, len(used)))
    return {
        "surface.points": points,
        "surface.triangles": triangles,
        "surface.used": np.asarray(used),
        "surface.series": x,
        "surface.fwhm6": diffused(x, points, triangles, used, 6),
        "surface.fwhm3": diffused(x, points, triangles, used, 3),
    }


def main():
    rng = np.random.default_rng(20)
    out = out_folder("cleaning")
    x, table = series(rng), confounds_table(rng)
    table.to_csv(out / "confounds.tsv", sep="\t", index=False, na_rep="n/a")
    tensors = {"x": x, **detrended(x), **regressed(x, table), **volumes(rng), **surfaces(rng)}
    save_tensors(out / "cleaning.safetensors", tensors)


if __name__ == "__main__":
    assert HERE.name == "reference"
    main()
