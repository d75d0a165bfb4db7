"""Holds the results of a study of the small ds003020 (make_lebel.py) to what is known of it.

usage: check_lebel.py vertices FOLDER OUT    writes the series of the vertices as a dataset of arrays
       check_lebel.py maps FOLDER RESULTS OF_VERTICES

nibabel reads the maps; h5py what is for pycortex.
"""

import csv
import json
import pathlib
import sys
from xml.etree import ElementTree

import h5py
import nibabel
import numpy as np

FUNC = "sub-UTS03/func/sub-UTS03_task-leb"


def vertices(folder, out):
    """One voxel of each vertex that has any, as a target with the name of the vertex."""
    out.mkdir()
    of_voxel = np.load(folder / "truth.npz")["vertex_of_voxel"]
    known, voxels = np.unique(of_voxel, return_index=True)
    known, voxels = known[known >= 0], voxels[known >= 0]
    rows = ["subject\tstory\trepeat\tresponses"]
    with h5py.File(folder / "derivative/preprocessed_data/UTS03/wheretheressmoke.hf5") as file:
        for repeat, values in enumerate(file["individual_repeats"]):
            np.save(out / f"{repeat}.npy", values[:, voxels])
            rows.append(f"UTS03\twheretheressmoke\t{repeat}\t{repeat}.npy")
    (out / "recordings.tsv").write_text("\n".join(rows) + "\n")
    (out / "targets.tsv").write_text("\n".join(["target", *map(str, known)]) + "\n")
    # Row 0 is volume 10 of the scan, and the sound began 10 s after its volume 0.
    (out / "stories.tsv").write_text(
        "story\twords\ttr\tfirst_volume\tlead\nwheretheressmoke\twords.TextGrid\t2\t-9\t10\n"
    )
    words = folder / "derivative/TextGrids/wheretheressmoke.TextGrid"
    (out / "words.TextGrid").write_text(words.read_text())


def table(path):
    return list(csv.DictReader(open(path), delimiter="\t"))


def number(text):
    return float("nan") if text == "n/a" else float(text)


def same(a, b, tolerance=1e-6):
    return np.allclose(a, b, rtol=0, atol=tolerance, equal_nan=True)


def headline(results):
    image = nibabel.load(results / f"{FUNC}_model-tales1m_desc-headline_statmap.nii.gz")
    caret, comment = (extension.get_content() for extension in image.header.extensions)
    comment = json.loads(comment)
    sidecar = json.load(open(results / f"{FUNC}_model-tales1m_desc-headline_statmap.json"))
    assert comment["Maps"] == sidecar["Maps"], (comment, sidecar)
    names = [volume.findtext("GuiLabel") for volume in ElementTree.fromstring(caret.decode().rstrip("\0"))]
    assert names == sidecar["Maps"], (names, sidecar)  # as wb_command has them
    values = image.get_fdata()
    assert values.shape[3] == len(sidecar["Maps"]) == 7, values.shape
    return image, dict(zip(sidecar["Maps"], np.moveaxis(values, 3, 0)))


def check_space(image, folder):
    reference = nibabel.load(folder / "derivative/pycortex-db/UTS03/transforms/UTS03_auto/reference.nii.gz")
    assert image.shape[:3] == reference.shape
    assert np.array_equal(image.affine, reference.affine), image.affine
    assert image.header["sform_code"] == reference.header["sform_code"] == 1
    assert image.header.get_xyzt_units()[0] == "mm"
    assert image.header.get_intent()[0] == "none"


def maps(folder, results, of_vertices):
    image, found = headline(results)
    check_space(image, folder)
    mask = nibabel.load(folder / "derivative/pycortex-db/UTS03/transforms/UTS03_auto/mask_thick.nii.gz").get_fdata()
    assert all(np.isnan(values[mask == 0]).all() for values in found.values())
    linear = {name: values.T[mask.T != 0] for name, values in found.items()}  # as pycortex has it
    truth = np.load(folder / "truth.npz")
    of_voxel = truth["vertex_of_voxel"]

    # One map a file: r of the layer, as an estimate. (The headline is made from predictions that were stored as float32.)
    layer = nibabel.load(results / f"{FUNC}_model-tales1m_stat-r_desc-brainscore_statmap.nii.gz")
    assert layer.ndim == 3 and layer.header.get_intent()[::2] == ("estimate", "r"), layer.header.get_intent()
    linear["r of the layer"] = layer.get_fdata().T[mask.T != 0]

    # A voxel has the scores of its vertex, which are those of the same numbers and words in tables; p is one of 21.
    rows = {row["target"]: row for row in table(of_vertices / f"{FUNC}_desc-brainscore_scores.tsv")}
    for name, column, tolerance in (
        ("r of the layer", "r", 1e-6),
        ("r", "r", 1e-4),
        ("p", "p_value", 0.05),
        ("ceiling from repeats", "cc_max", 1e-6),
        ("share of the ceiling from repeats", "cc_norm", 1e-3),
    ):
        expected = np.array([number(rows[str(v)][column]) if v >= 0 else np.nan for v in of_voxel])
        near = of_voxel >= 0
        assert np.isfinite(expected[near]).sum() > 500, name
        assert same(linear[name][near], expected[near], tolerance), name
    assert np.isfinite(linear["r"][of_voxel < 0]).all()

    # The surfaces take the values of the voxels that their vertices lie in.
    inside = truth["voxel_of_vertex"]
    assert (inside >= 0).all()
    for k, side in enumerate("LR"):
        gifti = nibabel.load(results / f"{FUNC}_hemi-{side}_model-tales1m_desc-headline_statmap.func.gii")
        assert gifti.meta["AnatomicalStructurePrimary"] == ("CortexLeft", "CortexRight")[k]
        for array in gifti.darrays:
            assert array.intent == 0
            assert same(array.data, linear[array.meta["Name"]][inside[162 * k : 162 * (k + 1)]]), array.meta["Name"]

    check_regions(results, linear, of_voxel, folder)
    check_pycortex(results, linear)


def check_regions(results, linear, of_voxel, folder):
    """A voxel lies in the region of its vertex; what was planted is found."""
    subject = folder / "derivative/freesurfer_subjdir/UTS03/label"
    names = []
    for side in ("lh", "rh"):
        keys, _, known = nibabel.freesurfer.read_annot(str(subject / f"{side}.aparc.annot"))
        names += [(side[0].upper(), known[k].decode()) for k in keys]
    scores = {}
    for row in table(results / f"{FUNC}_desc-brainscore_scores.tsv"):
        scores[row["hemisphere"], row["region"]] = row
    own = np.array([names[v] == ("L", "association") if v >= 0 else False for v in of_voxel])
    row = scores["L", "association"]
    assert int(row["targets"]) == own.sum() > 20, row
    assert abs(number(row["r"]) - np.nanmean(linear["r"][own])) < 1e-6, row
    assert number(row["r"]) > 0.2 and number(row["cc_max"]) > 0.8, row
    assert abs(number(scores["L", "noise"]["r"])) < 0.3, scores["L", "noise"]
    assert int(scores["n/a", "n/a"]["targets"]) == (of_voxel < 0).sum()
    assert sum(int(r["targets"]) for r in scores.values()) == len(of_voxel)


def check_pycortex(results, linear):
    path = results / f"{FUNC}_model-tales1m_desc-headline_statmap.hdf"
    if not path.exists():
        return
    with h5py.File(path) as file:
        data = file["data/ceiling_from_repeats"]
        assert dict(data.attrs) == {"subject": "UTS03", "mask": "thick"}, dict(data.attrs)
        assert same(data[:], linear["ceiling from repeats"])
        view = [text.decode() for text in file["views/ceiling_from_repeats"]]
        assert json.loads(view[0]) == ["ceiling_from_repeats"] and json.loads(view[7]) == ["UTS03_auto"], view
        assert json.loads(view[3]) <= json.loads(view[4]), view


if __name__ == "__main__":
    {"vertices": vertices, "maps": maps}[sys.argv[1]](*map(pathlib.Path, sys.argv[2:]))
