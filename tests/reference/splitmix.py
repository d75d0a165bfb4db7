"""The numbers of core/random.h in NumPy: a test can make the same data as a script without storing them."""

import numpy as np


def uniform(count, seed):
    """splitmix64 (Steele, Lea & Flood 2014), 53 bits."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(float) * 2.0**-53


def normals(rows, columns, seed):
    """random_normals() of core/tensor.h: the cosine branch of Box-Muller, row by row."""
    u = uniform(2 * rows * columns, seed).reshape(-1, 2)
    return (np.sqrt(-2 * np.log(np.maximum(u[:, 0], 2.0**-53))) * np.cos(2 * np.pi * u[:, 1])).reshape(rows, columns)
