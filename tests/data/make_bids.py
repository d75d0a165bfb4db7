"""A miniature BIDS dataset with derivatives as fMRIPrep names them: make_bids.py FOLDER (nibabel and numpy).

Three subjects heard one tale; sub-02's scanner began two volumes earlier, sub-03 came in a session. Voxels and vertices
of the first half answer to the rate of words, all of them also to motion, which is in the tables of confounds."""

import json
import sys
from pathlib import Path

import nibabel as nib
import numpy as np

root = Path(sys.argv[1])
TR, HEARD, SHAPE, VERTICES = 2.0, 160, (5, 4, 3), 20
AFFINE = np.array([[-3.0, 0, 0, 12], [0, 3, 0, -40], [0, 0, 4, 8], [0, 0, 0, 1]])
rng = np.random.default_rng(7)


def words():
    """Crowded and empty stretches."""
    times, t = [], 0.0
    while t < HEARD * TR - 5:
        t += rng.exponential(0.25 if int(t / 17) % 2 else 1.5) + 0.05
        times.append(t)
    return np.asarray(times)


def put(path, text):
    path = root / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def table(columns):
    rows = zip(*columns.values())
    cell = lambda v: "n/a" if isinstance(v, float) and np.isnan(v) else f"{v:.6g}" if isinstance(v, float) else str(v)
    return "\n".join(["\t".join(columns), *("\t".join(map(cell, row)) for row in rows)]) + "\n"


def response(times, early):
    """Words a volume, three volumes later."""
    rate = np.histogram(times, np.arange(HEARD + 1) * TR)[0].astype(float)
    late = np.concatenate([np.zeros(3), rate[:-3]])
    return np.concatenate([np.zeros(early), late - late.mean()])


def confounds(volumes):
    columns = {}
    for name in ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"]:
        moved = np.cumsum(rng.normal(size=volumes)) * 0.1
        columns |= {name: moved, name + "_derivative1": np.diff(moved, prepend=np.nan)}
    columns["csf"] = rng.normal(size=volumes)
    columns["non_steady_state_outlier00"] = (np.arange(volumes) == 0).astype(float)
    return {k: [float(x) for x in v] for k, v in columns.items()}


def signals(answer, moved, count):
    """The first half of the targets has an answer; noise, drift and motion are everywhere."""
    volumes = len(answer)
    motion = np.stack([moved[k] for k in moved if "derivative" not in k and k[:3] in ("tra", "rot")], 1)
    x = rng.normal(size=(volumes, count)) + motion @ rng.normal(size=(6, count)) * 8
    x += np.linspace(-1, 1, volumes)[:, None] * 10 * rng.normal(size=count)
    x[:, : count // 2] += answer[:, None] / answer.std() * 1.5
    return 1000 + x


def write_scan(folder, stem, x, surface):
    folder.mkdir(parents=True, exist_ok=True)
    mask = np.ones(SHAPE, np.uint8)
    mask[0, 0, 0] = 0
    if "sub-02" in stem:
        mask[4, 3, 2] = 0
    data = np.zeros((*SHAPE, len(x)), np.float32)
    data[np.ones(SHAPE, bool)] = x.T
    space = "_space-MNI152NLin2009cAsym_res-2"
    for name, values in ((f"{stem}{space}_desc-preproc_bold", data), (f"{stem}{space}_desc-brain_mask", mask)):
        image = nib.Nifti1Image(values, AFFINE)
        image.header.set_zooms((3, 3, 4) + ((TR,) if values.ndim == 4 else ()))
        image.header.set_xyzt_units("mm", "sec")
        nib.save(image, folder / f"{name}.nii.gz")
    for side, values in (("L", surface[:, :VERTICES]), ("R", surface[:, VERTICES:])):
        arrays = [nib.gifti.GiftiDataArray(v.astype(np.float32), intent="NIFTI_INTENT_TIME_SERIES") for v in values]
        nib.save(nib.gifti.GiftiImage(darrays=arrays), str(folder / f"{stem}_hemi-{side}_space-fsaverage5_bold.func.gii"))


times = words()
put("dataset_description.json", json.dumps({"Name": "miniature", "BIDSVersion": "1.8.0"}))
put("task-tale_bold.json", json.dumps({"RepetitionTime": TR, "TaskName": "tale"}))
put("task-rest_bold.json", json.dumps({"RepetitionTime": TR, "TaskName": "rest"}))
put("stimuli/tale.tsv", table({"onset": list(times), "offset": list(times + 0.04), "word": [f"w{i % 13}" for i in range(len(times))]}))
for number, early in ((1, 3), (2, 5), (3, 3)):
    session = ["ses-a"] if number == 3 else []
    place = Path(f"sub-{number:02}", *session, "func")
    stem = "_".join([f"sub-{number:02}", *session, "task-tale"])
    put(place / f"{stem}_events.tsv", table({"onset": [float(early * TR)], "duration": [HEARD * TR], "stim_file": ["tale_audio.wav"]}))
    moved = confounds(HEARD + early)
    x, surface = (signals(response(times, early), moved, count) for count in (np.prod(SHAPE), 2 * VERTICES))
    put(Path("derivatives/fmriprep") / place / f"{stem}_desc-confounds_timeseries.tsv", table(moved))
    write_scan(root / "derivatives/fmriprep" / place, stem, x, surface)
halves = np.repeat([1, 2], np.prod(SHAPE) // 2).reshape(SHAPE).astype(np.int16)
nib.save(nib.Nifti1Image(halves, AFFINE), root / "atlas.nii.gz")
put("atlas.tsv", "index\tname\n1\tlanguage\n2\tother\n")
for side, name in (("lh", "language"), ("rh", "other")):
    labels = nib.gifti.GiftiLabelTable()
    for key, text in ((0, "???"), (4, name)):
        label = nib.gifti.GiftiLabel(key, 1, 1, 1, 1)
        label.label = text
        labels.labels.append(label)
    keys = np.full(VERTICES, 4, np.int32)
    keys[:2] = 0
    array = nib.gifti.GiftiDataArray(keys, intent="NIFTI_INTENT_LABEL")
    nib.save(nib.gifti.GiftiImage(darrays=[array], labeltable=labels), str(root / f"{side}.label.gii"))
rest = "sub-01_task-rest"
write_scan(root / "derivatives/fmriprep/sub-01/func", rest, signals(np.arange(60.0), confounds(60), np.prod(SHAPE)), np.ones((60, 2 * VERTICES)))
