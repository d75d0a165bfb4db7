"""A folder as FreeSurfer makes it for a subject or an average, from surfaces that `arcuate simulate` wrote.

usage: freesurfer_subject.py BRAIN FOLDER

Patches become the annotation aparc; white and pial surfaces lie 1.25 mm on both sides of the one between them. Needs numpy
and nibabel.
"""

import pathlib
import sys

import nibabel
import numpy as np

SIDES = {"lh": "L", "rh": "R"}


def surfaces(brain, side):
    def gifti(kind):
        return nibabel.load(brain / "surfaces" / f"hemi-{SIDES[side]}_{kind}.gii")

    middle, triangles = gifti("midthickness.surf").agg_data()
    inflated, _ = gifti("inflated.surf").agg_data()
    labels = gifti("desc-patches_dseg.label")
    corners = middle[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(middle)
    for k in range(3):
        np.add.at(normals, triangles[:, k], faces)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return {
        "triangles": triangles,
        "middle": middle,
        "white": middle - 1.25 * normals,
        "pial": middle + 1.25 * normals,
        "inflated": inflated,
        "sulc": gifti("sulc.shape").agg_data(),
        "keys": labels.agg_data(),
        "names": labels.labeltable.get_labels_as_dict(),
    }


def write_freesurfer(folder, side, own):
    (folder / "surf").mkdir(parents=True, exist_ok=True)
    (folder / "label").mkdir(exist_ok=True)
    for kind in ("white", "pial", "inflated"):
        nibabel.freesurfer.write_geometry(str(folder / "surf" / f"{side}.{kind}"), own[kind], own["triangles"])
    radius = own["middle"] / np.linalg.norm(own["middle"], axis=1, keepdims=True) * 100
    nibabel.freesurfer.write_geometry(str(folder / "surf" / f"{side}.sphere"), radius, own["triangles"])
    nibabel.freesurfer.write_morph_data(str(folder / "surf" / f"{side}.sulc"), own["sulc"])
    keys = sorted(k for k in own["names"] if k != 0)
    places = {0: 0, **{key: i + 1 for i, key in enumerate(keys)}}
    table = np.array([[25, 5, 25, 0, 0]] + [[40 + 9 * i, 200 - 7 * i, 3 * i, 0, 0] for i in range(len(keys))])
    nibabel.freesurfer.write_annot(
        str(folder / "label" / f"{side}.aparc.annot"),
        np.array([places[key] for key in own["keys"]]),
        table,
        ["unknown"] + [own["names"][key] for key in keys],
        fill_ctab=True,
    )


if __name__ == "__main__":
    for name in SIDES:
        write_freesurfer(pathlib.Path(sys.argv[2]), name, surfaces(pathlib.Path(sys.argv[1]), name))
