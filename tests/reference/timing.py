"""Words to volumes, delays, filtering and scaling, written as directly as the definitions read."""

import numpy as np


def lanczos_weights(times, centres, cutoff, lobes, normalise=False):
    """[volumes x words]; L(u) = sinc(u) sinc(u / lobes) for |u| < lobes, u = (centre - time) * cutoff."""
    u = (np.asarray(centres)[:, None] - np.asarray(times)[None, :]) * cutoff
    weights = np.where(np.abs(u) < lobes, np.sinc(u) * np.sinc(u / lobes), 0.0)
    if normalise:
        total = weights.sum(1, keepdims=True)
        weights = np.divide(weights, total, out=np.zeros_like(weights), where=total != 0)
    return weights


def interval_weights(times, centres, tr, mean=False):
    """A word belongs to the volume whose interval [centre - tr/2, centre + tr/2) holds its time."""
    times, centres = np.asarray(times)[None, :], np.asarray(centres)[:, None]
    inside = ((times >= centres - tr / 2) & (times < centres + tr / 2)).astype(float)
    if mean:
        inside /= np.maximum(inside.sum(1, keepdims=True), 1)
    return inside


def delayed(x, delays, lengths):
    """Finite impulse response: row t of delay d is row t - d of the same story, or zeros; columns delay-major."""
    out = np.zeros((len(x), len(delays) * x.shape[1]))
    start = 0
    for length in lengths:
        for t in range(length):
            for k, d in enumerate(delays):
                if 0 <= t - d < length:
                    out[start + t, k * x.shape[1] : (k + 1) * x.shape[1]] = x[start + t - d]
        start += length
    return out


def cosine_basis(rows, tr, cutoff_seconds):
    k = np.arange(int(np.floor(2 * rows * tr / cutoff_seconds)) + 1)
    return np.cos(np.pi * (np.arange(rows)[:, None] + 0.5) * k[None, :] / rows)


def high_pass(x, tr, cutoff_seconds):
    basis = cosine_basis(len(x), tr, cutoff_seconds)
    return x - basis @ np.linalg.lstsq(basis, x, rcond=None)[0]


def zscore(x):
    """Population standard deviation; a column whose values are all equal becomes zeros."""
    out = np.zeros_like(x)
    for j in range(x.shape[1]):
        if np.ptp(x[:, j]) > 0:
            out[:, j] = (x[:, j] - x[:, j].mean()) / x[:, j].std()
    return out
