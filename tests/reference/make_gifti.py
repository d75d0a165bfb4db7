"""GIfTI files by nibabel for the tests of src/io/gifti: written to gifti/, with what they hold in gifti/expected.json.

Run with a Python that has nibabel (Debian: /usr/bin/python3 and python3-nibabel). Every file is read back and compared.
"""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.gifti import GiftiDataArray, GiftiImage, GiftiLabel, GiftiLabelTable, GiftiMetaData

OUT = Path(__file__).resolve().parent / "gifti"
ENCODINGS = {"ascii": "ASCII", "base64": "B64BIN", "gzip": "B64GZ"}


def array(values, intent, encoding="gzip", endian="little", order="C", meta=None):
    return GiftiDataArray(values if endian == "little" else values.byteswap(), intent=intent, datatype=values.dtype,
                          encoding=ENCODINGS[encoding], ordering=order, meta=GiftiMetaData(meta or {}))


def numbers(kind, shape):
    """Six decimals are all that nibabel writes as text."""
    k = np.arange(np.prod(shape)).reshape(shape)
    return (k / 4 - 3).astype("f4") if kind == "f4" else (k * 7 % 251).astype(kind)


def check(path, arrays):
    for found, (values, *_) in zip(nib.load(path).darrays, arrays, strict=True):
        assert found.data.shape == values.shape and np.array_equal(found.data, values), path


def save(expected, name, arrays, meta=None, labels=None):
    """`arrays`: (values, intent[, options])."""
    image = GiftiImage(meta=GiftiMetaData(meta or {}), labeltable=labels)
    for values, intent, *options in arrays:
        image.add_gifti_data_array(array(values, intent, **(options[0] if options else {})))
    text = image.to_xml()
    if "_big_" in name:  # nibabel writes the machine's byte order only; array() has turned the bytes
        text = text.replace(b'"LittleEndian"', b'"BigEndian"')
    (OUT / name).write_bytes(text)
    check(OUT / name, arrays)
    expected[name] = {
        "metadata": meta or {},
        "arrays": [{"intent": intent, "type": str(values.dtype), "shape": list(values.shape),
                    "metadata": options[0].get("meta", {}) if options else {}, "values": values.flatten().tolist()}
                   for values, intent, *options in arrays],
        "labels": [{"key": label.key, "name": label.label, "rgba": list(label.rgba)}
                   for label in (labels.labels if labels else [])]}


def make_encodings(expected):
    for encoding in ENCODINGS:
        for endian in ("little", "big"):
            for order in ("C", "F"):
                # Of a text nibabel does not turn the order.
                if encoding == "ascii" and (endian, order) != ("little", "C"):
                    continue
                options = {"encoding": encoding, "endian": endian, "order": order}
                save(expected, f"{encoding}_{endian}_{order}.gii",
                     [(numbers(kind, (4, 3)), "NIFTI_INTENT_NONE", options) for kind in ("f4", "i4", "u1")])


def make_surface(expected):
    """A tetrahedron."""
    points = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], "f4") * 50
    triangles = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]], "i4")
    save(expected, "tetrahedron.surf.gii",
         [(points, "NIFTI_INTENT_POINTSET", {"meta": {"AnatomicalStructurePrimary": "CortexLeft", "GeometricType": "Anatomical"}}),
          (triangles, "NIFTI_INTENT_TRIANGLE")], meta={"Date": "", "UserName": "naïve <&> \"quotes\""})


def make_functional(expected):
    random = np.random.default_rng(7)
    save(expected, "five_volumes.func.gii",
         [(random.standard_normal(42).astype("f4"), "NIFTI_INTENT_TIME_SERIES", {"meta": {"Name": f"volume {i}"}})
          for i in range(5)], meta={"TimeStep": "2.0"})


def make_labels(expected):
    table = GiftiLabelTable()
    for key, name, rgba in ((0, "???", (0, 0, 0, 0)), (7, "Area 55b <left>", (1, 0.5, 0.25, 1)), (-1, "naïve", (0.125, 0, 1, 1))):
        label = GiftiLabel(key, *rgba)
        label.label = name
        table.labels.append(label)
    save(expected, "three.label.gii", [(np.array([0, 7, 7, -1, 0], "i4"), "NIFTI_INTENT_LABEL")], labels=table)


def main():
    OUT.mkdir(exist_ok=True)
    expected = {}
    make_encodings(expected)
    make_surface(expected)
    make_functional(expected)
    make_labels(expected)
    (OUT / "expected.json").write_text(json.dumps(expected, separators=(",", ":")).replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main()
