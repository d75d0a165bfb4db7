"""CIFTI-2 files by nibabel for the tests of src/io/cifti: written to cifti/, with what they hold in cifti/expected.json.

Run with a Python that has nibabel (Debian: /usr/bin/python3 and python3-nibabel). What is expected is what nibabel reads back.
"""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel import cifti2

OUT = Path(__file__).resolve().parent / "cifti"
AFFINE = np.array([[-2, 0, 0, 90], [0, 2, 0, -126], [0, 0, 2, -72], [0, 0, 0, 1.0]])


def models():
    """12 of 20 vertices, 9 of 10, 5 voxels of 3 x 4 x 2."""
    left = cifti2.BrainModelAxis.from_mask(np.arange(20) % 5 > 1, "CORTEX_LEFT")
    right = cifti2.BrainModelAxis.from_surface(np.array([9, 0, 1, 2, 3, 4, 5, 7, 8]), 10, "CORTEX_RIGHT")
    inside = np.zeros((3, 4, 2), bool)
    inside[0, 1, 1] = inside[2, 3, 0] = inside[1, 1, 1] = inside[2, 0, 1] = inside[1, 2, 0] = True
    voxels = cifti2.BrainModelAxis.from_mask(inside, "THALAMUS_LEFT", AFFINE)
    return left + right + voxels


def values(rows, columns, kind="f4"):
    k = np.arange(rows * columns).reshape(rows, columns)
    return (k / 8 - 3).astype(kind) if np.dtype(kind).kind == "f" else (k % 3).astype(kind)


def describe(image):
    rows, columns = image.header.get_axis(0), image.header.get_axis(1)
    found = {"values": np.asarray(image.get_fdata()).flatten().tolist(), "rows": len(rows), "models": []}
    for name, part, model in columns.iter_structures():
        surface = name in columns.nvertices
        found["models"].append({"structure": name.replace("CIFTI_STRUCTURE_", ""), "surface_vertices": int(columns.nvertices[name]) if surface else 0,
                                "vertices": model.vertex.tolist() if surface else [], "voxels": [] if surface else model.voxel.tolist()})
    found["affine"] = columns.affine.tolist() if columns.affine is not None else None
    found["shape"] = list(columns.volume_shape) if columns.volume_shape is not None else None
    if isinstance(rows, cifti2.SeriesAxis):
        found["series"] = [rows.start, rows.step, rows.unit]
    else:
        found["maps"] = [{"name": n, "metadata": dict(m)} for n, m in zip(rows.name, rows.meta)]
    if isinstance(rows, cifti2.LabelAxis):
        for entry, table in zip(found["maps"], rows.label):
            entry["labels"] = [[key, name, *rgba] for key, (name, rgba) in table.items()]
    found["metadata"] = dict(image.header.matrix.metadata or {})
    return found


def save(expected, name, data, rows, columns=None, metadata=None, patch=None):
    image = cifti2.Cifti2Image(data, header=(rows, columns if columns is not None else models()))
    image.header.matrix.metadata = cifti2.Cifti2MetaData(metadata or {})
    image.nifti_header.set_data_dtype(data.dtype)
    image.update_headers()
    nib.save(image, OUT / name)
    if patch:
        (OUT / name).write_bytes(patch((OUT / name).read_bytes()))
    if expected is not None:
        expected[name] = describe(nib.load(OUT / name))


def main():
    OUT.mkdir(exist_ok=True)
    expected = {}
    scalars = cifti2.ScalarAxis(["brain <score>", "q & p"], [{"note": "naïve"}, {}])
    save(expected, "maps.dscalar.nii", values(2, 26), scalars, metadata={"Provenance": "a <test>"})
    save(expected, "series.dtseries.nii", values(7, 26), cifti2.SeriesAxis(1.5, 0.72, 7))
    save(expected, "milliseconds.dtseries.nii", values(3, 26), cifti2.SeriesAxis(0, 720, 3),
         patch=lambda raw: raw.replace(b'SeriesExponent="0"', b'SeriesExponent="-3"').replace(b"</CIFTI>\0", b"</CIFTI>"))
    table = {0: ("???", (0, 0, 0, 0)), 1: ("Area 55b", (1, 0.5, 0.25, 1)), 2: ("<STS>", (0.125, 0, 1, 1))}
    save(expected, "areas.dlabel.nii", values(1, 26, "i4"), cifti2.LabelAxis(["areas"], [table]))
    save(expected, "scaled.dscalar.nii", values(1, 26, "i2"), cifti2.ScalarAxis(["scaled"]),
         patch=lambda raw: raw[:176] + np.array([0.5, 10]).tobytes() + raw[192:])
    surface = cifti2.BrainModelAxis.from_mask(np.ones(6), "CORTEX_LEFT")
    save(expected, "surface.dscalar.nii", values(1, 6), cifti2.ScalarAxis(["one"]), surface)
    parcels = cifti2.ParcelsAxis.from_brain_models([("a", surface[:3]), ("b", surface[3:])])
    save(None, "refused.pscalar.nii", values(1, 2), cifti2.ScalarAxis(["one"]), parcels)
    save(None, "refused.dconn.nii", values(6, 6), surface, surface)
    (OUT / "expected.json").write_text(json.dumps(expected, separators=(",", ":")).replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main()
