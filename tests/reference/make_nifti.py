"""NIfTI files by nibabel for the tests of src/io/nifti: written to nifti/, with what they hold in nifti/expected.json.

Run with a Python that has nibabel (Debian: /usr/bin/python3 and python3-nibabel). What is expected is what nibabel reads back.
"""

import gzip
import json
from pathlib import Path

import nibabel as nib
import numpy as np

OUT = Path(__file__).resolve().parent / "nifti"
SHAPE = (3, 4, 2, 5)
OBLIQUE = np.array([[-1.9, 0.3, 0.1, 90], [0.2, 2.1, -0.6, -126], [0.15, 0.5, 2.4, -72], [0, 0, 0, 1.0]])


def numbers(kind, shape=SHAPE):
    k = np.arange(np.prod(shape)).reshape(shape)
    if np.dtype(kind).kind == "f":
        return (k / 4 - 3).astype(kind)
    return (k * 7 % 251 - (100 if np.dtype(kind).kind == "i" else 0)).astype(kind)


def image(values, affine=OBLIQUE, version=1, endian="<", units=("mm", "sec"), tr=2.0, form="s"):
    """form: which of sform and qform have a code ('s', 'q', 'sq' or '')."""
    kind = {1: nib.Nifti1Image, 2: nib.Nifti2Image}[version]
    header = kind.header_class(endianness=endian)
    header.set_data_dtype(values.dtype)
    img = kind(values, affine, header, dtype=values.dtype)
    img.header.set_xyzt_units(*units)
    if len(values.shape) > 3:
        img.header["pixdim"][4] = tr
    img.set_sform(affine if "s" in form else None, 4 if "s" in form else 0)
    img.set_qform(affine if "q" in form else None, 1 if "q" in form else 0)
    return img


def scale(raw, slope, intercept):
    """Patches scl_slope and scl_inter of a little-endian file of version 1."""
    return raw[:112] + np.array([slope, intercept], "<f4").tobytes() + raw[120:]


def save(expected, name, img, patch=None):
    """The bytes of the image, patched, packed if the name ends with .gz; what nibabel reads of them is expected."""
    raw = img.to_bytes()
    raw = patch(raw) if patch else raw
    if name.endswith(".gz"):
        raw = gzip.compress(raw, mtime=0)
    (OUT / name).write_bytes(raw)
    found = nib.load(OUT / name)
    header = found.header
    factor = {"sec": 1, "msec": 1e-3, "usec": 1e-6, "unknown": 1}.get(header.get_xyzt_units()[1], 0)
    dims = header["dim"][0]
    expected[name] = {
        "shape": list(found.shape), "affine": found.affine.tolist(), "type": str(header.get_data_dtype().newbyteorder("=")),
        "tr": float(header["pixdim"][4]) * factor if dims > 3 else 0.0, "space_unit": {"micron": "um", "meter": "m"}.get(
            header.get_xyzt_units()[0], header.get_xyzt_units()[0].replace("unknown", "")),
        "zooms": nib.affines.voxel_sizes(found.affine).tolist(), "orientation": "".join(nib.aff2axcodes(found.affine)),
        "description": header["descrip"].item().decode(), "intent_code": int(header["intent_code"]),
        "intent_name": header["intent_name"].item().decode(),
        "values": np.asarray(found.get_fdata(), float).flatten().tolist()}


def make_types(expected):
    for kind in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"):
        save(expected, f"{kind}.nii", image(numbers(kind, (3, 2, 2, 2))))
        save(expected, f"{kind}_big.nii", image(numbers(kind, (3, 2, 2, 2)), endian=">"))


def make_scales(expected):
    save(expected, "scaled_int16.nii.gz", image(numbers("int16")), lambda raw: scale(raw, 0.37, -5.25))
    save(expected, "scaled_int32.nii", image(numbers("int32")), lambda raw: scale(raw, 1e-3, 7))
    save(expected, "slope_zero.nii", image(numbers("int16")), lambda raw: scale(raw, 0, 7))


def make_spaces(expected):
    values = numbers("uint8", (3, 4, 2))
    for form in ("s", "q", "sq", ""):
        save(expected, f"form_{form or 'none'}.nii", image(values, form=form))
    flipped = np.diag([3.0, 3.0, -4.0, 1])
    save(expected, "left_handed.nii", image(values, flipped, form="q"))
    half_turn = np.array([[0, -2.0, 0, 1], [0, 0, -3.0, 2], [4.0, 0, 0, 3], [0, 0, 0, 1]])
    save(expected, "turned.nii", image(values, half_turn, form="q", units=("micron", "unknown")))


def make_times(expected):
    for unit, tr in (("msec", 2004.5), ("usec", 2.0045e6), ("unknown", 1.5), ("hz", 3.0)):
        save(expected, f"tr_{unit}.nii", image(numbers("uint8", (2, 2, 1, 3)), units=("mm", unit), tr=tr))


def make_versions(expected):
    save(expected, "version2.nii.gz", image(numbers("float32"), version=2, tr=0.8))
    save(expected, "version2_big.nii", image(numbers("int16"), version=2, endian=">"))
    save(expected, "long.nii.gz", image(numbers("uint8", (40000, 1, 1)), version=2))
    save(expected, "five.nii", image(numbers("int16", (2, 3, 1, 1, 4))))
    save(expected, "line.nii", image(numbers("int16", (6,))))
    raw = (OUT / "int16.nii").read_bytes()  # gzip in two pieces
    (OUT / "pieces.nii.gz").write_bytes(gzip.compress(raw[:100], mtime=0) + gzip.compress(raw[100:], mtime=0))


def make_texts(expected):
    img = image(numbers("float32", (2, 2, 2)))
    img.header.set_intent("t test", (26,), name="story > rest")
    img.header["descrip"] = "a map"
    img.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"two words"))
    img.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"and sixteen bytes"))
    save(expected, "texts.nii", img)


def main():
    OUT.mkdir(exist_ok=True)
    expected = {}
    for make in (make_types, make_scales, make_spaces, make_times, make_versions, make_texts):
        make(expected)
    text = json.dumps({**expected, "long.nii.gz": {**expected["long.nii.gz"], "values": expected["long.nii.gz"]["values"][:10]}},
                      separators=(",", ":"))
    (OUT / "expected.json").write_text(text.replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main()
