"""Opens every map below a folder of results with nibabel, nilearn and wb_command; by hand (see README.md).

usage: check_maps.py FOLDER...

Of each file: the names of its maps (those of the sidecar), the structure or the space, and the numbers, which must be the same
for all three. NaN is outside.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import nibabel
import numpy as np
from nilearn import image as nilearn_image
from nilearn import surface as nilearn_surface

ENDINGS = (".func.gii", ".shape.gii", ".label.gii", ".surf.gii", ".nii.gz", ".dscalar.nii")


def wb(*arguments):
    done = subprocess.run(["wb_command", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def information(path):
    lines = wb("-file-information", path).splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines) if value}


def largest(kind, path, values):
    """The largest finite number of each map, as Workbench has it (a mask leaves NaN out)."""
    found = [float(text) for text in wb(f"-{kind}-stats", path, "-reduce", "MAX").split()]
    for text, own in zip(found, values):
        if np.isfinite(own).all():
            assert np.isclose(text, own.max(), rtol=1e-5), (path, text, own.max())


def names_of(path):
    return wb("-file-information", path, "-only-map-names").rstrip("\n").split("\n")


def label_names(path):
    """Of all keys but 0, which Workbench takes for none."""
    with tempfile.NamedTemporaryFile() as table:
        wb("-label-export-table", path, table.name)
        return set(open(table.name).read().splitlines()[::2])


def check_gifti(path, found):
    gifti = nibabel.load(path)
    side = "CortexLeft" if "hemi-L" in path.name else "CortexRight" if "hemi-R" in path.name else None
    assert side is None or found["Structure"] == side, (path, found)
    if path.name.endswith(".surf.gii"):
        mesh = nilearn_surface.load_surf_mesh(path)
        assert int(found["Number of Vertices"]) == len(mesh.coordinates), found
        return
    names = [array.meta.get("Name", "") for array in gifti.darrays]
    assert names == names_of(path) and all(names), (path, names, names_of(path))
    values = [array.data for array in gifti.darrays]
    assert int(found["Number of Vertices"]) == len(values[0]), found
    read = nilearn_surface.load_surf_data(path)
    assert np.allclose(np.stack(values, -1).squeeze(), read, equal_nan=True), path
    if path.name.endswith(".label.gii"):
        assert label_names(path) == {label.label for label in gifti.labeltable.labels if label.key != 0}, (path, label_names(path))
    else:
        largest("metric", path, values)


def check_volume(path, found, sidecar):
    nifti = nibabel.load(path)
    volumes = np.asarray(nifti.dataobj).reshape(*nifti.shape[:3], -1)
    assert nifti.header["sform_code"] == nifti.header["qform_code"] > 0, path
    assert nifti.header.get_xyzt_units()[0] == "mm", path
    assert np.allclose(nifti.get_sform(), nifti.get_qform(), atol=1e-4), path
    corner = found["IJK = (0,0,0)"].split("=")[-1].strip(" ()").split(",")
    assert np.allclose([float(x) for x in corner], nifti.affine[:3, 3], atol=1e-3), (path, corner)
    assert names_of(path) == sidecar["Maps"], (path, names_of(path), sidecar["Maps"])
    largest("volume", path, np.moveaxis(volumes, 3, 0))
    ours = nilearn_image.math_img("np.nan_to_num(img)", img=nilearn_image.load_img(path))
    assert ours.shape == nifti.shape and np.allclose(ours.affine, nifti.affine), path


def check_dense(path, found, sidecar):
    cifti = nibabel.load(path)
    maps, places = (cifti.header.get_axis(i) for i in (0, 1))
    assert list(maps.name) == sidecar["Maps"] == names_of(path), (path, maps.name)
    assert cifti.nifti_header.get_intent()[0] == "ConnDenseScalar", cifti.nifti_header.get_intent()
    assert [name for name, _, _ in places.iter_structures()] and found["Type"] == "CIFTI - Dense Scalar", found
    largest("cifti", path, cifti.get_fdata())


def check(path):
    found = information(path)
    sidecar_path = path.with_name(path.name[: -next(len(e) for e in ENDINGS if path.name.endswith(e))] + ".json")
    sidecar = json.load(open(sidecar_path)) if sidecar_path.exists() else {}
    if path.name.endswith(".gii"):
        check_gifti(path, found)
    elif "_statmap.dscalar.nii" in path.name:
        check_dense(path, found, sidecar)
    elif "_statmap" in path.name:
        check_volume(path, found, sidecar)


def main():
    paths = sorted(p for folder in sys.argv[1:] for p in pathlib.Path(folder).rglob("*") if p.name.endswith(ENDINGS))
    for path in paths:
        check(path)
    counts = {ending: sum(p.name.endswith(ending) for p in paths) for ending in ENDINGS}
    print("opened alike:", ", ".join(f"{count} {ending}" for ending, count in counts.items() if count))


main()
