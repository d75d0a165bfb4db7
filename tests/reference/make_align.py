"""Words to volumes (Lanczos, sum, mean), delays within stories, cosine high-pass and z-score."""

import numpy as np

from common import out_folder, save_json, save_tensors
from timing import cosine_basis, delayed, high_pass, interval_weights, lanczos_weights, zscore

VOLUMES, WORDS, FEATURES = 40, 60, 5
GRIDS = {"tr2": {"tr": 2.0, "first_centre": 1.0}, "tr1_5": {"tr": 1.5, "first_centre": 6.35}}


def word_times(rng):
    """Irregular: dense and sparse stretches, 22 s of silence, words before the first and after the last volume."""
    times = np.sort(
        np.concatenate([rng.uniform(2, 34, 36), rng.uniform(56, 76, 17), [-1.25, 0.0, 5.0, 12.0, 78.3, 79.999, 81.5]])
    )
    assert len(times) == WORDS and np.diff(times).min() > 0
    return times


def downsampled(times, features, tr, first_centre):
    centres = first_centre + tr * np.arange(VOLUMES)
    weights = {
        "lanczos3": lanczos_weights(times, centres, 1 / tr, 3),
        "lanczos3_normalised": lanczos_weights(times, centres, 1 / tr, 3, normalise=True),
        "lanczos2_cutoff0_8": lanczos_weights(times, centres, 0.8 / tr, 2),
        "sum": interval_weights(times, centres, tr),
        "mean": interval_weights(times, centres, tr, mean=True),
    }
    total = np.abs(weights["lanczos3"].sum(1))
    assert (total == 0).any() and total[total > 0].min() > 1e-2, "a silent volume is wanted, a nearly silent one is not"
    out = {name: w @ features for name, w in weights.items()}
    return {"centres": centres, "lanczos3_weights": weights["lanczos3"], **out}


def check_golden():
    """Lanczos, 3 lobes, cutoff 0.5 Hz: values known beforehand."""
    known = {0.3: 0.95944083, 1: 0.60792710, 2: 0, 2.5: -0.13287102, 3: -0.13509491, 5: 0.02431708, 6.1: 0}
    got = lanczos_weights(list(known), [0.0], 0.5, 3)[0]
    assert np.abs(got - list(known.values())).max() < 1e-8
    assert not any(lanczos_weights([0.0], [7.0, 6.0], 0.5, 3).ravel())


def main():
    check_golden()
    rng = np.random.default_rng(54)
    times, features = word_times(rng), rng.normal(size=(WORDS, FEATURES)) + 0.5
    tensors = {"times": times, "features": features}
    for name, grid in GRIDS.items():
        tensors.update({f"{name}.{k}": v for k, v in downsampled(times, features, **grid).items()})
    x, lengths = rng.normal(size=(VOLUMES, FEATURES)), [13, 27]
    tensors["stories.x"] = x
    for delays in ([1, 2, 3, 4], [0, 2], [-1, 1], [14]):
        tensors["stories.delays_" + "_".join(str(d).replace("-", "m") for d in delays)] = delayed(x, delays, lengths)
    t = np.arange(150.0)
    y = np.stack(
        [rng.normal(size=150) + 5, 0.02 * t - 1, np.cos(t / 30) + 0.1 * rng.normal(size=150), np.full(150, 0.1)], 1
    )
    tensors.update(
        {
            "filter.x": y,
            "filter.tr2_cutoff128": high_pass(y, 2.0, 128),
            "filter.tr2_basis": cosine_basis(150, 2.0, 128),
            "filter.tr1_5_cutoff128": high_pass(y, 1.5, 128),
            "filter.tr1_5_40rows": high_pass(y[:40], 1.5, 128),
            "filter.zscore": zscore(y),
        }
    )
    assert tensors["filter.tr2_basis"].shape[1] == 5 and np.abs(tensors["filter.zscore"][:, 3]).max() == 0
    out = out_folder("align")
    save_tensors(out / "align.safetensors", tensors)
    save_json(out / "align.json", {"grids": GRIDS, "story_lengths": lengths, "volumes": VOLUMES})


if __name__ == "__main__":
    main()
