"""Array files by foreign writers for the tests of src/io: written to ../data/io (numpy, safetensors, h5py).

Values follow their position k in C order, so that the tests need no second copy: k / 2 - 3 for floats, k - 5 for signed
integers, 7 k for unsigned ones, k divisible by 3 for booleans. Files are called by what is special about them.
"""

import h5py
import numpy as np
import torch
from common import HERE
from safetensors.torch import save_file

OUT = HERE.parent / "data" / "io"
SHAPE = (2, 3, 4)


def values(dtype, shape=SHAPE):
    k = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    kind = np.dtype(dtype).kind
    number = {"f": k / 2 - 3, "i": k - 5, "u": 7 * k, "b": k % 3 == 0}[kind]
    return number.astype(dtype)


def save(name, array, version=(1, 0)):
    with open(OUT / f"{name}.npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version)


def make_npy():
    for dtype in ("<f2", "<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "|b1"):
        save(dtype[1:], values(dtype))
    for dtype in (">f2", ">f4", ">f8", ">i2", ">i8", ">u4"):
        save(f"big_{dtype[1:]}", values(dtype))
    save("version2", values("<f4"), (2, 0))
    save("version3", values("<f4"), (3, 0))
    save("fortran", np.asfortranarray(values("<f4")))
    save("fortran_big", np.asfortranarray(values(">f8")))
    save("scalar", np.float64(2.5).reshape(()))
    save("vector", values("<f4", (5,)))
    save("empty", np.zeros((0, 3), "<f4"))
    save("refused_above_int64", np.array([1, 2**63], "<u8"))
    save("refused_structured", np.zeros(3, [("onset", "<f8"), ("word", "<i4")]))
    save("refused_objects", np.array([{"a": 1}, None], object))
    save("refused_text", np.array(["one", "two"]))
    save("refused_complex", np.array([1 + 2j]))


def make_safetensors():
    names = {"F64": "f8", "F32": "f4", "F16": "f2", "I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1", "U8": "u1", "BOOL": "b1"}
    tensors = {name: torch.from_numpy(values(dtype)) for name, dtype in names.items()}
    tensors["BF16"] = tensors["F32"].to(torch.bfloat16)
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.zeros(0, 3)
    save_file(tensors, OUT / "official.safetensors", metadata={"format": "pt", "note": "naïve \"quotes\"\n"})
    save_file({"x": torch.zeros(3, dtype=torch.uint16)}, OUT / "refused_u16.safetensors")
    (OUT / "official.safetensors").chmod(0o644)
    (OUT / "refused_u16.safetensors").chmod(0o644)


def make_hdf5():
    words = ["naïve", "", "two words"]
    with h5py.File(OUT / "foreign.h5", "w") as file:
        for dtype in ("<f2", ">f2", "<f4", ">f4", ">f8", "|i1", ">i2", "<i4", "|u1", "<u2", ">u8"):
            file[f"{'big' if dtype[0] == '>' else 'little'}/{dtype[1:]}"] = values(dtype)
        file["scalar"] = 2.5
        file["empty"] = np.zeros((0, 3), "<f4")
        file["null"] = h5py.Empty("<f4")
        file.create_dataset("packed", data=values("<f4", (40, 6)), chunks=(16, 4), compression="gzip", shuffle=True, fletcher32=True)
        file.create_dataset("foreign_filter", data=values("<f4", (40, 6)), chunks=(16, 4), compression="lzf")
        file.create_dataset("never_written", (3, 2), "<f4", chunks=(2, 2), fillvalue=1.5)
        file.create_dataset("text/utf8", data=words, dtype=h5py.string_dtype("utf-8"))
        file.create_dataset("text/ascii", data=["a", "", "two words"], dtype=h5py.string_dtype("ascii"))
        file.create_dataset("text/fixed", data=np.array([w.encode() for w in words], "S10"))
        file.create_dataset("text/fixed_utf8", data=[w.encode() for w in words], dtype=h5py.string_dtype("utf-8", 10))
        file.create_dataset("text/null", data=h5py.Empty(h5py.string_dtype()))
        file.create_dataset("text/foreign_filter", data=np.array([b"aaaaaaaaaa"] * 40), chunks=(40,), compression="lzf")
        file["truth"] = values("|b1")
        file["pairs"] = np.zeros(3, [("onset", "<f8"), ("word", "<i4")])
        file.attrs["utf8"] = "naïve"
        file.attrs.create("ascii", "plain", dtype=h5py.string_dtype("ascii"))
        file.attrs["fixed"] = np.bytes_("fixed")
        file.attrs["float"] = np.float32(2.5)
        file.attrs["integer"] = np.int16(-3)
        file.attrs["one_in_a_list"] = np.array([7])
        file.attrs["many"] = np.arange(1000.0)
        file.attrs["null"] = h5py.Empty("<f8")
        file.attrs["words"] = words
    with h5py.File(OUT / "latest.h5", "w", libver=("v110", "v110")) as file:
        file["deep/er/x"] = values("<f8")
        file.attrs["note"] = "newer format"
    with h5py.File(OUT / "announces_too_much.h5", "w") as file:
        file.create_dataset("numbers", (2**40, 2**20), "<f4", chunks=(64, 64))
        file.create_dataset("overflow", (2**62, 2**62), "<f4", chunks=(64, 64))
        file.create_dataset("words", (2**40,), h5py.string_dtype(), chunks=(64,))
        file.create_dataset("fixed", (2**40,), "S10", chunks=(64,))


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    make_npy()
    make_safetensors()
    make_hdf5()
