"""Forecast scores of a small problem, loop by loop: windows, PCA of training words (scikit-learn), volumes, delays, ridge."""

import json
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA

from plain_ridge import contiguous_folds, correlation, fit, inner_curve, pick
from timing import delayed, lanczos_weights

WORDS, VOLUMES, WIDTH, TARGETS, TR = (70, 55), (26, 21), 5, 4, 2.0
WINDOW, COMPONENTS, DELAYS, GAP, FOLDS, INNER = 3, 3, (1, 2), 2, 3, 3
PENALTIES = (0.1, 3.0, 100.0)
DISTANCES = (-4, -1, 0, 1, 2, 3, 5, 9)


def stories_of(lengths):
    return np.repeat(np.arange(len(lengths)), lengths)


def far_from(rows, test, story, gap):
    """Rows farther than `gap` from every test row of their own story."""
    kept = []
    for row in rows:
        near = [t for t in test if story[t] == story[row] and abs(t - row) <= gap]
        if not near:
            kept.append(row)
    return np.array(kept)


def word_is_in(rows, time, word_story, centres, volume_story):
    return any(
        volume_story[r] == word_story and centres[r] - TR / 2 <= time < centres[r] + TR / 2 for r in rows
    )


def window_rows(z, story, distance):
    """[W x (window WIDTH)]; zeros for words outside the story; and which words each window holds (-1: none)."""
    out, members = np.zeros((len(z), WINDOW * WIDTH)), np.full((len(z), WINDOW), -1)
    for n in range(len(z)):
        for place in range(WINDOW):
            m = n + distance - WINDOW + 1 + place
            if 0 <= m < len(z) and story[m] == story[n]:
                out[n, place * WIDTH : (place + 1) * WIDTH] = z[m]
                members[n, place] = m
    return out, members


def to_volumes(values, times, centres, word_story, volume_story):
    out = []
    for s in np.unique(word_story):
        weights = lanczos_weights(times[word_story == s], centres[volume_story == s], 1 / TR, 3)
        out.append(weights @ values[word_story == s])
    return delayed(np.vstack(out), DELAYS, VOLUMES)


def zscored(x, train):
    return (x - x[train].mean(0)) / x[train].std(0)


def held_out(x, y, train, test, inner):
    """x is z-scored by the training rows."""
    x = zscored(x, train)
    curve = inner_curve(x, y, inner, PENALTIES, "mse", True)
    chosen = pick(curve, PENALTIES)
    prediction = np.zeros((len(test), y.shape[1]))
    for q in np.unique(chosen):
        w, b = fit(x[train], y[train][:, chosen == q], PENALTIES[q], True)
        prediction[:, chosen == q] = x[test] @ w + b
    return prediction


def write_command_data(rng, states, times, word_story, y, present, joint):
    """The same problem as files for the command, and other layers, subjects and twins around it."""
    out = Path(__file__).parents[1] / "data" / "forecast"
    out.mkdir(parents=True, exist_ok=True)
    small = lambda x: np.round(x, 3).astype(np.float32)
    np.save(out / "x.npy", states)
    np.save(out / "layers.npy", small(np.stack([rng.normal(size=states.shape), states])))
    np.save(out / "twins.npy", small(states + rng.normal(size=(3,) + states.shape)))
    np.save(out / "y.npy", y)
    np.save(out / "subjects.npy", small(y + 0.5 * rng.normal(size=(6,) + y.shape)))
    for s, name in enumerate(("a", "b")):
        rows = [f"{t}\t{t}\tword" for t in times[word_story == s]]
        (out / f"{name}.tsv").write_text("\n".join(["onset\toffset\tword", *rows]) + "\n")
    places = ("ifg_l\tL\tIFG", "ifg_r\tR\tIFG", "sts_l\tL\tSTS", "sts_r\tR\tSTS")
    (out / "targets.tsv").write_text("\n".join(["target\themisphere\tregion", *places]) + "\n")
    rows = ["distance\ttarget\tr_present\tr_joint\tforecast_score"]
    r = correlation(present, y)
    for d, prediction in zip(DISTANCES, joint):
        both = correlation(prediction, y)
        rows += [f"{d}\t{v}\t{r[v]}\t{both[v]}\t{both[v] - r[v]}" for v in range(TARGETS)]
    (out / "expected.tsv").write_text("\n".join(rows) + "\n")


def main():
    rng = np.random.default_rng(73)
    word_story, volume_story = stories_of(WORDS), stories_of(VOLUMES)
    noise = rng.normal(size=(sum(WORDS) + 3, WIDTH))
    states = np.round((noise[3:] + noise[2:-1] + 0.5 * noise[:-3]) @ rng.normal(size=(WIDTH, WIDTH)) + 1, 4)
    times = np.concatenate([np.round(3 + np.cumsum(rng.uniform(0.2, 1.1, n)), 3) for n in WORDS])
    centres = np.concatenate([1 + TR * np.arange(n) for n in VOLUMES])
    ahead = window_rows(zscored(states, np.arange(len(states))), word_story, 2)[0]
    signal = to_volumes(ahead, times, centres, word_story, volume_story)
    y = signal @ rng.normal(size=(signal.shape[1], TARGETS))
    y = np.round(y / y.std(0) + 0.7 * rng.normal(size=y.shape) + 2, 4)

    rows = np.arange(sum(VOLUMES))
    present, joint = np.zeros(y.shape), np.zeros((len(DISTANCES),) + y.shape)
    for test in contiguous_folds(rows, FOLDS):
        train = far_from(rows, test, volume_story, GAP)
        inner = [(far_from(train, t, volume_story, GAP), t) for t in contiguous_folds(train, INNER)]
        trained = np.array([word_is_in(train, times[n], word_story[n], centres, volume_story) for n in range(len(times))])
        z = zscored(states, trained)
        whole, members = window_rows(z, word_story, 0)
        usable = ((members >= 0) & trained[members]).all(1)
        own, window = (PCA(COMPONENTS, svd_solver="full").fit(x) for x in (z[trained], whole[usable]))
        volumes = lambda v: to_volumes(v, times, centres, word_story, volume_story)
        x = volumes(own.transform(z))
        present[test] = held_out(x, y, train, test, inner)
        for i, d in enumerate(DISTANCES):
            both = np.hstack([x, volumes(window.transform(window_rows(z, word_story, d)[0]))])
            joint[i][test] = held_out(both, y, train, test, inner)

    write_command_data(rng, states, times, word_story, y, present, joint)
    out = Path(__file__).parent / "forecast"
    out.mkdir(exist_ok=True)
    result = {
        "words": WORDS,
        "volumes": VOLUMES,
        "distances": DISTANCES,
        "states": states.tolist(),
        "times": times.tolist(),
        "centres": centres.tolist(),
        "responses": y.tolist(),
        "present": correlation(present, y).tolist(),
        "joint": [correlation(p, y).tolist() for p in joint],
        "present_by_fold": np.mean(
            [correlation(present[t], y[t]) for t in contiguous_folds(rows, FOLDS)], axis=0
        ).tolist(),
    }
    (out / "forecast.json").write_text(json.dumps(result) + "\n")
    print(np.round(np.array(result["joint"]) - result["present"], 3))


if __name__ == "__main__":
    main()
