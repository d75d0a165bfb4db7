"""Files by wb_command for the tests of src/io/{nifti,gifti,cifti}: written to workbench/, with what they hold in workbench/expected.json.

Run with a Python that has nibabel (Debian: /usr/bin/python3 and python3-nibabel), and wb_command (tools/install_packages.sh --oracles). What
goes in are numbers of numpy in plain files of nibabel; wb_command computes with them and writes every file that is kept. What is expected is
the same arithmetic in numpy and the names, places and labels that wb_command was told: nothing is read back from what it wrote.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np

OUT = Path(__file__).resolve().parent / "workbench"
TURN = np.deg2rad(10)
AFFINE = np.array([[-2 * np.cos(TURN), 2 * np.sin(TURN), 0, 90], [2 * np.sin(TURN), 2 * np.cos(TURN), 0, -126], [0, 0, 3, -72], [0, 0, 0, 1]])
LABELS = {"Area 55b": (3, (255, 128, 0, 255)), "STS": (7, (0, 51, 255, 255))}
STRUCTURES = {"THALAMUS_LEFT": (1, (10, 20, 30, 255)), "BRAIN_STEM": (2, (40, 50, 60, 255))}


def wb(*words):
    subprocess.run(["wb_command", "-disable-provenance", *map(str, words)], check=True)


def numbers(*shape):
    """No two alike, exact in float32."""
    return (np.arange(np.prod(shape)).reshape(shape) / 8 - 3).astype("f4")


def metric(path, rows, structure="CORTEX_LEFT"):
    arrays = [nib.gifti.GiftiDataArray(row, "NIFTI_INTENT_NONE", "NIFTI_TYPE_FLOAT32") for row in rows]
    nib.save(nib.gifti.GiftiImage(darrays=arrays), path)
    wb("-set-structure", path, structure)
    return path


def label_list(path, labels):
    path.write_text("".join(f"{name}\n{key} {' '.join(map(str, colour))}\n" for name, (key, colour) in labels.items()))
    return path


def described(labels):
    """wb_command adds a label of key 0 for what has none."""
    return {"0": ["???", 1, 1, 1, 0], **{str(key): [name, *(c / 255 for c in colour)] for name, (key, colour) in labels.items()}}


def make_volumes(folder, expected):
    values = numbers(3, 4, 2, 5)
    image = nib.Nifti1Image(values, AFFINE)
    image.header.set_xyzt_units("mm", "sec")
    image.header.set_zooms((2, 2, 3, 1.5))
    nib.save(image, folder / "in.nii.gz")
    names = [f"moment {i}" for i in range(5)]
    for name, options in {"series.nii.gz": [], "series.nii": [], "whole.nii.gz": ["-nifti-output-datatype", "INT32"],
                          "scaled.nii.gz": ["-nifti-output-datatype", "INT16", "-nifti-output-range", -40, 160]}.items():
        wb(*options, "-volume-math", "8 * x + 1", OUT / name, "-var", "x", folder / "in.nii.gz")
        if not options:
            wb("-set-map-names", OUT / name, *(word for i, text in enumerate(names) for word in ("-map", i + 1, text)))
        expected[name] = {"kind": "nifti", "shape": [3, 4, 2, 5], "values": (8 * values.astype("f8") + 1).flatten().tolist(),
                          "type": {"whole.nii.gz": "int32", "scaled.nii.gz": "int16"}.get(name, "float32"),
                          "tolerance": 200 / 65535 if name == "scaled.nii.gz" else 0, "affine": AFFINE.tolist(), "tr": 1.5,
                          "maps": [] if options else names}


def make_metrics(folder, expected):
    rows = numbers(3, 42)
    names = ["first", "second & <third>", "third"]
    source = metric(folder / "in.func.gii", rows)
    wb("-metric-math", "2 * x - 1", folder / "out.func.gii", "-var", "x", source)
    wb("-set-map-names", folder / "out.func.gii", *(word for i, text in enumerate(names) for word in ("-map", i + 1, text)))
    for encoding in ("ASCII", "BASE64_BINARY", "GZIP_BASE64_BINARY"):
        name = encoding.lower() + ".func.gii"
        wb("-gifti-convert", encoding, folder / "out.func.gii", OUT / name)
        expected[name] = {"kind": "gifti", "shape": [3, 42], "values": (2 * rows - 1).flatten().tolist(), "structure": "CortexLeft", "maps": names}


def make_labels(folder, expected):
    keys = np.array([[0, 3, 7, 7, 3, 0, 3, 7, 0, 3]], "f4")
    source, listed = metric(folder / "keys.func.gii", keys, "CORTEX_RIGHT"), label_list(folder / "labels.txt", LABELS)
    wb("-metric-label-import", source, listed, OUT / "areas.label.gii")
    wb("-set-map-names", OUT / "areas.label.gii", "-map", 1, "areas")
    expected["areas.label.gii"] = {"kind": "gifti", "shape": [1, 10], "values": keys.flatten().tolist(), "structure": "CortexRight",
                                   "maps": ["areas"], "labels": described(LABELS)}


def make_dense(folder, expected):
    """Eight of ten vertices, and voxels of two structures in another order than that of their places."""
    inside = np.array([1, 1, 0, 1, 1, 1, 0, 1, 1, 1], "f4")
    structure = np.zeros((3, 4, 2), "f4")
    structure[0, 1, 0] = structure[2, 3, 1] = 2
    structure[1, 2, 0] = structure[1, 1, 1] = structure[2, 0, 1] = 1
    nib.save(nib.Nifti1Image(structure, AFFINE), folder / "places.nii.gz")
    wb("-volume-label-import", folder / "places.nii.gz", label_list(folder / "structures.txt", STRUCTURES), folder / "structures.nii.gz")
    rows, volumes = numbers(4, 10), 100 + numbers(3, 4, 2, 4)
    nib.save(nib.Nifti1Image(volumes, AFFINE), folder / "volumes.nii.gz")
    wb("-cifti-create-dense-timeseries", OUT / "series.dtseries.nii", "-volume", folder / "volumes.nii.gz", folder / "structures.nii.gz",
       "-left-metric", metric(folder / "left.func.gii", rows), "-roi-left", metric(folder / "roi.func.gii", inside[None]),
       "-timestep", 0.72, "-timestart", 1.5)
    columns = {"CORTEX_LEFT": rows[:, inside > 0], **{name: volumes[structure == key].T for name, (key, _) in STRUCTURES.items()}}
    places = {"CORTEX_LEFT": np.flatnonzero(inside).tolist(), **{name: np.argwhere(structure == key).tolist() for name, (key, _) in STRUCTURES.items()}}
    expected["series.dtseries.nii"] = {"kind": "cifti", "rows": 4, "columns": {name: v.flatten().tolist() for name, v in columns.items()},
                                       "places": places, "affine": AFFINE.tolist(), "grid": [3, 4, 2], "series": [1.5, 0.72]}


def make_dense_labels(folder, expected):
    keys = np.array([[7, 3, 0, 3, 7, 7]], "f4")
    wb("-metric-label-import", metric(folder / "six.func.gii", keys), label_list(folder / "six.txt", LABELS), folder / "six.label.gii")
    wb("-set-map-names", folder / "six.label.gii", "-map", 1, "areas")
    wb("-cifti-create-label", OUT / "areas.dlabel.nii", "-left-label", folder / "six.label.gii")
    expected["areas.dlabel.nii"] = {"kind": "cifti", "rows": 1, "columns": {"CORTEX_LEFT": keys.flatten().tolist()},
                                    "places": {"CORTEX_LEFT": list(range(6))}, "maps": ["areas"], "labels": described(LABELS)}


def main():
    OUT.mkdir(exist_ok=True)
    expected = {}
    with tempfile.TemporaryDirectory() as folder:
        for make in (make_volumes, make_metrics, make_labels, make_dense, make_dense_labels):
            make(Path(folder), expected)
    (OUT / "expected.json").write_text(json.dumps(expected, separators=(",", ":")).replace('},"', '},\n"') + "\n")


if __name__ == "__main__":
    main()
