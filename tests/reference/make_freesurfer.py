"""Files of FreeSurfer by nibabel for the tests of src/io/freesurfer_*: written to freesurfer/, with what nibabel reads of
them in freesurfer/expected.json, and what it reads of the annotations among the test data.

Run with a Python that has nibabel (Debian: /usr/bin/python3 and python3-nibabel).
"""

import json
import os
import struct
from pathlib import Path

import nibabel as nib
import nibabel.freesurfer as fs
import numpy as np

HERE = Path(__file__).resolve().parent
OUT = HERE / "freesurfer"
DATA = Path(os.environ.get("ARCUATE_TEST_DATA", HERE.parents[2] / "shared" / "data"))
VOLUME = {"head": np.array([2, 0, 20], ">i4"), "valid": "1  # volume info valid", "filename": "../mri/orig.mgz",
          "volume": np.array([256, 256, 256]), "voxelsize": np.ones(3), "xras": np.array([-1.0, 0, 0]),
          "yras": np.array([0, 0, -1.0]), "zras": np.array([0, 1.0, 0]), "cras": np.array([5.4, 18.0, -2.25])}
POINTS = np.array([[0, 0, 0], [10.5, 0, 0], [0, 20.25, 0], [-1e-3, 0, 30]], "f4")
TRIANGLES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
NAMES = ["unknown", "G_temporal superior", "Ünïcode", "pars_opercularis"]
COLOURS = np.array([[25, 5, 25, 0], [140, 220, 220, 0], [255, 0, 1, 0], [0, 0, 200, 55]])


def make_surfaces(expected):
    fs.write_geometry(OUT / "lh.tagged", POINTS, TRIANGLES, create_stamp="created by a test on a Friday", volume_info=VOLUME)
    fs.write_geometry(OUT / "lh.plain", POINTS[:, ::-1], TRIANGLES[1:], create_stamp="created by nobody")
    for name in ("lh.tagged", "lh.plain"):
        points, triangles, stamp = fs.read_geometry(OUT / name, read_stamp=True)
        expected[name] = {"comment": stamp, "points": points.tolist(), "triangles": triangles.tolist()}


def make_values(expected):
    fs.write_morph_data(OUT / "lh.thickness", np.array([0.5, -1.25, 3e-7, 2.75, np.float32(1 / 3)], "f4"), fnum=8)
    hundredths = np.array([-32768, -150, 0, 7, 32767], ">i2")
    (OUT / "lh.old_curv").write_bytes(struct.pack(">I", 5)[1:] + struct.pack(">I", 8)[1:] + hundredths.tobytes())
    for name in ("lh.thickness", "lh.old_curv"):
        expected[name] = {"values": [float(v) for v in fs.read_morph_data(OUT / name)]}


def old_annot(labels):
    """Version 1 of the table, which nibabel reads and does not write."""
    packed = COLOURS[:, 0] + COLOURS[:, 1] * 256 + COLOURS[:, 2] * 65536
    out = struct.pack(">i", len(labels))
    for vertex in reversed(range(len(labels))):  # any order is allowed
        out += struct.pack(">ii", vertex, packed[labels[vertex]])
    out += struct.pack(">iii", 1, len(NAMES), 9) + b"none.txt\0"
    for name, colour in zip(NAMES, COLOURS):
        text = name.encode() + b"\0"
        out += struct.pack(">i", len(text)) + text + struct.pack(">4i", *map(int, colour))
    return out


def annot(path, in_order=True):
    labels, table, names = fs.read_annot(path)
    return {"indices": (labels if in_order else labels[::-1]).tolist(), "names": [name.decode() for name in names],
            "colours": table[:, :4].tolist()}


def make_annots(expected):
    labels = np.array([1, 1, 0, 3, 2, -1, 3])
    fs.write_annot(OUT / "lh.four.annot", labels, COLOURS, [name.encode() for name in NAMES], fill_ctab=True)
    expected["lh.four.annot"] = annot(OUT / "lh.four.annot")
    (OUT / "lh.old.annot").write_bytes(old_annot([1, 1, 0, 3, 2, 0, 3]))
    expected["lh.old.annot"] = annot(OUT / "lh.old.annot", in_order=False)  # nibabel passes the vertices' numbers over


def make_label(expected):
    text = "#!ascii label  , from subject made vox2ras=TkReg\n3\n7  -10.500  2.250  0.000 0.5000000000\n2  1.0 2.0 3.0 0.25\n11 0 0 1e1 0\n"
    (OUT / "lh.three.label").write_text(text)
    vertices, values = fs.read_label(OUT / "lh.three.label", read_scalars=True)
    expected["lh.three.label"] = {"vertices": vertices.tolist(), "values": values.tolist()}


def make_stats_inputs(_expected):
    """The mesh and the regions of the command tests of `stats`, in FreeSurfer's formats."""
    stats = HERE.parent / "data" / "stats"
    points, triangles = (array.data.reshape(array.dims) for array in nib.load(stats / "ico.surf.gii").darrays)
    fs.write_geometry(OUT / "lh.ico", points, triangles, create_stamp="created by a test on a Friday")
    regions = (stats / "regions.txt").read_text().split()
    names = ["unknown", *dict.fromkeys(region for region in regions if region != "n/a")]
    colours = np.array([[7 * i + 1, 0, 0, 0] for i in range(len(names))])
    fs.write_annot(OUT / "lh.regions.annot", np.array([0 if r == "n/a" else names.index(r) for r in regions]), colours,
                   [name.encode() for name in names], fill_ctab=True)


def read_test_data(expected):
    counts = {}
    for path in (DATA / "geometry" / f"fsa5_{hemi}h_{atlas}.annot" for hemi in "lr" for atlas in ("aparc", "schaefer_100")):
        labels, _, names = fs.read_annot(path)
        counts[path.name] = {name.decode(): int((labels == i).sum()) for i, name in enumerate(names)}
    expected["test data"] = counts


def main():
    OUT.mkdir(exist_ok=True)
    expected = {}
    for make in (make_surfaces, make_values, make_annots, make_label, make_stats_inputs, read_test_data):
        make(expected)
    (OUT / "expected.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")


main()
