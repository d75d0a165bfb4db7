"""Archives of arrays by foreign writers for the tests of src/io: written to ../data/io (numpy's .npz, scipy's .mat).

Run with a Python that has numpy and scipy (Debian: /usr/bin/python3 and python3-scipy). Values follow the rule of make_io.py.
scipy writes little-endian MAT-files of wide numbers only; big-endian ones, and narrow ones as MATLAB stores them, are put
together here and read back by scipy.
"""

import struct
from pathlib import Path

import numpy as np
import scipy.io
import scipy.sparse

OUT = Path(__file__).resolve().parent.parent / "data" / "io"
SHAPE = (2, 3, 4)
CLASSES = {"f8": 6, "f4": 7, "i1": 8, "u1": 9, "i2": 10, "u2": 11, "i4": 12, "u4": 13, "i8": 14, "u8": 15}
STORED = {"i1": 1, "u1": 2, "i2": 3, "u2": 4, "i4": 5, "u4": 6, "f4": 7, "f8": 9, "i8": 12, "u8": 13}


def values(dtype, shape=SHAPE):
    k = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    kind = np.dtype(dtype).kind
    return {"f": k / 2 - 3, "i": k - 5, "u": 7 * k, "b": k % 3 == 0}[kind].astype(dtype)


def make_npz():
    arrays = {name: values(name) for name in ("f2", "f4", "f8", "i4", "i8", "u1", "u2", "b1")}
    arrays |= {"big": values(">f8"), "fortran": np.asfortranarray(values("f4")), "scalar": np.float64(2.5), "empty": np.zeros((0, 3))}
    np.savez(OUT / "stored.npz", **arrays)
    np.savez_compressed(OUT / "packed.npz", **arrays, long=np.zeros(300_000, "f4"))
    np.savez(OUT / "objects.npz", x=values("f4"), objects=np.array([{"a": 1}, None], object))


def element(kind, data, endian):
    padding = b"\0" * (-len(data) % 8)
    if 0 < len(data) <= 4:  # the short form
        return struct.pack(endian + "I", kind | len(data) << 16) + data + b"\0" * (4 - len(data))
    return struct.pack(endian + "II", kind, len(data)) + data + padding


def variable(name, array, class_name, stored, endian, logical=False):
    """A variable of one class whose numbers are stored as another type."""
    flags = struct.pack(endian + "II", CLASSES[class_name] | (0x200 if logical else 0), 0)
    content = element(6, flags, endian) + element(5, struct.pack(f"{endian}{array.ndim}i", *array.shape), endian)
    content += element(1, name.encode(), endian)
    content += element(STORED[stored], array.astype(endian + stored).tobytes(order="F"), endian)
    return element(14, content, endian)


def save_own(name, endian, variables):
    header = b"MATLAB 5.0 MAT-file, made for a test".ljust(124) + struct.pack(endian + "H", 0x0100) + (b"IM" if endian == "<" else b"MI")
    (OUT / name).write_bytes(header + b"".join(variable(n, a, c, s, endian, l) for n, (a, c, s, l) in variables.items()))
    found = scipy.io.loadmat(OUT / name)
    for n, (a, *_) in variables.items():
        assert np.array_equal(found[n], a) and found[n].shape == a.shape, n


def make_mat():
    arrays = {name: values(name) for name in ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1")}
    arrays |= {"scalar": 2.5, "empty": np.zeros((0, 3)), "a_long_name_of_more_than_eight_letters": values("f8", (5, 1))}
    others = {"text": "naïve", "record": {"a": 1.0}, "cells": np.array([1, "x"], object), "sparse": scipy.sparse.eye(3).tocsc(),
              "complex_numbers": np.array([[1 + 2j]])}
    scipy.io.savemat(OUT / "plain.mat", {**arrays, **others})
    scipy.io.savemat(OUT / "packed.mat", {**arrays, **others, "long": np.zeros((300, 1000))}, do_compression=True)
    for name in ("plain.mat", "packed.mat"):  # the time of writing
        raw = bytearray((OUT / name).read_bytes())
        raw[:116] = b"MATLAB 5.0 MAT-file, by scipy".ljust(116)
        (OUT / name).write_bytes(raw)
    narrow = {"wide_as_bytes": (np.arange(24.0).reshape(SHAPE), "f8", "u1", False), "single_as_int16": (values("i2").astype("f4"), "f4", "i2", False),
              "int32_as_int8": (values("i4"), "i4", "i1", False), "truth": (values("b1"), "u1", "u1", True),
              "doubles": (values("f8"), "f8", "f8", False), "short": (np.array([[1.0, 2.0]]), "f8", "u2", False)}
    save_own("narrow.mat", "<", narrow)
    save_own("narrow_big.mat", ">", narrow)
    with open(OUT / "version4.mat", "wb") as file:
        scipy.io.savemat(file, {"x": np.ones((5, 5))}, format="4")


if __name__ == "__main__":
    make_npz()
    make_mat()
