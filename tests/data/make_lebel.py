"""A small ds003020 in its exact layout, from a simulated brain whose answer is known.

usage: make_lebel.py BRAIN FOLDER

BRAIN: what `arcuate simulate` writes, TR 2 s, 162 vertices a hemisphere, one subject heard two stories several times. The
voxels of FOLDER take the series of the nearest vertex, if it is at most 4 mm away; the others are noise. So the scores
of a voxel are those of its vertex, and those of the voxel that a vertex lies in are its own. FOLDER/truth.npz says which
voxel that is, and what each voxel's vertex is.

Needs numpy, nibabel and h5py.
"""

import json
import pathlib
import shutil
import sys

import h5py
import nibabel
import numpy as np

from freesurfer_subject import SIDES, surfaces, write_freesurfer

SUBJECT, TRANSFORM = "UTS03", "UTS03_auto"
STORIES = {"tale01": "souls", "tale02": "wheretheressmoke"}
SHAPE = (46, 58, 44)  # x, y, z
VOXEL = 4.0  # mm
WITHIN = 4.0  # mm from a vertex to the voxels that take its series
MASKED = 5.5  # mm from a vertex to the voxels of the mask
MOVED = np.array([3.5, -7.25, 11.0])  # pycortex's surfaces lie in the scanner's space, FreeSurfer's do not
CUT = 5  # rows of the simulation before the first that is stored: row k of it is volume k + 5, the first stored is 10

def write_pycortex_surfaces(folder, side, own):
    folder.mkdir(parents=True, exist_ok=True)
    for kind, name in (("white", "wm"), ("pial", "pia"), ("inflated", "inflated")):
        image = nibabel.gifti.GiftiImage(
            darrays=[
                nibabel.gifti.GiftiDataArray((own[kind] + MOVED).astype("f4"), intent="NIFTI_INTENT_POINTSET"),
                nibabel.gifti.GiftiDataArray(own["triangles"].astype("i4"), intent="NIFTI_INTENT_TRIANGLE"),
            ]
        )
        nibabel.save(image, str(folder / f"{name}_{side}.gii"))


def rotation(x, z):
    cx, sx, cz, sz = np.cos(x), np.sin(x), np.cos(z), np.sin(z)
    return np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]]) @ np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])


def coordinates():
    """From points of pycortex's surfaces to voxels: turned a little, x to the left as scanners store it."""
    matrix = np.eye(4)
    matrix[:3, :3] = np.diag([-1, 1, 1]) @ rotation(0.15, -0.1) / VOXEL
    return matrix


def moved(matrix, points):
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def series(brain, story, side, repeat):
    run = f"_run-{repeat + 1}" if repeat is not None else ""
    found = sorted((brain / "sub-sim01" / "func").glob(f"*task-{story}*{run}*hemi-{SIDES[side]}_bold.func.gii"))
    assert len(found) == 1, found
    return np.array([array.data for array in nibabel.load(found[0]).darrays])


def main():
    brain, out = map(pathlib.Path, sys.argv[1:])
    derivative = out / "derivative"
    database = derivative / "pycortex-db" / SUBJECT
    own = {side: surfaces(brain, side) for side in SIDES}
    for side in SIDES:
        write_freesurfer(derivative / "freesurfer_subjdir" / SUBJECT, side, own[side])
        write_pycortex_surfaces(database / "surfaces", side, own[side])

    vertices = np.concatenate([(own[side]["white"] + own[side]["pial"]) / 2 + MOVED for side in SIDES])
    coord = coordinates()
    coord[:3, 3] = np.array(SHAPE) / 2 - moved(coord, vertices).mean(0)
    grid = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), -1).reshape(-1, 3)
    points = moved(np.linalg.inv(coord), grid)
    distance = np.full(len(points), np.inf)
    nearest = np.zeros(len(points), int)
    for v, vertex in enumerate(vertices):
        own_distance = np.linalg.norm(points - vertex, axis=1)
        closer = own_distance < distance
        distance[closer], nearest[closer] = own_distance[closer], v
    mask = (distance < MASKED).reshape(SHAPE)

    transforms = database / "transforms" / TRANSFORM
    transforms.mkdir(parents=True)
    affine = np.diag([-VOXEL, VOXEL, VOXEL, 1])
    affine[:3, 3] = [90, -126, -72]
    rng = np.random.default_rng(0)
    for name, values in (("mask_thick", mask.astype("u1")), ("reference", rng.normal(size=SHAPE).astype("f4"))):
        image = nibabel.Nifti1Image(values, affine)
        image.set_sform(affine, 1)
        image.header.set_xyzt_units("mm")
        nibabel.save(image, transforms / f"{name}.nii.gz")
    (transforms / "matrices.xfm").write_text(
        json.dumps({"coord": coord.tolist(), "magnet": (affine @ coord).tolist()})
    )
    (derivative / "subject_xfms.json").write_text(json.dumps({SUBJECT: TRANSFORM}))

    # pycortex: the volume turned to (z, y, x), and the mask's voxels in C order.
    order = np.flatnonzero(mask.T)
    flat = np.arange(np.prod(SHAPE)).reshape(SHAPE).T.ravel()[order]
    vertex_of_voxel = np.where(distance[flat] <= WITHIN, nearest[flat], -1)
    noise = np.flatnonzero(vertex_of_voxel < 0)
    inside = np.floor(moved(coord, vertices) + 0.5).astype(int)
    number = np.full(SHAPE, -1)
    number.reshape(-1)[flat] = np.arange(len(flat))
    np.savez(out / "truth.npz", vertex_of_voxel=vertex_of_voxel, voxel_of_vertex=number[tuple(inside.T)])

    def voxels(values):
        columns = values[:, np.maximum(vertex_of_voxel, 0)].astype("f8")
        columns[:, noise] = rng.normal(size=(len(values), len(noise)))
        return columns

    volumes = {}
    for tale, story in STORIES.items():
        repeats = [voxels(np.hstack([series(brain, tale, side, r) for side in SIDES])[CUT:]) for r in range(3)]
        path = derivative / "preprocessed_data" / SUBJECT / f"{story}.hf5"
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(path, "w") as file:
            if story == "wheretheressmoke":
                file["individual_repeats"] = np.stack(repeats)
                file["data"] = np.mean(repeats, 0)
            else:
                file["data"] = repeats[0]
        volumes[story] = len(repeats[0]) + 20
        grids = derivative / "TextGrids"
        grids.mkdir(exist_ok=True)
        write_textgrid(brain / "stimuli" / f"{tale}.tsv", grids / f"{story}.TextGrid")
        (out / "stimuli").mkdir(exist_ok=True)
        if (brain / "stimuli" / f"{tale}.wav").exists():
            shutil.copy(brain / "stimuli" / f"{tale}.wav", out / "stimuli" / f"{story}.wav")
    (derivative / "respdict.json").write_text(json.dumps(volumes))


def write_textgrid(table, path):
    """Two tiers as in ds003020, `phone` and `word`; silences are intervals without text or called `sp`."""
    lines = table.read_text().splitlines()
    names = lines[0].split("\t")
    words = []
    for line in lines[1:]:
        row = dict(zip(names, line.split("\t")))
        words.append((float(row["onset"]), float(row["offset"]), row["word"]))
    intervals, now = [], 0.0
    for onset, offset, word in words:
        onset, offset = max(onset, now), max(offset, onset, now)
        if onset > now:
            intervals.append((now, onset, "sp"))
        if offset > onset:
            intervals.append((onset, offset, word))
        now = offset
    intervals.append((now, now + 5, ""))
    end = intervals[-1][1]
    text = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = {end!r}\ntiers? <exists>\nsize = 2\nitem []:\n'
    for i, (name, rows) in enumerate((("phone", [(0.0, end, "sp")]), ("word", intervals)), 1):
        text += f'    item [{i}]:\n        class = "IntervalTier"\n        name = "{name}"\n        xmin = 0\n        xmax = {end!r}\n'
        text += f"        intervals: size = {len(rows)}\n"
        for k, (start, stop, label) in enumerate(rows, 1):
            label = label.replace('"', '""')
            text += f'        intervals [{k}]:\n            xmin = {start!r}\n            xmax = {stop!r}\n            text = "{label}"\n'
    path.write_text(text)


main()
